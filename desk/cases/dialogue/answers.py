"""Reading the answer to the open question.

Each reader gets the case and whether it may guess. It returns TAKEN (the fact is in the intake), ASKED (it has
answered and asked itself) or NOT (this is no answer). Readers first look for plain evidence; guessing is for the
second look, when the message is no other request either.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from desk import time
from desk.cases import branches, devices, product_types, tickets
from desk.cases import warranty as warranties
from desk.cases.dialogue import absorb
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import fault
from desk.language import addresses, choices, digits, phones, yesno
from desk.texts import data

TAKEN, ASKED, NOT = "taken", "asked", "not"
Reader = Callable[[Case, bool], str]
READERS: dict[str, Reader] = {}


def reads(*names: str) -> Callable[[Reader], Reader]:
    """Register a reader for these questions."""

    def register(reader: Reader) -> Reader:
        for name in names:
            READERS[name] = reader
        return reader

    return register


def read(case: Case, guess: bool) -> str:
    """Read the message as the answer to the open question."""
    reader = READERS.get(case.pending or "")
    return reader(case, guess) if reader else NOT


def does_not_know(case: Case) -> bool:
    """不知道 / 找不到 / 晚点看看, as an answer."""
    said = case.said
    return (said.intent == "dont_know" and said.confidence >= 0.4) or said.has(*data("understanding.dont_know"))


def refuses(case: Case) -> bool:
    """不想给, as an answer to a question for data."""
    return case.said.has(*data("understanding.refuse")) or (case.said.intent == "deny" and case.said.confidence >= 0.5)


@reads("symptom")
def _symptom(case: Case, guess: bool) -> str:
    if case.symptom or case.facts.get("fault_code"):
        return TAKEN
    if case.said.product and case.device is None:
        case.facts["product_type"] = case.said.product
        if not guess:
            return NOT if case.said.intent not in ("inform", "report_fault") else TAKEN
    if guess and absorb.symptom_from_answer(case):
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
            absorb.set_device(case, listed[picked])
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
    if guess and case.said.intent in ("inform", "affirm", "report_fault") and 1 < len(case.said.plain) <= 12:
        case.facts["product_type"] = case.said.plain.strip("。，,. ")
        return TAKEN
    return NOT


def _device(case: Case):  # type: ignore[no-untyped-def]
    from desk.records.models import Device

    return lambda number: case.session.get(Device, number)


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
    if spelled:
        found = devices.by_serial(case.session, spelled)
        if found is not None:
            absorb.set_device(case, found)
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
        case.say("serial.picture")
        return ASKED if fault.ask_serial(case, "serial.ask_again") else NOT
    if said.bought is not None:
        case.give_up("serial_number")
        return TAKEN
    if guess and said.has("晚点", "等会", "回去看", "一会儿", "等下", "稍后", "待会", "回家"):
        case.say("serial.later")
        case.state["pending"] = "serial_number"
        return ASKED
    if guess and (does_not_know(case) or refuses(case)):
        case.give_up("serial_number")
        case.say("serial.do_without")
        return TAKEN
    if guess and case.count("serial_number") >= 3:
        case.give_up("serial_number")
        case.say("serial.do_without")
        return TAKEN
    return NOT


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
        fault.offer_people(case, "identity_unproven")
        fault.keep_decision(case, warranties.unknown("serial_number"))
        case.say("serial.enough")
        return TAKEN
    fault.ask_serial(case, "serial.ask_again")
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


@reads("phone")
def _phone(case: Case, guess: bool) -> str:
    said = case.said
    if said.phone:
        case.facts["phone"] = said.phone
        return TAKEN
    if said.phone_problem or _short_number(said.plain):
        case.count("phone")
        case.ask("phone", "phone.wrong_length", number=said.phone_raw or said.plain.strip())
        return ASKED
    known = case.customer.phone if case.customer is not None else None
    if (
        known
        and (said.yes is True or said.has("就用", "没变", "还是这个", "就这个", known[-4:]))
        and not said.has("不用", "换")
    ):
        case.facts["phone"] = known
        return TAKEN
    if known and (said.yes is False or said.has("换", "不用了", "改")):
        case.ask("phone", "phone.ask_new")
        return ASKED
    if said.wants("ask_why"):
        return NOT
    if guess and (refuses(case) or does_not_know(case)):
        if case.count("phone_refused") < 2:
            case.ask("phone", "emergency.why_phone" if case.journey == "emergency" else "phone.why_again")
            return ASKED
        case.give_up("phone")
        return TAKEN
    return NOT


def _short_number(plain: str) -> bool:
    bare = re.sub(r"[\s\-]", "", plain)
    return bare.isdigit() and 5 <= len(bare) <= 14 and phones.last(plain) is None


@reads("identity")
def _identity(case: Case, guess: bool) -> str:
    said = case.said
    if said.phone:
        case.facts["phone"] = said.phone
        return TAKEN
    tail = re.search(r"(?<!\d)\d{4}(?!\d)", digits.spoken_digits(said.plain)) if case.channel == "phone" else None
    if tail:
        case.state["tail"] = tail.group()
        case.give_up("identity")
        return TAKEN
    if said.phone_problem or _short_number(said.plain):
        case.ask("identity", "phone.wrong_length", number=said.phone_raw or said.plain.strip(), api="identity")
        return ASKED
    if guess and (refuses(case) or does_not_know(case)):
        case.give_up("identity")
        return TAKEN
    return NOT


@reads("name")
def _name(case: Case, guess: bool) -> str:
    if case.said.name:
        return TAKEN
    if guess and 1 < len(case.said.plain.strip()) <= 8 and not case.said.wordless:
        case.facts["name"] = case.said.plain.strip("。，,. ")
        return TAKEN
    return NOT


@reads("address")
def _address(case: Case, guess: bool) -> str:
    said = case.said
    if said.address:
        case.facts["address"] = said.address
        return TAKEN
    registered = said.yes is True and (case.channel == "phone" or case.journey == "emergency")
    if (
        (registered or said.has("老地址", "登记的", "还是那个地址", "没变"))
        and case.customer is not None
        and case.customer.address
    ):
        case.facts["address"] = case.customer.address
        return TAKEN
    if case.facts.get("mode_said") and _absorb_mode_change(case):
        return TAKEN
    if not guess:
        return NOT
    if refuses(case) or does_not_know(case):
        if case.count("address_refused") < 2:
            case.ask("address", "address.why")
            return ASKED
        case.give_up("address")
        return TAKEN
    words = addresses.normalise(said.plain)
    if (
        len(words) >= 6
        and not said.wordless
        and said.intent in ("inform", "report_fault", "out_of_scope", "nlu_fallback", "ask_service_info")
    ):
        case.facts["address"] = words
        return TAKEN
    if 2 <= len(words) < 6 and said.intent in ("inform", "ask_service_info", "out_of_scope"):
        if case.count("address_short") >= 2:
            case.facts["address"] = words
            return TAKEN
        case.ask("address", "address.too_short", got=words)
        return ASKED
    return NOT


@reads("shop")
def _shop(case: Case, guess: bool) -> str:
    if fault.tell_shop(case, case.said.plain):
        return TAKEN
    if case.facts.get("mode_said") and _absorb_mode_change(case):
        return TAKEN
    if guess or case.said.intent in ("inform", "dont_know"):
        case.give_up("shop")
        case.say("service.which_city", cities=branches.cities(case.session))
        return TAKEN
    return NOT


def _absorb_mode_change(case: Case) -> bool:
    wanted = case.facts["mode_said"]
    if wanted != case.facts.get("mode"):
        case.facts["mode"] = wanted
        return True
    return False


@reads("service_mode")
def _mode(case: Case, guess: bool) -> str:
    if case.facts.get("mode_said"):
        return TAKEN
    if case.said.address and case.said.intent == "inform":
        case.facts["mode_said"] = "on_site"
        return TAKEN
    modes = fault.modes_of(case)
    titles = data("mode.titles")
    picked = choices.pick(case.said.plain, [titles[mode] for mode in modes])
    if picked is not None:
        case.facts["mode_said"] = modes[picked]
        return TAKEN
    if guess and (
        does_not_know(case) or case.said.yes is True or case.said.has("都行", "随便", "随你", "你们定", "都可以")
    ):
        case.give_up("service_mode")
        return TAKEN
    return NOT


@reads("visit_time")
def _visit(case: Case, guess: bool) -> str:
    said = case.said
    if said.intent in ("ask_service_info", "ask_policy", "ask_price", "ask_why") and said.confidence >= 0.35:
        return NOT
    if said.visit is not None:
        return TAKEN
    if case.state.get("offers") and "human" in case.state["offers"] and said.wants("talk_to_human"):
        return NOT
    flexible = said.has(
        "都行", "随便", "你们定", "你们安排", "安排就行", "越快越好", "尽快", "都可以", "随时", "尽早", "看你们"
    )
    if flexible or (guess and (said.yes is True or does_not_know(case) or refuses(case))):
        case.facts["wish"] = {"start": None, "end": None, "text": said.plain.strip()[:40], "flexible": True}
        return TAKEN
    if guess and case.count("visit_unclear") >= 2:
        case.facts["wish"] = {"start": None, "end": None, "text": said.plain.strip()[:40], "flexible": True}
        return TAKEN
    return NOT


@reads("callback_time")
def _callback(case: Case, guess: bool) -> str:
    said = case.said
    if said.visit is not None:
        case.state["callback"] = absorb.wish_of(said.visit)
        return TAKEN
    if said.has("都行", "随便", "随时", "尽快", "越快越好", "现在", "马上", "你们安排") or (
        guess and (said.yes is True or does_not_know(case))
    ):
        case.state["callback"] = {"start": None, "end": None, "text": said.plain.strip()[:40], "flexible": True}
        return TAKEN
    return NOT


@reads("payment")
def _payment(case: Case, guess: bool) -> str:
    said = case.said
    if said.amount_fen and said.has("超过", "以内", "之内", "最多", "不超", "没超", "以下", "内就修"):
        case.facts["paid"], case.facts["cap_fen"] = "agreed", said.amount_fen
        return TAKEN
    if said.wants("talk_to_human", "request_callback", "ask_price") or said.has("多少钱", "什么价"):
        return NOT
    if said.has(*data("payment.refusals")):
        case.facts["paid"] = "refused"
        return TAKEN
    if said.has(*data("payment.acceptances")) or said.yes is True:
        case.facts["paid"] = "agreed"
        return TAKEN
    if said.yes is False:
        case.facts["paid"] = "refused"
        return TAKEN
    return NOT


@reads("confirm")
def _confirm(case: Case, guess: bool) -> str:
    said = case.said
    if correct(case):
        return TAKEN
    if said.yes is True or (said.has("对", "没错", "确认", "提交", "可以", "就这样") and said.yes is not False):
        case.facts["confirmed"] = True
        return TAKEN
    if said.yes is False:
        case.count("confirm")
        case.ask(
            "confirm_what",
            "confirm.what_wrong",
            api="confirm",
            buttons=[(title, title) for title in data("confirm.fields").values()],
        )
        return ASKED
    return NOT


@reads("confirm_what")
def _confirm_what(case: Case, guess: bool) -> str:
    if correct(case):
        return TAKEN
    if guess and case.said.yes is True:
        case.facts["confirmed"] = True
        return TAKEN
    for name, words in data("confirm.field_words").items():
        if case.said.has(*words):
            forget(case, name)
            return TAKEN
    return NOT


def correct(case: Case) -> bool:
    """A correction in the message: the new value was absorbed, or the wrong one is forgotten and asked again."""
    said = case.said
    changed = case.state.pop("changed", [])
    if changed:
        case.count("confirm")
        return True
    if said.has(*data("confirm.wrong_words")):
        for name, words in data("confirm.field_words").items():
            if said.has(*words):
                forget(case, name)
                case.count("confirm")
                return True
    return False


def forget(case: Case, name: str) -> None:
    """Drop a wrong datum so that it is asked again."""
    facts = case.facts
    facts["unknown"] = [
        item for item in facts.get("unknown", []) if item not in (name, "serial_number" if name == "serial" else name)
    ]
    if name == "serial":
        for key in ("device_id", "serial", "decided", "model", "serial_claimed"):
            facts.pop(key, None)
        case.state["not_listed"] = True
    elif name == "visit":
        facts.pop("visit", None)
        facts.pop("wish", None)
    elif name == "mode":
        facts.pop("mode", None)
        facts.pop("mode_said", None)
    elif name == "address":
        facts.pop("address", None)
        known = dict(case.state.get("known", {}))
        known.pop("address", None)
        case.state["known"] = known
        case.state["ask_address"] = True
    elif name == "phone":
        facts.pop("phone", None)
        known = dict(case.state.get("known", {}))
        known.pop("phone", None)
        case.state["known"] = known
    else:
        facts.pop(name, None)


@reads("existing_ticket")
def _existing(case: Case, guess: bool) -> str:
    said = case.said
    number = case.state.get("existing")
    ticket = tickets.by_number(case.session, number) if number else None
    if (
        ticket is None
        or said.yes is False
        or said.has("新的", "另一", "另外", "不一样", "别的", "两回事", "不是同一", "不是一个", "再报")
    ):
        return TAKEN
    if said.yes is True or said.has("那个", "同一", "就是", "报过", "一样", "那单", "原来的", "没错"):
        from desk.cases.dialogue.journeys import ticket as journey

        journey.join_existing(case, ticket)
        return ASKED
    return TAKEN if said.yes is False else NOT


def solved(case: Case) -> bool | None:
    """Whether the advice helped."""
    answer = yesno.solved(case.said.plain)
    return {"yes": True, "no": False}.get(answer or "")


def instant(value: str | None) -> datetime | None:
    """A stored instant."""
    return datetime.fromisoformat(value) if value else None


def product_word(case: Case) -> str | None:
    """The product named in this message."""
    found = product_types.find(case.said.plain)
    return case.said.product or (found[0] if found else None)
