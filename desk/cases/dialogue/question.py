"""The open question: its answer, or a question on the way that is answered before it comes back."""

import re

from desk import texts
from desk.cases import devices
from desk.cases import warranty as warranties
from desk.cases.dialogue import absorb_data, acknowledge, advance, answers
from desk.cases.dialogue.absorb_symptoms import FAULTY
from desk.cases.dialogue.answers import ASKED, NOT, TAKEN
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.dispatch import secondary
from desk.cases.dialogue.journeys import cover, duplicates, emergency, fault, info, verdict
from desk.cases.dialogue.said import SURE
from desk.cases.dialogue.special import SPECIAL
from desk.cases.dialogue.wishes import SWITCH
from desk.language import yesno


def answered(case: Case) -> bool:
    """The message answers the open question, or is a question on the way that is answered before it comes back."""
    if case.pending in SPECIAL and SPECIAL[case.pending](case):
        return True
    if _works_again(case) or _leaves(case):
        return True
    if case.journey in advance.ADVANCE and acknowledge.later(case):
        return True
    if case.journey == "warranty" and acknowledge.wants_repair(case):
        case.drop("warranty")
        fault.start(case)
        return True
    if case.journey in advance.ADVANCE and (
        _other_device(case)
        or _presses(case)
        or _grumbles(case)
        or acknowledge.repeated(case)
        or acknowledge.puzzled(case)
        or (_booking(case) and acknowledge.urges_on(case))
    ):
        advance.again(case)
        return True
    outcome = answers.read(case, guess=False)
    if outcome == NOT and "product_type" in case.state.get("changed", []):
        case.state["changed"] = []
        case.say("fault.product_changed", product=case.product)
        advance.again(case)
        return True
    if outcome == NOT and (_has_no_serial(case) or _aside(case)):
        return True
    if outcome == NOT and not _other_wish(case):
        outcome = answers.read(case, guess=True)
    if outcome == ASKED:
        secondary(case)
        return True
    if outcome == TAKEN:
        changed = case.state.pop("changed", [])
        if "phone" in changed and case.pending != "phone":
            case.say("phone.changed")
        pending = case.pending
        case.state["pending"] = None
        if case.said.secondary in info.ANSWERS and case.said.intent in ("inform", "affirm") and pending != "payment":
            info.answer(case, case.said.secondary or "")
        advance.again(case)
        return True
    return _other_data(case)


def _other_device(case: Case) -> bool:
    """The cover of another device whose number is told on the way; what is being booked goes on."""
    other = case.other_device
    if other is None:
        return False
    case.say("ack.other_device", name=devices.name_of(other), sentence=warranties.for_device(other)["sentence"])
    return True


def _presses(case: Case) -> bool:
    """你们到底来不来, before anything is booked: it is being done. In danger: people know."""
    said = case.said
    if said.phone or said.address or said.ticket_numbers or case.pending in ("ticket_number", "identity", "code"):
        return False
    if case.journey == "emergency" and (said.wants("urge_ticket") or said.has(*texts.data("calm.pressing_words"))):
        case.say("calm.pressing")
        return True
    pressing = case.journey in ("fault", "visit") and said.wants("urge_ticket") and said.visit is None
    if not pressing or duplicates.has_ticket(case):
        return False
    case.say("ack.going_on")
    return True


def _grumbles(case: Case) -> bool:
    """你们产品真差, in the middle of the booking: sorry, and on with it; the second time it is a complaint."""
    said = case.said
    if (
        case.journey not in ("fault", "visit")
        or said.intent != "complain"
        or case.pending in ("payment", "existing_ticket")
    ):
        return False
    if len(said.plain) > 14 or case.learnt or said.has(*texts.data("calm.serious_words")) or case.count("grumble") > 1:
        return False
    if said.has(*texts.data("understanding.refuse"), "不想留", "不留"):
        return False
    case.say("calm.goes_on")
    case.offer("human")
    return True


def _booking(case: Case) -> bool:
    """Whether a repair or a visit is being registered, at a question that no such words answer."""
    return case.journey in ("fault", "visit") and case.pending not in (
        "service_mode",
        "payment",
        "confirm",
        "confirm_what",
        "visit_time",
        "existing_ticket",
        "symptom",
    )


WORKS = re.compile(
    r"(弄好|修好|自己好|又好|重启.{0,6}好|现在好|已经好)了|解决了|正常了|能用了|可以用了|好使了|好了.{0,4}(不用|不修|谢)"
)


def _works_again(case: Case) -> bool:
    """诶 重启一下好了 不用了: nothing to register any more."""
    said = case.said
    if case.journey != "fault" or not WORKS.search(said.plain) or yesno.solved(said.plain) == "no":
        return False
    if said.phone or said.address or said.has("又坏", "还是", "没", "刚修好", "前修好", "修好了又"):
        return False
    case.say("guide.solved_no_ticket")
    case.forget_case("solved")
    case.end()
    return True


def _leaves(case: Case) -> bool:
    """算了 / 不报了: the customer drops the matter; nothing is registered."""
    if case.journey not in ("fault", "visit", "return", "warranty"):
        return False
    if case.pending in ("visit_time", "confirm") and not case.said.has("不修", "不报", "不登记"):
        return False
    if case.said.plain.strip("。，,.！!~ ") not in texts.data("fault.leave_words"):
        return False
    case.say("fault.left")
    case.forget_case("refused")
    case.end()
    return True


