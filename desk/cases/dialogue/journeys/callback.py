"""request_callback: a number and a time, kept as a promise."""

from datetime import datetime, timedelta

from desk import texts, time
from desk.cases import callbacks, hours, words
from desk.cases import handoff as handoffs
from desk.cases.dialogue import absorb_data
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import people

DEFAULT_REASON = "customer_request"


def start(case: Case) -> bool:
    """Take the wish for a call up."""
    case.begin("callback")
    waited = case.said.has(*texts.data("promise.no_call_came"))
    if waited:
        case.say("promise.call_waited")
    if case.said.visit is not None and not waited:
        case.state["callback"] = absorb_data.wish_of(case.said.visit)
        case.facts.pop("wish", None)
    if case.said.phone_problem:
        return case.ask("phone", "phone.wrong_length", number=case.said.phone_raw)
    return advance(case)


def about_promise(case: Case) -> bool:
    """A word about a call that is already promised: where it stays, or that it is not wanted. False for other words."""
    promised = callbacks.open_of(case.session, case.conversation.id)
    said = case.said
    if promised is None or case.journey == "callback":
        return False
    if said.has(*texts.data("promise.no_call_words")):
        callbacks.settle(case.session, promised, "cancelled", "customer")
        case.say("promise.call_cancelled")
        return True
    presses = said.has(*texts.data("promise.press_words")) and said.has(*texts.data("promise.call_words"))
    if not presses or said.visit is not None or said.phone:
        return False
    callbacks.urge(case.session, promised)
    tail, when = (promised.phone or "")[-4:], callbacks.when_words(promised)
    if not callbacks.late(promised, time.now()):
        case.say("promise.call_due", when=when, tail=tail)
        case.offer("human")
        return True
    if hours.open_now():
        case.say("promise.call_late", when=when)
        people.hand_over(case, "sla_breached")
        return True
    again = handoffs.first_callback_time()
    moved = handoffs.promise_callback(case.session, case.conversation, again, promised.phone, promised.reason)
    case.step.callback = {"at": time.local(moved.due_at).isoformat(), "phone": moved.phone}
    case.say("promise.call_late_closed", when=when, opening=words.moment(hours.next_opening()), tail=tail)
    return True


def advance(case: Case) -> bool:
    """Number, time, promise."""
    case.state["pending"] = None
    phone = case.facts.get("phone") or case.state.get("known", {}).get("phone")
    if not phone and case.customer is not None and case.customer.phone and not case.gave_up("phone"):
        buttons = [("就用这个号", "/affirm"), ("换一个", "/deny")]
        return case.ask("phone", "callback.ask_known", buttons=buttons, tail=case.customer.phone[-4:])
    if not phone:
        if case.gave_up("phone"):
            case.say("callback.no_phone")
            case.end()
            return False
        return case.ask("phone", "callback.ask_phone")
    wish = case.state.get("callback")
    if wish is None and case.state.get("callback_reason") != "after_hours":
        return case.ask(
            "callback_time",
            "callback.ask_time",
            buttons=[("尽快", "尽快"), ("今天下午", "今天下午"), ("明天上午", "明天上午")],
        )
    return _promise(case, phone, wish or {})


def _promise(case: Case, phone: str, wish: dict) -> bool:  # type: ignore[type-arg]
    start, until = _span(wish)
    reason = case.state.pop("callback_reason", DEFAULT_REASON)
    promised = handoffs.promise_callback(case.session, case.conversation, start, phone, reason, until)
    case.step.callback = {"at": time.local(promised.due_at).isoformat(), "phone": phone}
    moved = wish.get("start") and datetime.fromisoformat(wish["start"]) != start
    key = (
        "callback.promised_moved"
        if moved and not hours.open_now(datetime.fromisoformat(wish["start"]))
        else "callback.promised"
    )
    when = words.moment(start) if until is None else words.span(start, until)
    case.say(
        key,
        when=when,
        opening=words.moment(hours.next_opening(time.now())),
        phone=f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else phone,
    )
    case.keep_contact()
    case.state.pop("callback", None)
    case.end()
    return False


def _span(wish: dict) -> tuple[datetime, datetime | None]:  # type: ignore[type-arg]
    """The promised time: the wish where agents work then, else the first time they do."""
    if not wish.get("start"):
        return handoffs.first_callback_time(), None
    start, end = datetime.fromisoformat(wish["start"]), datetime.fromisoformat(wish["end"])
    now = time.now()
    if any(word in wish["text"] for word in ("左右", "前后", "大概", "大约")):
        start = end = start + (end - start) / 2
    if start <= now < end:
        # "半小时内": any time until then.
        return (end, None) if hours.open_now(end) else (handoffs.first_callback_time(end), None)
    if not hours.open_now(start):
        return handoffs.first_callback_time(start), None
    return max(start, now), end if end - start > timedelta(minutes=1) else None
