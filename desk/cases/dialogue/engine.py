"""One turn: safety, then the open question, then the new wish; then the next question."""

import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from desk import texts
from desk.cases import branches, identity, symptoms, tickets
from desk.cases.dialogue import absorb, answers
from desk.cases.dialogue.answers import ASKED, NOT, TAKEN
from desk.cases.dialogue.case import Case, load
from desk.cases.dialogue.journeys import (
    callback,
    complaint,
    cover,
    emergency,
    fault,
    info,
    people,
    returns,
    ticket,
    visit,
)
from desk.cases.dialogue.turn import Step, Turn
from desk.cases.effects import once
from desk.records.db import transaction

ADVANCE: dict[str, Callable[[Case], bool]] = {
    "fault": fault.advance,
    "warranty": cover.advance,
    "emergency": emergency.advance,
    "callback": callback.advance,
    "visit": visit.advance,
    "return": returns.advance,
    "complaint": complaint.advance,
    **{wish: ticket.advance for wish in ticket.WISHES},
}
SURE = 0.45
TRANSFER = re.compile(
    r"^(好|行|可以|嗯|那|那就|赶紧|快)?(的|吧|啊)?[，,]?(帮我|给我)?转(吧|人工|一下|接|过去|呗)?[。！!]*$"
)
SWITCH = (
    "talk_to_human",
    "request_callback",
    "check_ticket",
    "urge_ticket",
    "add_to_ticket",
    "cancel_ticket",
    "change_visit",
    "report_unresolved",
    "complain",
    "request_return_exchange",
    "restart",
    "rate_service",
)


def take(turn: Turn) -> Step:
    """Answer a turn and do what it asks, once: played again, it gives the same step."""
    with transaction() as session:
        result = once(session, turn.id, "dialogue", lambda: _run(load(session, turn)).to_dict())
    return Step.from_dict(result)


def resume(session: Session, turn: Turn) -> Step:
    """The assistant's first words after a colleague gave the conversation back, in the caller's transaction."""
    case = load(session, turn)
    case.state["pending"] = None
    case.say("small.back")
    again(case)
    case.save()
    return case.step


def _run(case: Case) -> Step:
    waiting = case.journey
    respond(case)
    _take_up(case, waiting)
    case.save()
    return case.step


def _take_up(case: Case, waiting: str | None) -> None:
    """A journey on the way has ended: the one that waited for it goes on."""
    if case.step.transition is not None or case.pending or case.journey not in ADVANCE or case.step.asks:
        return
    if case.journey == waiting and case.said.intent in ("goodbye", "dont_know"):
        return
    case.say("small.continue")
    again(case)


def respond(case: Case) -> None:
    """Make the answer to one message."""
    said = case.said
    if said.distress:
        people.distress(case)
        return
    absorb.absorb(case)
    if _dangerous(case):
        case.state["misses"] = 0
        emergency.start(case, said.danger)
        return
    if _angry(case) or _asks_for_people(case) or _asks_about_others(case):
        return
    if "human" in case.state.get("offers", []) and TRANSFER.match(said.plain.replace(" ", "")):
        people.hand_over(case, case.state.pop("human_reason", "customer_request"))
        return
    if case.pending and _answered(case):
        case.state["misses"] = 0
        return
    if _follows_up(case):
        return
    if said.plain.strip() in ("?", "？", "??", "？？"):
        info.answer(case, "greet")
        again(case)
        return
    if said.wordless or said.picture:
        _wordless(case)
        return
    if _second_thoughts(case) or _dispatch(case):
        case.state["misses"] = 0
        return
    _not_understood(case)


def _asks_for_people(case: Case) -> bool:
    """转人工 in so many words, whatever else the message was taken for."""
    if case.said.intent in ("talk_to_human", "request_callback", "ask_service_info", "bot_challenge"):
        return False
    if not case.said.has(*texts.data("understanding.wants_person")):
        return False
    people.hand_over(case, case.state.pop("human_reason", "customer_request"))
    return True


