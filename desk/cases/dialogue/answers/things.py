"""Answers that name the thing: what is wrong, which product, its serial number, when it was bought."""

import re
from datetime import date

from desk import time
from desk.cases import devices
from desk.cases import warranty as warranties
from desk.cases.dialogue import absorb_symptoms, absorb_things
from desk.cases.dialogue.answers.reading import ASKED, NOT, TAKEN, does_not_know, reads, refuses
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import booking, thing, verdict
from desk.cases.dialogue.said import MODEL
from desk.language import choices
from desk.records.models import Device
from desk.texts import data


@reads("symptom")
def _symptom(case: Case, guess: bool) -> str:
    if case.symptom or case.facts.get("fault_code"):
        return TAKEN
    if case.said.product and case.device is None:
        case.facts["product_type"] = case.said.product
        if not guess:
            return NOT if case.said.intent not in ("inform", "report_fault") else TAKEN
    if guess and does_not_know(case):
        case.facts["symptom"] = data("fault.symptom_unknown")
        return TAKEN
    if guess and absorb_symptoms.symptom_from_answer(case):
        return TAKEN
    if guess and (case.said.product or case.device is not None):
        return TAKEN if case.said.product and not case.symptom else NOT
    return NOT


@reads("which_product")
def _which(case: Case, guess: bool) -> str:
    if case.device is not None and case.said.serials:
        return TAKEN
    listed = [device for device in map(_device(case), case.state.get("choices", [])) if device is not None]
    if listed:
        if case.said.has("都不是", "不在里面", "没有这个", "都不对"):
            case.state["not_listed"] = True
            case.state.pop("choices")
            return TAKEN
        picked = choices.pick(case.said.plain, [devices.name_of(device) for device in listed])
        if picked is None:
            fitting = devices.fitting(listed, case.said.product, case.said.model)
            picked = listed.index(fitting[0]) if len(fitting) == 1 and (case.said.product or case.said.model) else None
        if picked is not None:
            absorb_things.set_device(case, listed[picked])
            return TAKEN
        if guess and does_not_know(case):
            case.state["not_listed"] = True
            return TAKEN
        return NOT
    if case.said.product:
        case.facts["product_type"] = case.said.product
        return TAKEN
    if guess and does_not_know(case):
        case.give_up("which_product")
        return TAKEN
    worded = 1 < len(case.said.plain) <= 12 and re.search(r"[一-鿿A-Za-z]", case.said.plain) and not case.said.phone
    if guess and case.said.intent in ("inform", "affirm", "report_fault") and worded:
        case.facts["product_type"] = case.said.plain.strip("。，,. ")
        return TAKEN
    return NOT


def _device(case: Case):  # type: ignore[no-untyped-def]

    return lambda number: case.session.get(Device, number)


WHAT_IS_IT = re.compile(
    r"(什么|啥|哪个)(是|叫|才?算)?(序列号|机身号|SN)|(序列号|机身号|SN)(我)?(是|在)?(什么|啥|哪|个啥|看不懂|不懂|怎么看|咋看)|^(在|去)?(哪里?|哪儿|怎么|咋)(看|找|有)?[呢啊?？]*$",
    re.I,
)


@reads("serial_number")
def _serial(case: Case, guess: bool) -> str:
    if case.device is not None:
        return TAKEN
    said = case.said
    if said.order_number and not said.serials:
        case.count("serial_number")
        case.say("serial.order_not_found", order=said.order_number)
        return _serial_again(case)
    spelled = (
        said.serials[-1] if said.serials else (_looks_like_serial(said.plain) if guess or _bare(said.plain) else None)
    )
    if spelled and said.phone and re.sub(r"\D", "", spelled) == re.sub(r"\D", "", said.phone):
        spelled = None
    model = _model_instead(case, spelled)
    if model:
        case.facts["model_said"] = model
        case.facts.pop("serial_claimed", None)
        case.give_up("serial_number")
        case.say("ack.model", model=model)
        return TAKEN
    if spelled:
        found = devices.by_serial(case.session, spelled)
        if found is not None:
            absorb_things.set_device(case, found)
            return TAKEN
        case.count("serial_number")
        case.facts["serial_claimed"] = spelled
        if said.phone:
            case.give_up("serial_number")
            return TAKEN
        case.say("serial.not_found", serial=spelled)
        return _serial_again(case)
    if said.phone:
        case.give_up("serial_number")
        return TAKEN
    if said.picture:
        return ASKED if thing.ask_serial(case, "serial.picture") else NOT
    if WHAT_IS_IT.search(said.plain):
        return ASKED if thing.ask_serial(case, "serial.what") else NOT
    if said.bought is not None:
        case.give_up("serial_number")
        return TAKEN
    if guess and said.has("晚点", "等会", "回去看", "一会儿", "等下", "稍后", "待会", "回家"):
        case.say("serial.later")
        case.state["pending"] = "serial_number"
        return ASKED
    if case.gave_up("serial_number") or (guess and (does_not_know(case) or refuses(case))):
        case.give_up("serial_number")
        case.say("serial.do_without")
        return TAKEN
    if guess and case.count("serial_number") >= 3:
        case.give_up("serial_number")
        case.say("serial.do_without")
        return TAKEN
    return NOT


def _model_instead(case: Case, spelled: str | None) -> str | None:
    """型号是HX763, or a model of ours for the serial number: that and the date will do."""
    if spelled and devices.by_serial(case.session, spelled) is not None:
        return None
    named = MODEL.search(case.said.plain)
    if named:
        return named.group(1)
    sold = devices.product_of_model(case.session, spelled) if spelled else None
    return sold.model if sold is not None else None


def _bare(plain: str) -> bool:
    return bool(re.fullmatch(r"\s*[A-Za-z0-9][A-Za-z0-9\-_/. ?？*#]{2,39}\s*", plain))


def _looks_like_serial(plain: str) -> str | None:
    found = re.findall(r"[A-Za-z0-9][A-Za-z0-9\-_/.?*]{3,39}", plain)
    found = [word for word in found if any(sign.isdigit() for sign in word)]
    return max(found, key=len) if found else None


def _serial_again(case: Case) -> str:
    """Twice more with help; the third time without the serial number."""
    if case.tries("serial_number") >= 3:
        case.give_up("serial_number")
        booking.offer_people(case, "identity_unproven")
        verdict.keep_decision(case, warranties.unknown("serial_number"))
        case.say("serial.enough")
        return TAKEN
    thing.ask_serial(case, "serial.ask_again")
    return ASKED


@reads("purchase_date")
def _bought(case: Case, guess: bool) -> str:
    if case.said.bought_problem:
        case.say_raw(case.said.bought_problem)
        if case.count("purchase_date") < 3:
            case.ask("purchase_date", "fault.ask_bought_again", buttons=[("记不清了", "/dont_know")])
            return ASKED
        case.give_up("purchase_date")
        return TAKEN
    if case.said.bought is not None:
        bought = case.said.bought.start
        if bought > time.today() or bought < date(1990, 1, 1):
            case.ask("purchase_date", "fault.bought_impossible", buttons=[("记不清了", "/dont_know")])
            return ASKED
        return TAKEN
    if case.device is not None:
        return TAKEN
    if guess and (does_not_know(case) or refuses(case) or case.count("purchase_date") >= 2):
        case.give_up("purchase_date")
        return TAKEN
    return NOT
