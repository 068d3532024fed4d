"""complain and rate_service: heard without excuses, written down, answered by a person with a date."""

import re
from datetime import timedelta

from desk import time
from desk.cases import handoff as handoffs
from desk.cases import hours, tickets, words
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import booking, people, reach
from desk.records.models import Rating
from desk.texts import data

# A plan within a day: the promise of most service contracts (24 小时内解决或拿出方案).
PLAN_WITHIN = timedelta(hours=24)


def start(case: Case) -> bool:
    """Apologise once, without excuses; then what happened, then a complaint ticket. Mere abuse is met calmly."""
    if case.said.has(*data("understanding.lists")["abuse"]) and len(case.said.plain) <= 12:
        case.say("small.abuse")
        case.offer("human")
        return False
    case.begin("complaint")
    case.state["complaint"] = case.said.plain[:300]
    case.say("complaint.sorry")
    return advance(case)


def advance(case: Case) -> bool:
    """The matter in the customer's words, a number to call, a ticket, a person."""
    case.state["pending"] = None
    text = case.state.get("complaint", "")
    if len(text) < 8 and not case.tries("reason"):
        case.count("reason")
        return case.ask("reason", "complaint.ask_what")
    if reach.phone(case, "complaint.ask_phone"):
        return True
    case.facts["symptom"] = text
    ticket = booking.open_from_intake(case, "complaint", "B")
    linked = case.state.get("emergency_ticket")
    if linked:
        ticket.linked_tickets = [linked]
    plan = time.now() + PLAN_WITHIN
    by = words.moment(plan)
    tickets.event(case.session, ticket, "plan_promised", "bot", "投诉", plan_due=plan.isoformat())
    case.say("complaint.opened", number=ticket.number, by=by)
    case.state.pop("complaint", None)
    case.forget_case("ticketed")
    case.end()
    rank = handoffs.priority("complaint", case.customer)
    if not hours.open_now():
        return people.after_hours(case)
    case.step.handoff = {"reason": "complaint"}
    case.step.transition = handoffs.transition("complaint", rank)
    case.say("complaint.person")
    return False


SCORES = (
    ("非常满意", 5),
    ("很满意", 5),
    ("五星", 5),
    ("好评", 5),
    ("满分", 5),
    ("非常不满意", 1),
    ("很不满意", 1),
    ("差评", 1),
    ("一星", 1),
    ("不满意", 2),
    ("两星", 2),
    ("二星", 2),
    ("中评", 3),
    ("一般", 3),
    ("三星", 3),
    ("四星", 4),
    ("还行", 4),
    ("满意", 4),
)


def score_of(text: str) -> int | None:
    """A score from 1 to 5 in what was said."""
    number = re.search(r"([1-5])\s*(分|星|颗星)", text)
    if number:
        return int(number.group(1))
    for word, score in sorted(SCORES, key=lambda pair: -len(pair[0])):
        if word in text:
            return score
    return None


def rate(case: Case) -> bool:
    """Thanks; a low score is asked for its reason and followed up by a person."""
    score = score_of(case.said.plain)
    if score is None:
        score = (
            5
            if case.said.has("好", "棒", "耐心", "专业", "赞", "谢") and not case.said.has("不好", "不专业", "不耐心")
            else 2
        )
    ticket = case.ticket()
    case.session.add(
        Rating(
            conversation_id=case.conversation.id,
            ticket_id=ticket.id if ticket else None,
            score=score,
            reason=case.said.plain[:300],
            at=time.now(),
        )
    )
    if score >= 4:
        case.say("rating.thanks")
        return False
    if score == 3:
        case.say("rating.middle")
        return False
    case.begin("rating")
    return case.ask("rating_reason", "rating.ask_reason", api="reason")


def rated(case: Case) -> bool:
    """The reason of a low score goes to a person."""
    case.session.add(Rating(conversation_id=case.conversation.id, score=1, reason=case.said.plain[:500], at=time.now()))
    case.say("rating.followed")
    case.end()
    case.offer("human")
    return False