def _asks_about_others(case: Case) -> bool:
    """Names, numbers and addresses of other people are told to nobody."""
    said = case.said
    device = case.device
    to_check = bool(said.phone) and said.has("核对", "核实") and case.customer is None
    if to_check and device is not None and not identity.owns_device(device, said.phone):
        case.say("privacy.mismatch")
        return True
    if not said.has(*texts.data("privacy.words")):
        return False
    case.say("privacy.only_owner")
    return True


def _angry(case: Case) -> bool:
    """Anger without any wish, a second time: a person, not another question."""
    said = case.said
    if not said.angry:
        return False
    times = case.count("anger")
    if times < 2 or said.intent not in ("complain", "out_of_scope", "nlu_fallback") or case.journey == "complaint":
        return False
    people.hand_over(case, "angry_customer")
    return True


def _dangerous(case: Case) -> bool:
    """A new danger; what is said about one that is already being handled is an answer there."""
    said = case.said
    named = said.danger is not None or (
        said.intent == "report_emergency"
        and said.confidence >= SURE
        and not said.has(*texts.data("understanding.asks_safety"))
    )
    if not named:
        return False
    if said.danger is None and said.has(*texts.data("understanding.denies_danger")):
        return False
    answers_it = said.phone or said.serials or said.address or said.visit or case.facts.get("mode_said")
    if case.pending and said.danger is None and answers_it:
        return False
    if case.journey == "emergency" and said.danger in (None, case.facts.get("danger")):
        return False
    return not (emergency.opened_today(case) and case.journey is None and said.danger is None)


# the open question


def _answered(case: Case) -> bool:
    """The message answers the open question, or is a question on the way that is answered before it comes back."""
    if case.pending in SPECIAL and SPECIAL[case.pending](case):
        return True
    outcome = answers.read(case, guess=False)
    if outcome == NOT and "product_type" in case.state.get("changed", []):
        case.state["changed"] = []
        case.say("fault.product_changed", product=case.product)
        again(case)
        return True
    if outcome == NOT and _aside(case):
        return True
    if outcome == NOT and not _other_wish(case):
        outcome = answers.read(case, guess=True)
    if outcome == ASKED:
        _secondary(case)
        return True
    if outcome == TAKEN:
        changed = case.state.pop("changed", [])
        if "phone" in changed and case.pending != "phone":
            case.say("phone.changed")
        pending = case.pending
        case.state["pending"] = None
        if case.said.secondary in info.ANSWERS and case.said.intent in ("inform", "affirm") and pending != "payment":
            info.answer(case, case.said.secondary or "")
        _advance(case)
        return True
    return False


def _aside(case: Case) -> bool:
    """A question on the way: answer it, then the open question again, shorter."""
    said = case.said
    intent = said.intent
    if case.journey == "emergency":
        return _stay_safe(case)
    if intent == "ask_warranty" and said.has("发票", "凭证", "小票"):
        case.say("policy.invoice")
    elif intent == "ask_warranty" and case.device is None:
        case.say("warranty.when_known")
    elif intent == "ask_warranty":
        cover.say_cover(case, fault.decide(case))
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
    again(case)
    return True


def _stay_safe(case: Case) -> bool:
    """In danger every question on the way gets the safety text again, then the open question."""
    if case.said.intent == "ask_why":
        case.say("emergency.why_phone" if case.pending == "phone" else "why.address")
    elif case.said.intent in (*info.ANSWERS, "ask_warranty", "report_emergency", "report_fault") and not _may_be_data(
        case
    ):
        emergency.say_again(case)
    else:
        return False
    again(case)
    return True


def _may_be_data(case: Case) -> bool:
    return bool(case.said.phone or case.said.address or case.said.phone_problem)


def _may_answer(case: Case) -> bool:
    """Free text that the open question may take (addresses, names, reasons) even when it looks off the subject."""
    return case.pending in ("address", "name", "reason", "rating_reason", "symptom", "visit_time", "which_product")


def again(case: Case) -> None:
    """The open question, once more."""
    if case.journey in ADVANCE:
        ADVANCE[case.journey](case)


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
    return said.intent in SWITCH and said.confidence >= SURE


