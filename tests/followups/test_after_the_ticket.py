"""Reports, surveys, follow-ups, reminders, promised calls: at the right hour, once, and not to who wants none."""

from datetime import date, datetime, timedelta

import pytest

from desk import time
from desk.cases import followups, handoff
from desk.cases.followups import hours
from desk.records import db
from desk.records.models import (
    Callback,
    Conversation,
    Customer,
    Device,
    DialogueState,
    FollowUp,
    Identity,
    MaintenancePlan,
    Product,
    Rating,
    ServiceReport,
    Ticket,
)
from tests.followups.conftest import change, heard, results, tick, to, told


def resolve(ticket: Ticket) -> None:
    with db.transaction() as session:
        found = session.get_one(Ticket, ticket.id)
        found.reached = {"response": time.now().isoformat(), "arrival": time.now().isoformat()}
    change(ticket.number, status="resolved", resolved_at=time.now(), resolution="换了电容。")


def close(ticket: Ticket) -> None:
    change(ticket.number, status="closed", closed_at=time.now())


def test_a_report_is_asked_for_at_once_and_missed_after_a_day(ticket):
    resolve(ticket)
    tick()
    assert len(told("report_ask")) == 1 and told("report_late") == []
    to("2026-11-24T10:01:00+08:00")
    assert len(told("report_late")) == 1


def test_a_report_that_was_written_is_not_asked_for_again(ticket):
    resolve(ticket)
    tick()
    with db.transaction() as session:
        followups.write_report(session, session.get_one(Ticket, ticket.id), "engineer:1", "电容鼓包，已换新")
    to("2026-11-25T10:00:00+08:00")
    assert told("report_late") == []
    with db.reading() as session:
        [report] = followups.reports_of(session, ticket)
    assert report.text == "电容鼓包，已换新"


def test_a_report_comes_after_the_work(ticket):
    with db.transaction() as session, pytest.raises(ValueError):
        followups.write_report(session, session.get_one(Ticket, ticket.id), "engineer:1", "早了")
    with db.reading() as session:
        assert session.query(ServiceReport).count() == 0


def test_survey_then_two_follow_ups_each_in_its_window(ticket):
    resolve(ticket)
    close(ticket)
    to("2026-11-23T12:30:00+08:00")
    assert "打几分" in heard()[-1]
    to("2026-11-26T09:59:00+08:00")
    assert not any("回访" in line for line in heard())
    to("2026-11-26T10:01:00+08:00")  # the third day
    assert "回访一下" in heard()[-1]
    to("2026-12-03T10:01:00+08:00")
    assert "再回访一次" in heard()[-1]
    with db.reading() as session:
        done = {row.kind: row.done_at for row in session.query(FollowUp).filter_by(state="done")}
    assert done["follow_up_2"] - done["follow_up_1"] <= timedelta(days=7)
    count = len(heard())
    to("2027-01-10T10:00:00+08:00")
    assert len(heard()) == count


def test_a_ticket_opened_again_is_not_followed_up(ticket):
    resolve(ticket)
    close(ticket)
    to("2026-11-24T10:00:00+08:00")
    before = len(heard())
    change(ticket.number, status="reopened", resolved_at=None, closed_at=None, clock_from=time.now())
    tick()
    with db.reading() as session:
        waiting = {row.kind for row in session.query(FollowUp).filter_by(state="waiting")}
    assert not waiting & {"follow_up_1", "survey", "report_late"} and len(heard()) == before


def test_nobody_is_written_to_in_the_quiet_hours(ticket, pinned_clock):
    pinned_clock("2026-11-23T20:30:00+08:00")
    resolve(ticket)
    close(ticket)
    to("2026-11-24T08:59:00+08:00")
    assert not any("打几分" in line for line in heard())
    to("2026-11-24T09:01:00+08:00")
    assert any("打几分" in line for line in heard())


def test_who_wants_no_messages_gets_none(ticket):
    with db.transaction() as session:
        session.query(Customer).one().notices_off = True
    resolve(ticket)
    close(ticket)
    to("2026-12-01T12:00:00+08:00")
    assert heard() == [] and results()["survey"] == "opted_out"


def test_who_said_so_in_the_conversation_gets_none_either(ticket):
    with db.transaction() as session:
        session.add(DialogueState(conversation_id="cv-1", data={"left_in_peace": True}, updated_at=time.now()))
    resolve(ticket)
    close(ticket)
    to("2026-12-01T12:00:00+08:00")
    assert heard() == []


def test_who_has_given_a_score_is_not_asked_for_one(ticket):
    resolve(ticket)
    with db.transaction() as session:
        session.add(Rating(conversation_id="cv-1", ticket_id=ticket.id, score=5, at=time.now()))
    close(ticket)
    to("2026-11-24T12:00:00+08:00")
    assert not any("打几分" in line for line in heard()) and results()["survey"] == "not_needed"


def test_a_conversation_that_goes_on_is_not_interrupted(ticket):
    resolve(ticket)
    close(ticket)
    with db.transaction() as session:
        talk = session.get_one(Conversation, "cv-1")
        talk.state, talk.queued_at = "queued", time.now()
    to("2026-11-23T13:30:00+08:00")
    assert not any("打几分" in line for line in heard())
    with db.transaction() as session:
        session.get_one(Conversation, "cv-1").state = "bot"
    to("2026-11-23T15:30:00+08:00")
    assert any("打几分" in line for line in heard())


