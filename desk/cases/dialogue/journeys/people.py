"""talk_to_human, and every other way to a person."""

import re

from desk import time
from desk.cases import groups, hours, waiting, words
from desk.cases import handoff as handoffs
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import fault
from desk.cases.dialogue.said import Said
from desk.texts import data

NO_CURSE = re.compile(r"滚(?:筒|轮|刷|动|水|烫)|翻滚|打滚")


def hand_over(case: Case, reason: str = "customer_request") -> bool:
    """Into the queue in the agents' hours; else the next opening and a promised call."""
    case.count("handoffs")
    if reason == "customer_request" and case.journey == "fault" and fault.urgent(case):
        reason = "business_loss"
    fault.open_for_handoff(case)
    case.state["pending"] = None
    rank = handoffs.priority(reason, case.customer)
    if hours.open_now() or reason in handoffs.URGENT:
        group = groups.for_case(case.session, reason, case.facts.get("product_type"))
        place = handoffs.position(case.session, rank, group)
        wait = waiting.at(case.session, place, group)
        case.step.handoff = {"reason": reason}
        case.step.transition = handoffs.transition(reason, rank, group)
        known = "" if wait.minutes is None else "_in"
        case.say("human.next" if place == 1 else f"human.position{known}", position=place, minutes=wait.minutes)
        return False
    return after_hours(case)


def after_hours(case: Case) -> bool:
    """Nobody is here now: when they are, and a call then."""
    case.step.handoff = {"reason": "after_hours"}
    opening = hours.next_opening()
    case.offer("callback")
    phone = phone_of(case)
    if phone is None:
        case.begin("callback")
        case.state["callback_reason"] = "after_hours"
        return case.ask("phone", "human.closed_ask_phone", opening=words.moment(opening))
    at = handoffs.first_callback_time()
    promised = handoffs.promise_callback(case.session, case.conversation, at, phone, "after_hours")
    case.step.callback = {"at": time.local(promised.due_at).isoformat(), "phone": phone}
    case.say("human.closed_promised", opening=words.moment(opening), at=words.moment(at), tail=phone[-4:])
    return False


def phone_of(case: Case) -> str | None:
    """The number to call the customer by, as far as one is known."""
    known = case.facts.get("phone") or case.state.get("known", {}).get("phone")
    return known or (case.customer.phone if case.customer else None)


def sorrow(case: Case) -> bool:
    """Grief is met before the machine. True when nothing else was said."""
    said = case.said
    if not said.has(*data("mood.sorrow")):
        return False
    case.state["upset"] = True
    if not case.told("sorrow"):
        case.say("care.sorrow")
    if said.product and said.intent == "out_of_scope":
        said.intent = "report_fault"
    if said.product or said.symptoms or said.intent not in ("out_of_scope", "nlu_fallback", "inform", "greet"):
        return False
    case.say("care.no_hurry")
    return True


def abusive(said: Said) -> bool:
    """Whether a curse is in it; a 滚筒 is none."""
    words = NO_CURSE.sub("", said.plain)
    return any(curse in words for curse in data("understanding.lists")["abuse"])


def calm(case: Case) -> bool:
    """Abuse: calm, shorter each time, and a person."""
    times = case.count("abuse")
    case.say({1: "small.abuse", 2: "calm.abuse_again"}.get(times, "calm.abuse_last"))
    case.offer("human")
    case.offer_buttons([("转人工", "/talk_to_human")])
    return False


def offer(case: Case, key: str) -> bool:
    """Say something and offer a person; a yes to it means yes."""
    case.say(key)
    case.offer("human")
    case.offer_buttons([("转人工", "/talk_to_human")])
    return False


def distress(case: Case) -> bool:
    """Someone may be in danger from themselves: care, numbers that help, a person; nothing else is asked."""
    case.state["pending"], case.state["journey"], case.state["stack"] = None, None, []
    case.say("care.first" if case.count("distress") == 1 else "care.again")
    case.step.handoff = {"reason": "distress"}
    case.step.transition = handoffs.transition("distress", 0)
    return False