def _cancel_sure(case: Case) -> bool:
    if case.said.yes is True or case.said.has("确定", "取消吧", "确认"):
        case.state["cancel_sure"] = True
        _advance(case)
        return True
    if case.said.yes is False or case.said.has("先不", "别取消", "不取消", "还是修"):
        case.say("ticket.cancel_kept")
        case.end()
        return True
    return False


def _return_confirm(case: Case) -> bool:
    if case.said.has("不退", "算了", "不换了", "不要了", "再想想", "先不"):
        returns.abandon(case)
        return True
    if case.said.yes is True or case.said.has("确认", "办吧", "可以"):
        case.facts["confirmed"] = True
        _advance(case)
        return True
    if case.said.yes is False:
        returns.abandon(case)
        return True
    return False


def _reason(case: Case) -> bool:
    said = case.said
    if (
        said.intent in SWITCH
        and said.confidence >= 0.6
        and said.intent not in ("complain", "request_return_exchange", "rate_service")
    ):
        return False
    if said.wordless:
        return False
    if case.journey == "return":
        case.facts["return_reason"] = said.plain[:200]
        faulty = texts.data("return.reasons")["faulty"]
        if said.symptoms or (said.wants("report_fault") and not said.has("不想要", "不喜欢")):
            absorb.symptom_from_answer(case)
        elif any(word in said.plain for word in faulty) and not any(
            word in said.plain for word in texts.data("return.reasons")["changed_mind"]
        ):
            case.facts["symptom"] = said.plain[:120]
    else:
        case.state["complaint"] = f"{case.state.get('complaint', '')} {said.plain}".strip()[:500]
    _advance(case)
    return True


def _opened(case: Case) -> bool:
    said = case.said
    if said.has("没拆", "未拆", "没有拆", "没开", "没用过", "没有") or said.yes is False:
        case.facts["opened"] = "sealed"
    elif said.has("拆", "开", "用过", "试过") or said.yes is True:
        case.facts["opened"] = "used"
    elif answers.does_not_know(case):
        case.facts["opened"] = "unknown"
    else:
        return False
    _advance(case)
    return True


def _rating_reason(case: Case) -> bool:
    if case.said.intent in ("talk_to_human", "request_callback", "report_fault"):
        return False
    return not complaint.rated(case)


def _ticket_number(case: Case) -> bool:
    if case.said.ticket_numbers or case.device is not None:
        _advance(case)
        return True
    if case.said.phone:
        case.give_up("ticket_number")
        _advance(case)
        return True
    if answers.does_not_know(case) or answers.refuses(case):
        case.give_up("ticket_number")
        _advance(case)
        return True
    return False


def _money(case: Case) -> bool:
    """Payment refused ends the case without a ticket; a dispute is explained, then goes to a person."""
    if case.said.has(*texts.data("payment.disputes")):
        if case.count("dispute") > 1:
            people.hand_over(case, "warranty_dispute")
            return True
        case.say_raw((fault.current(case) or {}).get("sentence", ""))
        case.say("payment.dispute")
        case.state["human_reason"] = "warranty_dispute"
        again(case)
        return True
    if case.said.has(*texts.data("payment.bargains")):
        case.say("payment.bargain")
        again(case)
        return True
    outcome = answers.read(case, guess=False)
    if outcome != TAKEN:
        return False
    if case.facts.get("paid") == "refused":
        case.say("payment.refused")
        case.forget_case("refused")
        case.end()
        return True
    _advance(case)
    return True


SPECIAL: dict[str, Callable[[Case], bool]] = {
    "cancel_sure": _cancel_sure,
    "return_confirm": _return_confirm,
    "reason": _reason,
    "opened": _opened,
    "rating_reason": _rating_reason,
    "ticket_number": _ticket_number,
    "payment": _money,
}


def _advance(case: Case) -> None:
    if case.journey in ADVANCE:
        ADVANCE[case.journey](case)


# new wishes


