"""New wishes: what a message starts."""

import re
from collections.abc import Callable

from desk import texts
from desk.cases import symptoms, tickets, warranty
from desk.cases.dialogue import absorb, acknowledge, advance, guards, telling
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import (
    callback,
    complaint,
    cover,
    emergency,
    fault,
    howto,
    info,
    people,
    questions,
    returns,
    ticket,
    verdict,
    visit,
)
from desk.cases.dialogue.said import SURE
from desk.language import yesno

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


UNSOLVED = ("report_unresolved", "report_fault", "deny", "inform", "out_of_scope", "ask_how_to", "complain")


def second_thoughts(case: Case) -> bool:
    """Yes to a person that was just offered; a correction to the ticket that was just opened."""
    said, offers = case.said, case.state.get("offers", [])
    asks = said.wants(*info.ANSWERS, "ask_warranty") or said.has("多少", "价", "钱", "吗", "?", "？")
    if howto.mended(case):
        return True
    if "repair" in offers and said.has("修") and not said.has("不修") and not asks and not case.pending:
        fault.start(case)
        return True
    if not case.pending and said.intent in UNSOLVED and howto.failed(case):
        fault.start(case)
        return True
    wanted = said.yes is True or (said.intent in UNSOLVED and yesno.solved(said.plain) == "no" and said.yes is None)
    if case.proposed == "repair" and wanted and not case.pending and not said.has("换", "退"):
        fault.start(case)
        return True
    if "human" in offers and said.yes is True and not case.pending:
        people.hand_over(case, case.state.pop("human_reason", "customer_request"))
        return True
    just = case.ticket()
    if just is not None and just.status == "cancelled" and not case.pending:
        if said.has(*texts.data("promise.uncancel_words")):
            ticket.restore(case, just)
            return True
    if not case.pending and callback.about_promise(case):
        return True
    if just is not None and not case.pending and case.journey is None and _about_it(case):
        return True
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


_COMPLAINS = ("我要投诉", "要投诉你", "投诉你们")
HEARD = re.compile(r"(?:好的?|哦|嗯)*[，,\s]*(?:我?知道了|明白了|了解了?|懂了|晓得了)[。.!！~]*")
LOOSE = ("inform", "affirm", "out_of_scope", "nlu_fallback", "ask_service_info", "ask_how_to", "dont_know")


def _about_it(case: Case) -> bool:
    """More about the ticket that was just spoken of: 那什么时候能好, 还有 家里有狗 让师傅先打电话."""
    said = case.said
    if said.intent not in LOOSE and said.confidence >= SURE:
        return False
    if said.has(*texts.data("promise.when_words")) and said.has("好", "来", "到", "修", "师傅", "约"):
        return ticket.start(case, "check_ticket") or True
    if said.plain.startswith(tuple(texts.data("promise.more_words"))) and said.has("师傅", "来之前", "上门", "门口"):
        return ticket.start(case, "add_to_ticket") or True
    return False


def dispatch(case: Case) -> bool:
    """Start what the message wishes. False when it is not understood."""
    said = case.said
    unsure = said.confidence < SURE
    if not case.pending and HEARD.fullmatch(said.plain.strip()):
        case.say("small.no_then")
        return True
    broken = symptoms.sounds_like_fault(said.plain) or said.has("坏了", "坏掉") or case.facts.get("cause")
    if unsure and said.product and broken and not said.has(*_COMPLAINS):
        absorb.take_symptom(case)
        return _fault(case) or True
    if said.has(*texts.data("invoice.words")) and said.intent not in (*SWITCH, "ask_policy", "report_fault"):
        info.invoice(case)
        return True
    wants_repair = said.has("报修", "要修", "维修", "帮我修", "来修") and not said.has(
        "不", "没", "几", "哪", "多", "吗", "怎么", "什么", "久", "发票", "?", "？"
    )
    if wants_repair and (unsure or said.intent in LOOSE) and case.journey is None:
        return _fault(case) or True
    if said.confidence < 0.3 and not said.symptoms and not said.serials:
        return False
    if said.confidence < absorb.LIKELY and _wish(case) in absorb.FAULTY and _nothing_faulty(case):
        return False
    meant = _wish(case)
    wish = WISHES.get(meant)
    if wish is not None:
        wish(case)
        secondary(case)
        return True
    open_question = case.pending
    several = questions.asked(case)
    if len(several) > 1 and meant in info.ANSWERS and questions.answer(case, several):
        advance.again(case) if open_question else cover.propose_repair(case)
        return True
    if info.answer(case, _wish(case)):
        if open_question:
            advance.again(case)
            return True
        if said.intent == "ask_price":
            case.offer_buttons([("我要报修", "/report_fault")])
        if meant in ("ask_price", "ask_service_info", "ask_policy"):
            cover.propose_repair(case)
        return True
    return _bare_facts(case)


