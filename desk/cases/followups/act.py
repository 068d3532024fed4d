"""One follow-up whose time has come: begun, sent where there is something to send, and finished.

`begin` and `finish` are transactions of the caller; between them nothing is locked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import tickets
from desk.cases.followups import customers, hours, plan, reach, staff
from desk.cases.followups.reach import Words
from desk.records.models import Conversation, FollowUp, Ticket

TO_STAFF: dict[str, Callable[[Session, FollowUp], Words | str]] = {
    "soon": staff.soon, "broken": staff.broken, "report_ask": staff.report_ask, "report_late": staff.report_late,
    "plan_soon": staff.plan_soon, "plan_broken": staff.plan_broken, "callback_soon": staff.callback_soon,
    "callback_missed": staff.callback_missed,
}
TO_CUSTOMER: dict[str, Callable[[Session, FollowUp, Conversation], Words | str]] = {
    "opened": customers.opened, "visit_booked": customers.visit_booked,
    "visit_reminder": customers.visit_reminder, "resolved": customers.resolved,
    "survey": customers.survey, "follow_up_1": customers.follow_up_1, "follow_up_2": customers.follow_up_2,
    "broken_told": customers.broken_told, "maintenance_early": customers.maintenance,
    "maintenance_late": customers.maintenance,
}
# These can wait until a conversation that goes on is over.
SOFT = ("survey", "follow_up_1", "follow_up_2", "maintenance_early", "maintenance_late")
APOLOGIES = ("broken_told",)
LATER = timedelta(hours=1)
WORDS = "words"  # where the words wait between begin and finish


def due(session: Session, limit: int = 100) -> list[tuple[int, str]]:
    """(id, unique name) of the follow-ups whose time has come."""
    query = select(FollowUp).where(FollowUp.state == "waiting", FollowUp.due_at <= time.now())
    rows = session.scalars(query.order_by(FollowUp.due_at).limit(limit))
    return [(row.id, f"follow:{row.id}:{row.created_at.timestamp():.6f}:{row.due_at.timestamp():.6f}") for row in rows]


def begin(session: Session, follow_id: int) -> Words | None:
    """Do what is to be done in the house; the words that go to the customer, if any. Played again it is the same."""
    follow = session.get(FollowUp, follow_id, with_for_update=True)
    ticket = session.get(Ticket, follow.ticket_id) if follow is not None and follow.ticket_id else None
    if ticket is not None and follow is not None and not follow.key.startswith(("callback:", "told:")):
        plan.of(session, ticket)  # it may have changed since
    if follow is None or follow.state != "waiting":
        return None
    if follow.kind in TO_STAFF:
        outcome: Words | str | None = TO_STAFF[follow.kind](session, follow)
        _done(session, follow, outcome if isinstance(outcome, str) else "told")
    else:
        outcome = _to_customer(session, follow)
        if isinstance(outcome, str):
            _done(session, follow, outcome, skipped=True)
    words = outcome if isinstance(outcome, Words) else None
    if words is not None:
        follow.data = {**follow.data, WORDS: words.to_dict()}
    session.flush()
    return words


def words_of(session: Session, follow_id: int) -> Words | None:
    """What `begin` left to be sent."""
    follow = session.get(FollowUp, follow_id)
    stored = follow.data.get(WORDS) if follow is not None else None
    return Words.from_dict(stored) if stored else None


def finish(session: Session, follow_id: int, status: str) -> str | None:
    """The words are sent: as the notice whose `status` this is, else in the conversation. Which one to `spread`.

    Played again it does nothing.
    """
    follow = session.get(FollowUp, follow_id, with_for_update=True)
    words = words_of(session, follow_id)
    if follow is None or words is None:
        return None
    follow.data = {name: value for name, value in follow.data.items() if name != WORDS}
    said = None
    if status in reach.OFF:
        _done(session, follow, "opted_out", skipped=True)
    elif status in reach.SENT:
        _done(session, follow, "notice")
    elif words.only_notice:
        _done(session, follow, "not_needed", skipped=True)
    elif reach.say(session, words):
        said = words.conversation_id
        _done(session, follow, "said")
    else:
        _done(session, follow, "no_channel", skipped=True)
    return said


def _to_customer(session: Session, follow: FollowUp) -> Words | str | None:
    """The words, or why there are none; None when it was put off."""
    now = time.now()
    if follow.latest_at is not None and now >= follow.latest_at:
        return "too_late"
    if follow.kind not in APOLOGIES and reach.wants_none(session, follow):
        return "opted_out"
    talk = reach.conversation_of(session, follow)
    if talk is None:
        return "no_channel"
    if hours.quiet(now):
        return _put_off(follow, hours.allowed_from(now))
    if follow.kind in SOFT and talk.state in ("queued", "agent"):
        return _put_off(follow, now + LATER)
    return TO_CUSTOMER[follow.kind](session, follow, talk)


def _put_off(follow: FollowUp, until: datetime) -> str | None:
    if follow.latest_at is not None and until >= follow.latest_at:
        return "too_late"
    follow.due_at = until
    return None


def _done(session: Session, follow: FollowUp, result: str, skipped: bool = False) -> None:
    if follow.state != "waiting":
        return
    follow.state, follow.result, follow.done_at = "skipped" if skipped else "done", result[:40], time.now()
    session.flush()
    ticket = session.get(Ticket, follow.ticket_id) if follow.ticket_id else None
    if ticket is None:
        return
    if follow.kind in TO_CUSTOMER and not skipped:
        tickets.event(session, ticket, f"{follow.kind}_sent", "clock", result)
    if follow.kind == "follow_up_1" and not skipped:
        plan.of(session, ticket)
