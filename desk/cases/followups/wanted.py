"""What a ticket, as it stands, wants done later: a pure answer, so that planning it again gives the same."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from desk import time
from desk.cases import deadlines, tickets
from desk.cases.followups import hours
from desk.records.models import Complaint, FollowUp, ServiceReport, Ticket
from desk.rules import sla

MILESTONES = ("response", "arrival", "fix")
WORK = ("repair", "installation", "maintenance", "exchange")
SOON_SHARE, SOON_LEAST, SOON_MOST = 0.25, timedelta(minutes=10), timedelta(hours=4)
SURVEY_AFTER = timedelta(hours=2)
SECOND_AFTER_DAYS = 5
EVE = timedelta(hours=17)  # of the day before a visit
PLAN_SOON = timedelta(hours=4)
# What fell due so long ago is history when it is first seen (an import).
HISTORY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """One follow-up: `key` within its ticket, when, and until when it makes sense.

    `ahead`: it is not begun any more when its time is past already (a visit that is booked on its own eve).
    """

    key: str
    kind: str
    due: datetime
    latest: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
    ahead: bool = False


def of_ticket(
    ticket: Ticket,
    now: datetime,
    complaint: Complaint | None = None,
    report: ServiceReport | None = None,
    first: FollowUp | None = None,
) -> list[Wanted]:
    """All that is wanted of `ticket` now. `report` and the `first` follow-up are those that were done."""
    found: list[Wanted] = []
    if ticket.status in tickets.OPEN:
        found += _promises(ticket, now) + _visit(ticket)
    if ticket.status in tickets.OPEN and ticket.conversation_id is not None:
        found.append(Wanted("opened", "opened", ticket.opened_at, ticket.opened_at + timedelta(hours=1)))
        if ticket.visit_start is not None:
            name = f"booked:{ticket.visit_start.timestamp():.0f}"
            found.append(Wanted(name, "visit_booked", now, ticket.visit_start))
    if ticket.status in tickets.OPEN and complaint is not None and complaint.plan_at is None:
        found += _plan(complaint)
    if ticket.status == "resolved" and ticket.resolved_at is not None:
        found += _resolved(ticket, ticket.resolved_at, report)
    if ticket.status == "closed" and ticket.closed_at is not None and ticket.kind in WORK:
        found += _closed(ticket, ticket.closed_at, first)
        if report is None and ticket.resolved_at is not None:
            found += _resolved(ticket, ticket.resolved_at, report)[1:]
    return [one for one in found if (one.latest or one.due + HISTORY) > now]


def _promises(ticket: Ticket, now: datetime) -> list[Wanted]:
    start = ticket.clock_from or ticket.opened_at
    found = []
    for standing in deadlines.standings(ticket, now):
        unknown = ticket.conversation_id is None and standing.name == "response"
        if standing.name not in MILESTONES or standing.state not in ("running", "overdue") or unknown:
            continue
        due, about = standing.due, {"milestone": standing.name, "due": standing.due.isoformat()}
        lead = min(max((due - start) * SOON_SHARE, SOON_LEAST), SOON_MOST)
        name = f"{standing.name}:{due.timestamp():.0f}"
        if due - lead > start:
            found.append(Wanted(f"soon:{name}", "soon", due - lead, due, about))
        found.append(Wanted(f"broken:{name}", "broken", due, None, about))
    return found


def _visit(ticket: Ticket) -> list[Wanted]:
    if ticket.visit_start is None or ticket.service_mode == "carry_in":
        return []
    day, name = time.local(ticket.visit_start).date(), f"{ticket.visit_start.timestamp():.0f}"
    eve = hours.end_of(day - timedelta(days=1)) - timedelta(days=1) + EVE
    found = [Wanted(f"visit:{name}", "visit_reminder", eve, ticket.visit_start, ahead=True)]
    if ticket.kind == "maintenance":
        early = hours.friendly(day - timedelta(days=4))
        until = hours.end_of(day - timedelta(days=3))
        found.append(Wanted(f"maintenance:{name}", "visit_reminder", early, until, ahead=True))
    return found


def _plan(complaint: Complaint) -> list[Wanted]:
    about = {"due": complaint.plan_due.isoformat()}
    return [
        Wanted("plan_soon", "plan_soon", complaint.plan_due - PLAN_SOON, complaint.plan_due, about),
        Wanted("plan_broken", "plan_broken", complaint.plan_due, None, about),
    ]


def _resolved(ticket: Ticket, at: datetime, report: ServiceReport | None) -> list[Wanted]:
    name = f"{at.timestamp():.0f}"
    found = [Wanted(f"resolved:{name}", "resolved", at)]
    if ticket.kind in WORK and report is None:
        due = sla.duty("REPORT24", {"resolved_at": at})["report_due"]
        assert isinstance(due, datetime)
        found.append(Wanted(f"report_ask:{name}", "report_ask", at, due, {"due": due.isoformat()}))
        found.append(Wanted(f"report_late:{name}", "report_late", due, None, {"due": due.isoformat()}))
    return found


def _closed(ticket: Ticket, at: datetime, first: FollowUp | None) -> list[Wanted]:
    name, day = f"{at.timestamp():.0f}", time.local(at).date()
    window = sla.duty("FOLLOWUP1", {"handover_date": day})
    earliest, latest = window["earliest"], window["latest"]
    assert earliest is not None and latest is not None
    survey = hours.allowed_from(at + SURVEY_AFTER)
    found = [
        Wanted(f"survey:{name}", "survey", survey, at + timedelta(days=2)),
        Wanted(f"follow_up_1:{name}", "follow_up_1", hours.friendly(earliest), hours.end_of(latest)),
    ]
    if first is not None and first.done_at is not None and first.done_at > at:
        done = time.local(first.done_at).date()
        last = sla.duty("FOLLOWUP2", {"first_followup_date": done})["latest"]
        assert last is not None
        second = hours.friendly(done + timedelta(days=SECOND_AFTER_DAYS))
        found.append(Wanted(f"follow_up_2:{name}", "follow_up_2", second, hours.end_of(last)))
    return found