def test_who_can_only_be_telephoned_is_on_the_list(ticket):
    with db.transaction() as session:
        session.get_one(Conversation, "cv-1").channel = "phone"
    resolve(ticket)
    close(ticket)
    to("2026-11-27T12:00:00+08:00")
    assert heard() == []
    with db.reading() as session:
        kinds = {row.kind for row in followups.due_list(session) if row.result == "no_channel"}
    assert "follow_up_1" in kinds


def test_the_visit_is_recalled_on_its_eve(ticket):
    start = datetime.fromisoformat("2026-11-25T09:00:00+08:00")
    change(ticket.number, visit_start=start, visit_end=start + timedelta(hours=2), status="scheduled")
    to("2026-11-24T16:59:00+08:00")
    assert not any("留人在家" in line for line in heard())
    to("2026-11-24T17:01:00+08:00")
    [line] = [line for line in heard() if "留人在家" in line]
    assert "明天" in line and ticket.number in line


def test_a_moved_visit_is_recalled_on_its_new_eve_only(ticket):
    start = datetime.fromisoformat("2026-11-25T09:00:00+08:00")
    change(ticket.number, visit_start=start, visit_end=start + timedelta(hours=2), status="scheduled")
    tick()
    later = start + timedelta(days=2)
    change(ticket.number, visit_start=later, visit_end=later + timedelta(hours=2))
    to("2026-11-26T12:00:00+08:00")
    assert not any("留人在家" in line for line in heard())
    to("2026-11-26T17:05:00+08:00")
    assert len([line for line in heard() if "留人在家" in line]) == 1


def test_a_visit_booked_on_its_own_eve_is_not_recalled_a_minute_later(ticket, pinned_clock):
    pinned_clock("2026-11-24T19:00:00+08:00")
    start = datetime.fromisoformat("2026-11-25T09:00:00+08:00")
    change(ticket.number, visit_start=start, visit_end=start + timedelta(hours=2), status="scheduled")
    tick()
    assert not any("留人在家" in line for line in heard())


def test_maintenance_is_recalled_twice_and_planned_anew(shop):
    with db.transaction() as session:
        customer = session.query(Customer).one()
        session.add(Product(model="JX-1", product_type="净水器", category="home_appliance"))
        session.flush()
        device = Device(serial_number="JX1", serial_key="JX1", model="JX-1", customer_id=customer.id)
        session.add(device)
        session.add(
            Identity(
                customer_id=customer.id, channel="web", external_id="v1", proof="phone_and_serial", proved_at=time.now()
            )
        )
        session.flush()
        session.add(MaintenancePlan(device_id=device.id, every_months=6, next_on=date(2026, 11, 30)))
    said_on = []
    for day in range(23, 31):
        before = len(heard())
        to(f"2026-11-{day}T12:00:00+08:00")
        said_on += [day] * (len(heard()) - before)
    assert said_on == [26, 29]  # four days and one day ahead
    to("2026-12-01T12:00:00+08:00")
    with db.reading() as session:
        assert session.query(MaintenancePlan).one().next_on == date(2027, 5, 30)


def promise(at: str) -> Callback:
    with db.transaction() as session:
        return handoff.promise_callback(
            session, session.get_one(Conversation, "cv-1"), datetime.fromisoformat(at), "15000009174", "after_hours"
        )


def test_a_promised_call_is_recalled_and_apologised_for_when_missed(shop):
    callback = promise("2026-11-23T14:00:00+08:00")
    to("2026-11-23T13:51:00+08:00")
    assert len(told("callback_soon")) == 1
    to("2026-11-23T14:16:00+08:00")
    assert "没有打到" in heard()[-1] and "9174" in heard()[-1] and len(told("callback_missed")) == 1
    with db.reading() as session:
        old, new = session.query(Callback).order_by(Callback.id)
    assert (old.id, old.state, new.state) == (callback.id, "missed", "promised")
    assert new.due_at > old.due_at and old.apologised_at is not None
    to("2026-11-23T16:00:00+08:00")
    assert "又没能" in heard()[-1]
    with db.reading() as session:
        assert {row.state for row in session.query(Callback)} == {"missed"}


def test_a_call_that_was_made_is_settled(shop):
    callback = promise("2026-11-23T14:00:00+08:00")
    to("2026-11-23T13:55:00+08:00")
    with db.transaction() as session:
        assert followups.callback_kept(session, callback.id, "staff:1")
        assert not followups.callback_kept(session, callback.id, "staff:1")
    to("2026-11-23T15:00:00+08:00")
    assert heard() == [] and told("callback_missed") == []


def test_a_call_that_was_moved_is_due_at_its_new_time(shop):
    promise("2026-11-23T14:00:00+08:00")
    to("2026-11-23T13:55:00+08:00")
    promise("2026-11-23T17:00:00+08:00")
    to("2026-11-23T16:00:00+08:00")
    assert heard() == []


@pytest.mark.parametrize(
    "at, quiet", [("20:59", False), ("21:00", True), ("02:00", True), ("08:59", True), ("09:00", False)]
)
def test_the_quiet_hours(configure, at, quiet):
    configure()
    moment = datetime.fromisoformat(f"2026-11-23T{at}:00+08:00")
    assert hours.quiet(moment) is quiet
    assert not hours.quiet(hours.allowed_from(moment))