def _nothing_faulty(case: Case) -> bool:
    """Whether no fault and no product was named, now or before."""
    said = case.said
    named = said.product or said.symptoms or said.code or said.danger or case.product or case.symptom
    return not named and case.journey is None and not symptoms.sounds_like_fault(said.plain)


def _wish(case: Case) -> str:
    """The intent, where plain words say more than the label.

    A fault told with 我要退货 asks for the return; a new phone with 师傅来的时候 goes into the ticket; a question
    whether something is safe is no emergency.
    """
    said = case.said
    answering = case.pending is not None and case.journey != "emergency"
    wants_back = said.intent == "request_return_exchange" and case.journey is None
    if wants_back and said.has("修") and said.has(*texts.data("return.not_words")):
        return "report_fault"
    if said.intent == "restart" and (case.symptom or case.product) and said.has("报修", "维修", "登记", "重新报"):
        case.drop(*ticket.WISHES)
        return "report_fault"
    if said.has(*_COMPLAINS) and said.intent in (*absorb.FAULTY, "inform", "out_of_scope"):
        return "complain"
    if said.intent == "report_emergency" and not guards.may_be_danger(said, answering):
        return "complain" if said.has(*texts.data("safety.claims")) else "report_fault"
    if said.intent in ("complain", "out_of_scope", "report_fault", "inform") and _waits(case):
        return "urge_ticket"
    plainly = _plainly(case)
    if plainly is not None:
        return plainly
    if said.intent == "report_emergency" and said.has(*texts.data("understanding.asks_safety")):
        return "ask_how_to"
    if (
        said.intent == "report_emergency"
        and said.danger is None
        and said.has(*texts.data("understanding.denies_danger"))
    ):
        return "report_fault"
    if said.intent == "check_ticket" and said.has(*texts.data("ticket.urging")) and not said.has("不是催", "不催"):
        return "urge_ticket"
    if (
        said.intent == "ask_policy"
        and case.device is not None
        and said.has("算吗", "算不算", "包吗", "管吗", "保吗", "保不保")
    ):
        return "ask_warranty"
    if said.intent == "ask_warranty" and (said.secondary == "report_fault" or case.facts.get("cause")):
        return "report_fault"
    if said.intent == "cancel_ticket" and said.has("报修", "修吧", "还是修") and not said.has("不报修", "取消", "不修"):
        return "report_fault"
    asks_back = said.has(*texts.data("return.words")) and not said.has(*texts.data("return.not_words"))
    if said.intent in ("report_fault", "report_unresolved", "cancel_ticket", "complain") and asks_back:
        return "request_return_exchange"
    changes = said.has(*texts.data("ticket.change_words")) and (said.phone or said.address)
    if changes and said.intent in ("inform", "request_callback", "deny", "change_visit") and _has_ticket(case):
        return "add_to_ticket"
    return said.intent


def _plainly(case: Case) -> str | None:
    """What words say that labels often miss: 我先自己试试, 多收了我50块, 那单到哪了 and a price beside it."""
    said = case.said
    for wish, entry in texts.data("wishes").items():
        if said.intent in entry["instead_of"] and said.has(*entry["words"]):
            if wish != "check_ticket":
                return str(wish)
            if _has_ticket(case):
                said.secondary, said.intent = said.intent, str(wish)
                return str(wish)
    return None


