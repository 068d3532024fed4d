"""Engineers' leave: what it takes out of the calendar, and which visits must be booked anew; on both databases."""

from datetime import date, datetime, timedelta

import pytest

from desk import time
from desk.cases import leaves, tickets, visits
from desk.cases.oncall import people
from desk.records.db import transaction
from desk.records.models import AuditEntry, Engineer, StaffNotice, Ticket

NEED = visits.Need("空调", "苏州市姑苏区观前街1号")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def engineer(database: str, pinned_clock) -> int:
    pinned_clock("2026-11-21T10:00:00+08:00")
    with transaction() as session:
        people.add_person(session, "test", "钱主管", role="supervisor")
        one = Engineer(
            name="陆志强", phone="13800000801", skills=["空调"], regions=["苏州市"],
            shift={"days": [1, 2, 3, 4, 5], "from": "08:30", "to": "17:30"},
        )
        session.add(one)
        session.flush()
        return one.id


def free(day: date) -> list[visits.Slot]:
    start = datetime.combine(day, datetime.min.time(), tzinfo=time.SHOWN_IN)
    with transaction() as session:
        return visits.slots(session, NEED, start, start + timedelta(days=1))


def book(day: date) -> str:
    """A visit on the first free time of the day; the ticket's number."""
    slot = free(day)[0]
    with transaction() as session:
        ticket = tickets.open_ticket(
            session, "bot", kind="repair", severity="B", product_type="空调", symptom="不制冷", address=NEED.address,
            contact_name="李敏", contact_phone="15000009174", visit_start=slot.start, visit_end=slot.end,
        )
        held = visits.hold(session, slot, NEED)
        assert held and visits.book(session, held.id, ticket)
        return ticket.number


def off(engineer: int, first: date = MONDAY, last: date = MONDAY) -> int:
    with transaction() as session:
        return leaves.add(session, engineer, first, last, "staff:1", "家里有事").id


def told() -> list[StaffNotice]:
    with transaction() as session:
        return list(session.query(StaffNotice).filter_by(purpose="leave"))


def test_leave_takes_the_day_out_of_the_calendar_and_back(engineer: int) -> None:
    leave = off(engineer)
    assert free(MONDAY) == [] and free(TUESDAY) != []
    with transaction() as session:
        assert leaves.remove(session, leave, "staff:1")
        assert not leaves.remove(session, leave, "staff:1")
    assert free(MONDAY) != []
    with transaction() as session:
        assert [one.action for one in session.query(AuditEntry).order_by(AuditEntry.id)][-2:] == [
            "leave_added", "leave_removed",
        ]


def test_visits_booked_on_the_days_are_listed_and_the_supervisor_is_told(engineer: int) -> None:
    on_monday, on_tuesday = book(MONDAY), book(TUESDAY)
    off(engineer)
    with transaction() as session:
        [one] = leaves.to_rebook(session)
        assert (one.ticket.number, one.engineer.name, one.leave.starts_on) == (on_monday, "陆志强", MONDAY)
    [notice] = told()
    assert "陆志强" in notice.title and "1 单" in notice.title
    assert on_monday in notice.text and on_tuesday not in notice.text and "15000009174" in notice.text


def test_nothing_booked_nothing_told(engineer: int) -> None:
    book(TUESDAY)
    off(engineer)
    assert told() == []


def test_what_was_moved_is_not_listed_any_more(engineer: int) -> None:
    number = book(MONDAY)
    off(engineer)
    slot = free(TUESDAY)[0]
    with transaction() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None and visits.move(session, ticket, slot, "staff:1", "师傅请假")
    with transaction() as session:
        assert leaves.to_rebook(session) == []


def test_a_cancelled_ticket_needs_no_other_engineer(engineer: int) -> None:
    number = book(MONDAY)
    off(engineer)
    with transaction() as session:
        ticket = session.query(Ticket).filter_by(number=number).one()
        tickets.change(session, ticket, "customer", status="cancelled")
    with transaction() as session:
        assert leaves.to_rebook(session) == []


def test_a_time_that_was_held_is_not_booked_on_a_day_that_became_leave(engineer: int) -> None:
    slot = free(MONDAY)[0]
    with transaction() as session:
        held = visits.hold(session, slot, NEED)
        assert held is not None
        kept = held.id
    off(engineer)
    with transaction() as session:
        ticket = tickets.open_ticket(session, "bot", kind="repair", severity="B", product_type="空调")
        assert not visits.book(session, kept, ticket)
        assert visits.hold(session, slot, NEED) is None, "nor by somebody who saw it free before"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (TUESDAY, MONDAY, "早于开始"),
        (date(2026, 11, 10), date(2026, 11, 20), "已经过去"),
        (MONDAY, date(2027, 12, 1), "最多 365 天"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(engineer: int, first: date, last: date, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        off(engineer, first, last)


def test_the_same_days_twice_are_refused(engineer: int) -> None:
    off(engineer, MONDAY, TUESDAY)
    with pytest.raises(ValueError, match="已经登记了请假"):
        off(engineer, TUESDAY, TUESDAY)
    with transaction() as session:
        assert [leave.starts_on for leave, _ in leaves.coming(session)] == [MONDAY]


def test_nobody_of_that_number(engineer: int) -> None:
    with pytest.raises(ValueError, match="没有这位工程师"):
        off(engineer + 1000)