def _second_thoughts(case: Case) -> bool:
    """Yes to a person that was just offered; a correction to the ticket that was just opened."""
    said, offers = case.said, case.state.get("offers", [])
    if "repair" in offers and said.has("修") and not said.has("不修") and not case.pending:
        fault.start(case)
        return True
    if "human" in offers and said.yes is True and not case.pending:
        people.hand_over(case, case.state.pop("human_reason", "customer_request"))
        return True
    just = case.ticket()
    fresh = just is not None and case.journey is None and just.conversation_id == case.conversation.id
    if fresh and said.intent in ("inform", "deny", "add_to_ticket") and (said.phone or said.address or said.visit):
        if said.visit is not None and not said.phone and not said.address:
            case.begin("change_visit")
        else:
            case.begin("add_to_ticket")
            case.state["wish_text"] = said.plain[:300]
        ticket.advance(case)
        return True
    return False


def _follows_up(case: Case) -> bool:
    """A city after "which city?", "那修了两次呢" after a rule: what was just talked about goes on."""
    before, case.state["before"] = case.state.get("before"), case.said.intent
    if case.state.pop("asked_city", None) and branches.near(case.session, case.said.plain):
        info.answer(case, "ask_service_info")
        return True
    if before == "ask_policy" and case.said.plain.startswith(("那", "要是", "如果")) and not case.said.serials:
        case.state["before"] = "ask_policy"
        info.answer(case, "ask_policy")
        return True
    return False


def _dispatch(case: Case) -> bool:
    """Start what the message wishes. False when it is not understood."""
    said = case.said
    unsure = said.confidence < SURE
    if unsure and said.product and (symptoms.sounds_like_fault(said.plain) or case.facts.get("cause")):
        absorb.take_symptom(case)
        return _fault(case) or True
    if said.confidence < 0.3 and not said.symptoms and not said.serials:
        return False
    wish = WISHES.get(_wish(case))
    if wish is not None:
        wish(case)
        _secondary(case)
        return True
    if info.answer(case, _wish(case)):
        if case.pending:
            again(case)
            return True
        if said.intent == "ask_price":
            case.offer_buttons([("我要报修", "/report_fault")])
        return True
    return _bare_facts(case)


def _wish(case: Case) -> str:
    """The intent, where plain words say more than the label.

    A fault told with 我要退货 asks for the return; a new phone with 师傅来的时候 goes into the ticket; a question
    whether something is safe is no emergency.
    """
    said = case.said
    if said.intent == "report_emergency" and said.has(*texts.data("understanding.asks_safety")):
        return "ask_how_to"
    if (
        said.intent == "report_emergency"
        and said.danger is None
        and said.has(*texts.data("understanding.denies_danger"))
    ):
        return "report_fault"
    if said.intent == "ask_warranty" and (said.secondary == "report_fault" or case.facts.get("cause")):
        return "report_fault"
    asks_back = said.has(*texts.data("return.words")) and not said.has(*texts.data("return.not_words"))
    if said.intent in ("report_fault", "report_unresolved", "cancel_ticket", "complain") and asks_back:
        return "request_return_exchange"
    changes = said.has(*texts.data("ticket.change_words")) and (said.phone or said.address)
    if changes and said.intent in ("inform", "request_callback", "deny", "change_visit") and _has_ticket(case):
        return "add_to_ticket"
    return said.intent


def _has_ticket(case: Case) -> bool:
    if case.journey is not None:
        return False
    return case.ticket() is not None or bool(
        case.customer is not None and tickets.open_of_customer(case.session, case.customer.id)
    )


def _secondary(case: Case) -> None:
    """The second wish of the message: an answer where it is a question."""
    second = case.said.secondary
    if (
        second in ("ask_price", "ask_policy", "ask_service_info")
        and second != case.said.intent
        and not fault.must_pay(case)
    ):
        kept, buttons = list(case.lines), case.buttons
        case.lines = []
        info.answer(case, second)
        # The answer comes before the open question, which stays last.
        case.lines = [*kept[:-1], *case.lines, *kept[-1:]] if kept else case.lines
        case.buttons = buttons or case.buttons


def _restart(case: Case) -> bool:
    if case.intake is not None or case.facts:
        case.forget_case("closed")
    for name in ("journey", "stack", "pending", "later", "misses", "known", "not_listed", "choices"):
        case.state.pop(name, None)
    case.say("small.restart")
    case.offer_buttons(info.menu())
    return False


def _goodbye(case: Case) -> bool:
    case.say("small.goodbye_open" if case.journey else "small.goodbye")
    return False


