"""Deadlines: warned of before, told when broken, silent while they stand still or when they were kept."""

from datetime import datetime, timedelta

from desk import time
from desk.cases import deadlines, presence, staff, tickets
from desk.records import db
from desk.records.models import Conversation, Customer, FollowUp, OncallPerson, StaffNotice, Ticket, TicketEvent
from tests.followups.conftest import change, heard, results, tick, to, told


def due(number: str, name: str) -> datetime:
    with db.reading() as session:
        found = tickets.by_number(session, number)
        assert found is not None
        return datetime.fromisoformat(found.deadlines[f"{name}_due"])


def test_a_promise_is_warned_of_and_then_told_to_the_supervisor(ticket):
    response = due(ticket.number, "response")
    to((response - timedelta(minutes=1)).isoformat())
    assert [title for title in told("soon") if ticket.number in title and "联系客户" in title]
    assert told("broken") == [] and heard() == []
    to((response + timedelta(minutes=1)).isoformat())
    assert [title for title in told("broken") if "没有在" in title and "联系客户" in title]
    assert "对不起" in heard()[0] and "提到最前面" in heard()[0]
    with db.reading() as session:
        assert tickets.by_number(session, ticket.number).priority == 0


def test_a_promise_that_was_kept_is_not_warned_of(ticket):
    tick()
    with db.transaction() as session:
        found = session.get_one(Ticket, ticket.id)
        tickets.change(session, found, "staff:1", status="accepted")
        found.reached = {"response": time.now().isoformat()}
    to((due(ticket.number, "response") + timedelta(minutes=5)).isoformat())
    assert not [title for title in told() if "联系客户" in title] and heard() == []


def test_a_paused_or_finished_ticket_is_silent(ticket):
    tick()
    with db.transaction() as session:
        found = session.get_one(Ticket, ticket.id)
        found.reached = {"response": time.now().isoformat()}
        deadlines.pause(found, next(iter(deadlines.pause_reasons())))
        stopped = [name for name in ("arrival", "fix") if found.deadlines.get(f"{name}_due") is None]
    assert stopped
    to("2026-12-10T12:00:00+08:00")
    assert not [title for title in told("broken") if any(word in title for word in ("修好",))]


def test_what_is_resolved_in_time_breaks_nothing(ticket):
    tick()
    change(ticket.number, status="resolved", resolved_at=time.now(), resolution="换了电容")
    to("2026-12-01T12:00:00+08:00")
    assert told("broken") == [] and told("soon") == []
    assert "换了电容" in heard()[0]


def test_the_apology_waits_for_the_morning_but_the_supervisor_is_told_at_once(ticket, pinned_clock):
    with db.transaction() as session:
        found = session.get_one(Ticket, ticket.id)
        found.reached = {"response": time.now().isoformat(), "arrival": time.now().isoformat()}
        found.deadlines = {**found.deadlines, "fix_due": "2026-11-23T23:30:00+08:00"}
    to("2026-11-23T23:31:00+08:00")
    assert [title for title in told("broken") if "修好" in title] and heard() == []
    to("2026-11-24T09:05:00+08:00")
    assert "修好" in heard()[0]


def test_a_spare_device_is_offered_where_the_service_level_gives_one(shop):
    with db.transaction() as session:
        made = tickets.open_ticket(
            session, "bot", conversation_id="cv-1", kind="repair", severity="B", symptom="停机", product_type="服务器",
            service_level="RAPID-4H", customer_id=session.query(Customer).one().id,
        )
        promised = made.deadlines
    assert promised["after_action"] == "spare_device"
    to("2026-12-20T12:00:00+08:00")
    assert any("备用机" in line for line in heard()), (promised, results())
    with db.reading() as session:
        kinds = [row.kind for row in session.query(TicketEvent).filter_by(ticket_id=made.id)]
    assert "spare_device_offered" in kinds


def test_who_has_the_ticket_is_warned_rather_than_the_supervisor(ticket):
    with db.transaction() as session:
        from desk.cases.oncall import people

        lin = staff.add(session, "lin", "林晓", "password-1")
        people.add_person(session, "test", "林晓", staff_id=lin.id)
        session.get_one(Ticket, ticket.id).assignee_id = lin.id
    to((due(ticket.number, "response") - timedelta(minutes=1)).isoformat())
    with db.reading() as session:
        names = [
            session.get_one(OncallPerson, row.person_id).name
            for row in session.query(StaffNotice).filter_by(purpose="soon")
        ]
    assert set(names) == {"林晓"}


def test_an_old_import_raises_no_alarm(shop):
    with db.transaction() as session:
        session.add(
            Ticket(
                number="TK20250101-0001", kind="repair", severity="B", status="accepted", symptom="x", deadlines={
                    "fix_due": "2025-01-05T10:00:00+08:00"
                }, opened_at=datetime.fromisoformat("2025-01-01T10:00:00+08:00"),
            )
        )
    tick()
    assert told() == []
    with db.reading() as session:
        assert session.query(FollowUp).count() == 0


def test_waiting_too_long_in_the_line_is_told_once_in_hours_only(shop, pinned_clock):
    with db.transaction() as session:
        talk = session.get_one(Conversation, "cv-1")
        talk.state, talk.queued_at, talk.handoff_reason = "queued", time.now(), "customer_request"
    tick()
    tick()
    assert told("queue") == ["【排队】有客户在等，工作台上现在没有人"]
    to("2026-11-23T10:04:00+08:00")
    to("2026-11-23T10:10:00+08:00")
    assert len(told("queue")) == 2 and "4 分钟" in told("queue")[1]
    with db.reading() as session:
        links = {notice.link for notice in session.query(StaffNotice).filter_by(purpose="queue")}
    assert len(links) == 1 and links.pop().endswith("/console/chats/cv-1")


def test_outside_the_hours_nobody_is_told_of_the_line(shop, pinned_clock):
    pinned_clock("2026-11-23T22:00:00+08:00")
    with db.transaction() as session:
        talk = session.get_one(Conversation, "cv-1")
        talk.state, talk.queued_at, talk.handoff_reason = "queued", time.now(), "customer_request"
    to("2026-11-23T22:30:00+08:00")
    assert told("queue") == []


def test_with_somebody_at_the_console_only_a_long_wait_is_told(shop):
    with db.transaction() as session:
        lin = staff.add(session, "lin", "林晓", "password-1")
        presence.beat(session, lin.id, "online")
        talk = session.get_one(Conversation, "cv-1")
        talk.state, talk.queued_at, talk.handoff_reason = "queued", time.now(), "customer_request"
    tick()
    assert told("queue") == []


def test_the_customer_of_an_imported_ticket_gets_no_apology_for_what_nobody_promised(shop):
    with db.transaction() as session:
        customer = session.query(Customer).one()
        made = tickets.open_ticket(session, "import", kind="repair", severity="B", symptom="x", customer_id=customer.id)
        session.get_one(Ticket, made.id).deadlines = {"fix_due": "2026-11-23T11:00:00+08:00"}
    to("2026-11-24T12:00:00+08:00")
    assert [title for title in told("broken") if "修好" in title] and heard() == []