def _other_data(case: Case) -> bool:
    """Data that another question would have asked for: kept, and the open question comes back."""
    if case.said.intent not in DATA_IN or case.journey not in advance.ADVANCE:
        return False
    if case.said.intent in FAULTY and case.journey != "fault" and not _describes_ticket(case):
        return False
    if not acknowledge.noted(case):
        return False
    advance.again(case)
    return True


def _has_no_serial(case: Case) -> bool:
    """不知道序列号在哪, after another question was put: it goes without."""
    if case.pending == "serial_number" or not absorb_data.NO_SERIAL.search(case.said.plain) or case.device is not None:
        return False
    case.say("serial.do_without")
    advance.again(case)
    return True


def _describes_ticket(case: Case) -> bool:
    """我那个是洗衣机漏水的, while it is asked which ticket or whose: no new fault."""
    asked = case.pending in ("identity", "ticket_number", "code")
    return asked and case.said.has(*texts.data("ticket.described"))


DATA_IN = ("inform", "nlu_fallback", "out_of_scope", "deny", "affirm", *FAULTY)


WHETHER_COVERED = re.compile(
    r"(?:啊|哦|那|这|就|都|还|已经|我|个|次|台|是|不是|你们|算)*(?:免费|保修|在保|过保|不收费|不要钱|要钱|收费|收钱)"
    r"(?:的|是|了|修|内|期|吧|吗|啊|么|呢|对|不|没|嘛)*[?？。!！~]*"
)
WHAT_HOUR = re.compile(r"几点(?:钟)?(?:来|到|上门|过来|能来|能到)?(?:啊|呢|呀)?[?？]?$")


def _aside(case: Case) -> bool:
    """A question on the way: answer it, then the open question again, shorter."""
    said = case.said
    intent = said.intent
    if case.journey == "emergency":
        return _stay_safe(case)
    if intent == "ask_warranty" and said.has("发票", "凭证", "小票"):
        case.say("policy.invoice")
    elif _whether_covered(case):
        pass
    elif case.pending in ("visit_time", "confirm") and WHAT_HOUR.search(said.plain):
        case.say("visit.exact")
    elif intent == "ask_warranty" and case.device is None:
        case.say("warranty.when_known")
    elif intent == "ask_warranty" and cover.say_other(case):
        pass
    elif intent == "ask_warranty":
        cover.say_cover(case, verdict.decide(case))
    elif intent in ("thank", "greet", "goodbye") and said.confidence >= SURE:
        if intent == "goodbye":
            case.say("small.kept")
            return True
        info.answer(case, intent)
    elif (
        intent
        in ("ask_price", "ask_policy", "ask_service_info", "ask_how_to", "ask_why", "bot_challenge", "ask_capabilities")
        and said.confidence >= 0.35
    ):
        info.answer(case, intent)
    elif intent == "out_of_scope" and said.confidence >= 0.6 and not _may_answer(case):
        info.answer(case, intent)
    else:
        return False
    advance.again(case)
    return True


def _whether_covered(case: Case) -> bool:
    """保修吗 / 啊这都过保了, in a few words: as far as it is known by now, and no verdict twice."""
    if not WHETHER_COVERED.fullmatch(case.said.plain.strip()) or (
        case.pending == "payment" and case.said.yes is not None
    ):
        return False
    decision = verdict.current(case)
    told = case.facts.get("decided") == verdict.grounds(case) and decision is not None
    cover_known = decision.get("coverage") if decision and told else None
    if cover_known in ("in", "out"):
        case.say(f"warranty.told_{cover_known}")
    elif case.device is None and case.journey == "fault":
        case.say("warranty.when_known")
    else:
        return False
    return True


def _stay_safe(case: Case) -> bool:
    """In danger every question on the way gets the safety text again, then the open question."""
    if case.said.has(*texts.data("calm.all_well")) and not _may_be_data(case):
        case.say("calm.well")
    elif case.said.has(*texts.data("calm.measures")) and not _may_be_data(case):
        case.say("calm.done")
    elif case.said.intent == "urge_ticket" and not _may_be_data(case):
        case.say("calm.hurry")
    elif case.said.intent == "ask_why":
        case.say("emergency.why_phone" if case.pending == "phone" else "why.address")
    elif case.said.intent in (*info.ANSWERS, "ask_warranty", "report_emergency", "report_fault") and not _may_be_data(
        case
    ):
        emergency.say_again(case)
    else:
        return False
    advance.again(case)
    return True


def _may_be_data(case: Case) -> bool:
    return bool(case.said.phone or case.said.address or case.said.phone_problem)


def _may_answer(case: Case) -> bool:
    """Free text that the open question may take (addresses, names, reasons) even when it looks off the subject."""
    return case.pending in ("address", "name", "reason", "rating_reason", "symptom", "visit_time", "which_product")


def _other_wish(case: Case) -> bool:
    said = case.said
    if said.intent in ("report_fault", "book_visit", "ask_warranty") and case.journey not in (
        None,
        "fault",
        "visit",
        "warranty",
        "emergency",
    ):
        return said.confidence >= SURE
    if said.intent in ("complain", "cancel_ticket") and _keeps_back(case):
        return False
    return said.intent in SWITCH and said.confidence >= SURE


def _keeps_back(case: Case) -> bool:
    """不想留电话 怕骚扰: an answer to the question for it, not a grievance."""
    asked = case.pending in ("phone", "address", "name", "identity", "serial_number", "purchase_date")
    return asked and case.said.has(*texts.data("understanding.refuse"), "不想留", "不留")
