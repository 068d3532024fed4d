"""complain and rate_service: heard without excuses, written down, answered by a person with a date."""

import re

from desk import time
from desk.cases import complaints, hours, ratings, words
from desk.cases import handoff as handoffs
from desk.cases.dialogue import memory
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import booking, people, reach
from desk.cases.dialogue.said import Said
from desk.records.models import Complaint, Rating, Ticket
from desk.rules import complaints as rules

# What of a rating tells no reason.
NO_REASON = re.compile(
    r"服务|评价|评分|打|给|我|就|你们|师傅|非常|很|不?满意|差评|[0-9零一二两三四五十]+\s*[分星颗]+|[\W_]"
)
A_REASON = 6


def start(case: Case) -> bool:
    """Apologise once, without excuses; then what happened, then a complaint ticket. Mere abuse is met calmly."""
    if mere_abuse(case.said):
        people.calm(case)
        return False
    before = complaints.open_of(case.session, case.customer, case.conversation.id, case.facts.get("phone"))
    if before is not None:
        return _again(case, before)
    case.begin("complaint")
    case.state["complaint"] = case.said.plain[:300]
    case.say("complaint.sorry")
    return advance(case)


def mere_abuse(said: Said) -> bool:
    """A curse that tells nothing."""
    return people.abusive(said) and len(said.plain) <= 12


def _again(case: Case, ticket: Ticket) -> bool:
    """Not settled yet and told again: the same complaint, a class higher, and a person."""
    complaint = complaints.raise_again(case.session, ticket, case.said.plain)
    case.touch(ticket)
    case.say("grievance.sorry_again")
    soonest = time.now() + rules.rules().plan / 12
    case.say("grievance.raised", number=ticket.number, by=words.moment(max(complaint.plan_due, soonest)))
    _told(case, complaint)
    return _to_a_person(case)


def _told(case: Case, complaint: Complaint) -> None:
    """Who in the house knows by now; said only where somebody was reached."""
    if complaint.grade != "minor" and complaints.reachable(case.session, "supervisor"):
        case.say("grievance.supervisor")
    if complaint.head_at is not None and complaints.reachable(case.session, "manager"):
        case.say("grievance.head")


def advance(case: Case) -> bool:
    """The matter in the customer's words, a number to call, a ticket, a person."""
    case.state["pending"] = None
    text = case.state.get("complaint", "")
    if len(text) < 8 and not case.tries("reason"):
        case.count("reason")
        return case.ask("reason", "complaint.ask_what")
    if reach.phone(case, "complaint.ask_phone"):
        return True
    ticket, complaint = file(case)
    case.say("complaint.opened", number=ticket.number, by=words.moment(complaint.plan_due))
    _told(case, complaint)
    case.forget_case("complained")
    case.end()
    return _to_a_person(case)


def file(case: Case) -> tuple[Ticket, Complaint]:
    """The complaint that was told becomes a ticket, linked to what it is about; the supervisors are told."""
    text = case.state.pop("complaint", "")
    memory.keep(case.facts, case.state)
    case.facts["symptom"] = text
    earlier = complaints.earlier(case.session, case.customer, case.conversation.id, case.facts.get("phone"))
    about = case.ticket()
    ticket = booking.open_from_intake(case, "complaint", "B")
    linked = [number for number in (case.state.get("emergency_ticket"), about.number if about else None) if number]
    ticket.linked_tickets = list(dict.fromkeys(linked))
    unresolved = about is not None and (about.repeat_repair or about.status == "reopened")
    return ticket, complaints.open_for(case.session, ticket, text, earlier, unresolved)


def _to_a_person(case: Case) -> bool:
    rank = handoffs.priority("complaint", case.customer)
    if not hours.open_now():
        return people.after_hours(case)
    case.step.handoff = {"reason": "complaint"}
    case.step.transition = handoffs.transition("complaint", rank)
    case.say("complaint.person")
    return False


def rate(case: Case) -> bool:
    """Thanks; a low score is asked for its reason and followed up by a person."""
    score = ratings.score_of(case.said.plain)
    if score is None:
        praise = case.said.has("好", "棒", "耐心", "专业", "赞", "谢")
        score = 5 if praise and not case.said.has("不好", "不专业", "不耐心") else 2
    rating = ratings.keep(case.session, case.conversation.id, case.ticket(), score, case.said.plain)
    if score >= 4:
        case.say("rating.thanks")
        return False
    if score == 3:
        case.say("rating.middle")
        return False
    case.state["rating"] = rating.id
    case.begin("rating")
    if len(NO_REASON.sub("", case.said.plain)) >= A_REASON:
        case.say("rated.heard")
        return _followed_up(case, case.session.get_one(Rating, case.state.pop("rating")))
    return case.ask("rating_reason", "rating.ask_reason", api="reason")


def rated(case: Case) -> bool:
    """The reason of a low score, in its own message."""
    return _followed_up(case, ratings.explain(case.session, case.state.pop("rating", None), case.said.plain))


def _followed_up(case: Case, rating: Rating | None) -> bool:
    """A person calls, where there is a number, or writes here."""
    phone = people.phone_of(case)
    case.end()
    case.offer("human")
    due = ratings.follow_up(case.session, rating, case.ticket())
    if phone is None:
        case.say("rated.write", by=words.moment(due))
        return False
    at = handoffs.first_callback_time()
    promised = handoffs.promise_callback(case.session, case.conversation, at, phone, "low_rating")
    case.step.callback = {"at": time.local(promised.due_at).isoformat(), "phone": phone}
    case.say("rated.call", when=words.moment(at), tail=phone[-4:])
    return False