def _fault(case: Case) -> bool:
    if case.journey == "fault":
        return fault.advance(case)
    case.drop("return", "warranty", "visit")
    return fault.start(case)


def _unresolved(case: Case) -> bool:
    """Repaired and broken again: the owner's ticket is taken up, else it is found on the way of a new report."""
    if case.facts.get("ticket_number") or case.ticket() is not None or case.customer is not None:
        return ticket.start(case, "report_unresolved")
    case.facts["unresolved"] = True
    return _fault(case)


def _cancel(case: Case) -> bool:
    """Calling off a report that is no ticket yet needs no ticket number."""
    if case.journey in ("fault", "visit", "return") and not case.said.ticket_numbers:
        case.say("fault.left")
        case.forget_case("refused")
        case.end()
        return True
    return ticket.start(case, "cancel_ticket")


def _affirm(case: Case) -> bool:
    if case.journey in ADVANCE and case.pending:
        again(case)
        return True
    case.say("small.yes_to_what")
    case.offer_buttons(info.menu())
    return True


def _deny(case: Case) -> bool:
    if case.journey in ADVANCE and case.pending:
        again(case)
        return True
    case.say("small.no_then")
    return True


def _about_ticket(wish: str) -> Callable[[Case], bool]:
    return lambda case: ticket.start(case, wish)


WISHES: dict[str, Callable[[Case], bool]] = {
    "report_fault": _fault,
    "report_emergency": lambda case: emergency.start(case, case.said.danger),
    "report_unresolved": _unresolved,
    "ask_warranty": cover.start,
    "request_return_exchange": returns.start,
    "book_visit": visit.start,
    "talk_to_human": people.hand_over,
    "request_callback": callback.start,
    "complain": complaint.start,
    "rate_service": complaint.rate,
    "restart": _restart,
    "goodbye": _goodbye,
    "affirm": _affirm,
    "deny": _deny,
    "cancel_ticket": _cancel,
    **{wish: _about_ticket(wish) for wish in ticket.WISHES if wish not in ("report_unresolved", "cancel_ticket")},
}


def _bare_facts(case: Case) -> bool:
    """Only data, and no question open: what it allows to say, and what is wished."""
    said = case.said
    if case.facts.get("ticket_number") and said.ticket_numbers:
        ticket.start(case, "check_ticket")
        return True
    if said.symptoms or said.code:
        fault.start(case)
        return True
    told = absorb.own_words(said.plain, said)
    for word in said.products:
        told = told.replace(word, "")
    if case.device is not None and len(told) >= 6 and said.intent not in info.ANSWERS:
        absorb.take_symptom(case)
        return _fault(case) or True
    if case.device is not None and said.serials:
        cover.say_cover(case, fault.decide(case))
        case.say("small.what_with_it")
        case.offer_buttons([("我要报修", "/report_fault"), ("转人工", "/talk_to_human")])
        return True
    if said.intent in ("inform", "dont_know") and (said.phone or said.serials or said.product or said.address):
        if said.serials and case.device is None:
            case.say("serial.not_found", serial=said.serials[-1])
            case.facts.pop("serial_claimed", None)
        else:
            case.say("small.noted")
        case.offer_buttons(info.menu())
        return True
    return False


def _wordless(case: Case) -> None:
    """Only signs or a picture: words, or a button."""
    case.say("small.picture" if case.said.picture else "small.emoji")
    if case.pending and case.journey in ADVANCE:
        again(case)
    else:
        case.offer_buttons(info.menu())


def _not_understood(case: Case) -> None:
    """Say so; with a question open ask it again; the second time offer a person."""
    case.state["misses"] = int(case.state.get("misses", 0)) + 1
    if case.state["misses"] >= 2:
        case.state["human_reason"] = "misunderstanding"
        case.say("small.not_understood_again")
        case.offer("human")
    else:
        case.say("small.not_understood")
    if case.pending and case.journey in ADVANCE:
        again(case)
    else:
        case.offer_buttons([*info.menu()[:3], ("转人工", "/talk_to_human")])


__all__ = ["respond", "resume", "take"]