def _waits(case: Case) -> bool:
    """Curses of somebody who waits for us: 妈的都九天了 你们死哪去了 asks where we stay."""
    said = case.said
    no_fault = not said.product and not symptoms.sounds_like_fault(said.plain)
    rough = said.intent != "complain" or said.has(*texts.data("understanding.lists")["abuse"])
    waits = said.has(*texts.data("promise.waiting_words")) and not said.has("投诉")
    return no_fault and rough and waits and _has_ticket(case)


def _has_ticket(case: Case) -> bool:
    if case.journey is not None:
        return False
    return case.ticket() is not None or bool(
        case.customer is not None and tickets.open_of_customer(case.session, case.customer.id)
    )


def secondary(case: Case) -> None:
    """What the message asks beside its wish: answered before the open question."""
    said, several = case.said, questions.asked(case)
    second = said.secondary if said.secondary in ("ask_price", "ask_policy", "ask_service_info") else None
    if second and second != said.intent and second not in [intent for intent, _ in several]:
        several = [*several, (second, said.plain)]
    if verdict.must_pay(case):
        several = [(intent, words) for intent, words in several if intent != "ask_price"]
    if several:
        questions.beside(case, several)


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
        if case.pending and case.said.symptoms:
            case.say("small.noted_this")
        return fault.advance(case)
    case.drop("return", "warranty", "visit")
    return fault.start(case)


def _unresolved(case: Case) -> bool:
    """Repaired and broken again: the owner's ticket is taken up, else it is found on the way of a new report."""
    if case.facts.get("ticket_number") or case.ticket() is not None or case.customer is not None:
        return ticket.start(case, "report_unresolved")
    case.facts["unresolved"] = True
    case.say("fault.again_sorry")
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
    if case.journey in advance.ADVANCE and case.pending:
        advance.again(case)
        return True
    just = case.ticket()
    if just is not None and just.conversation_id == case.conversation.id and just.status in tickets.OPEN:
        case.say("ack.booked")
        return True
    if acknowledge.wants_repair(case) and case.state.get("things"):
        return fault.start(case) or True
    case.say("small.yes_to_what")
    case.offer_buttons(info.menu())
    return True


def _deny(case: Case) -> bool:
    if case.journey in advance.ADVANCE and case.pending:
        advance.again(case)
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
    if case.product and absorb.PLAIN_FAULT.search(said.plain) and said.intent not in info.ANSWERS:
        absorb.take_symptom(case)
        return _fault(case) or True
    if said.has("报修", "维修", "上门修", "修一下", "来修") or (
        said.product and said.has("修") and not said.has("不修")
    ):
        return _fault(case) or True
    told = telling.own_words(telling.statements(said.plain), said)
    for word in said.products:
        told = told.replace(word, "")
    if case.device is not None and len(told) >= 6 and said.intent not in info.ANSWERS:
        absorb.take_symptom(case)
        return _fault(case) or True
    data = said.serials or said.phone or said.model or said.bought or said.address
    if case.symptom and (data or warranty.admitted_cause(said.plain)):
        return _fault(case) or True
    if case.device is not None and said.serials:
        cover.say_cover(case, verdict.decide(case))
        case.say("small.what_with_it")
        case.offer_buttons([("我要报修", "/report_fault"), ("转人工", "/talk_to_human")])
        return True
    if said.intent in ("inform", "dont_know") and (said.phone or said.serials or said.product or said.address):
        if case.pending and case.journey in advance.ADVANCE:
            case.say("small.noted_this")
            advance.again(case)
            return True
        if said.serials and case.device is None:
            case.say("serial.not_found", serial=said.serials[-1])
            case.facts.pop("serial_claimed", None)
        elif said.product and case.product:
            case.say("small.noted_product", product=case.product)
        else:
            case.say("small.noted")
        case.offer_buttons(info.menu())
        return True
    return False
