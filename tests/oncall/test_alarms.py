"""An alarm: one for a danger, told on and on until somebody takes it, and never claimed to be told when it was not."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from desk import time
from desk.cases import oncall, tickets
from desk.records import db
from desk.records.models import Alarm, AlarmStep, AuditEntry, Conversation, Message, Staff, StaffNotice
from tests.oncall.conftest import due_after, pass_time, told


def raised(conversation: str | None = "cv-1", **more) -> int:
    with db.transaction() as session:
        return oncall.raise_alarm(session, "gas", "厨房煤气味很大", conversation_id=conversation, **more).id


def alarm(alarm_id: int) -> Alarm:
    with db.reading() as session:
        return session.get_one(Alarm, alarm_id)


def customer_heard(conversation: str = "cv-1") -> list[str]:
    with db.reading() as session:
        rows = session.query(Message).filter_by(conversation_id=conversation, author="system").order_by(Message.seq)
        return [row.text for row in rows]


@pytest.fixture
def reached(team, service, configure):
    """Everybody can be reached by a text message."""
    configure(AFTERCARE_NOTIFY_SMS_URL=service.url("/sms"), AFTERCARE_NOTIFY_SMS_SECRET="webhook-secret")
    return service


def test_the_chain_goes_on_each_minute_and_ends_with_the_head_and_the_duty_group(team, reached):
    raised()
    assert due_after()[:6] == [0, 60, 120, 180, 240, 300]
    for seconds in (0, 60, 60, 60, 60, 60):
        pass_time(seconds)
    assert told() == [
        (0, "王工"), (1, "李工"), (2, "赵工"), (3, "王工"), (4, "李工"), (5, "孙总"), (5, "周班长"),
    ]
    assert {body["phone"] for body in reached.of("/sms")} >= {"13800000000", "13800000008", "13800000009"}


def test_the_customer_is_told_who_was_told_only_after_a_way_has_taken_the_message(team, reached):
    reached.answers["/sms"] = lambda: (503, {})
    raised()
    pass_time(0)
    assert customer_heard() == []
    reached.answers.clear()
    pass_time(5)
    assert len(customer_heard()) == 1 and "王工" in customer_heard()[0]
    pass_time(60)
    assert "李工" in customer_heard()[1]


def test_with_no_way_set_up_nobody_claims_that_somebody_was_told(team):
    alarm_id = raised()
    for _ in range(6):
        pass_time(60)
    assert customer_heard() == []
    with db.reading() as session:
        assert not oncall.reachable(session)
        [banner] = oncall.banner(session)
    assert (banner.id, banner.unreached, banner.told) == (alarm_id, True, ())


def test_taken_once_ends_the_chain_and_everybody_who_was_told_knows(team, reached):
    alarm_id = raised()
    pass_time(0)
    pass_time(60)
    first = oncall.acknowledge(alarm_id, person_id=team["李工"], by="link")
    again = oncall.acknowledge(alarm_id, person_id=team["王工"], by="phone")
    assert (first.who, first.changed, again.who, again.changed) == ("李工", True, "李工", False)
    for _ in range(6):
        pass_time(60)
    assert told() == [(0, "王工"), (1, "李工")]
    assert "李工已经接手" in customer_heard()[-1]
    assert [body["phone"] for body in reached.of("/sms")][-1] == "13800000000"
    assert "已接单" in reached.of("/sms")[-1]["text"]


def test_a_colleague_takes_it_in_the_console(team):
    alarm_id = raised()
    with db.transaction() as session:
        colleague = Staff(login="lin", name="林晓", password_hash="-")
        session.add(colleague)
        session.flush()
        staff_id = colleague.id
    oncall.acknowledge(alarm_id, staff_id=staff_id, by="console")
    assert (alarm(alarm_id).state, alarm(alarm_id).taken_by) == ("acknowledged", "林晓")
    assert "林晓" in customer_heard()[-1]


def test_one_danger_is_one_alarm_whoever_raises_it(team):
    first = raised()
    with db.transaction() as session:
        ticket = tickets.open_ticket(session, "bot", conversation_id="cv-1", severity="A", kind="repair")
        assert oncall.raise_alarm(session, "gas", "x", ticket=ticket).id == first
    assert raised(None, ticket=ticket) == first
    assert alarm(first).ticket_id == ticket.id
    with db.reading() as session:
        assert session.query(AlarmStep).count() == len(due_after())


def test_called_off_is_told_and_a_new_danger_is_a_new_alarm(team, reached):
    first = raised()
    pass_time(0)
    done = oncall.call_off(first, "客户在开玩笑", person_id=team["王工"])
    assert (done.state, done.changed) == ("called_off", True)
    assert not oncall.call_off(first, "again", person_id=team["王工"]).changed
    pass_time(60)
    assert told() == [(0, "王工")]
    second = raised()
    assert second != first
    pass_time(0)
    assert told() == [(0, "王工"), (0, "王工")]


def test_the_same_customer_days_later_is_a_new_danger(team, pinned_clock):
    first = raised()
    pinned_clock("2026-11-22T12:00:00+08:00")
    assert raised() != first


def test_raised_at_once_by_several_threads_it_is_one(team):
    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(lambda _: raised(), range(12)))
    assert len(found) == 1


def test_every_step_is_in_the_audit_log_and_in_the_tickets_history(team, reached):
    with db.transaction() as session:
        ticket = tickets.open_ticket(session, "bot", conversation_id="cv-1", severity="A", kind="repair")
    alarm_id = raised(ticket=ticket)
    pass_time(0)
    pass_time(60)
    oncall.acknowledge(alarm_id, person_id=team["王工"])
    with db.reading() as session:
        done = [row.action for row in session.query(AuditEntry).filter_by(subject="alarm").order_by(AuditEntry.id)]
        events = [event.kind for event in session.merge(ticket).events]
    assert done == ["alarm_raised", "alarm_step", "alarm_step", "alarm_acknowledged"]
    assert events[-3:] == ["alarm_step", "alarm_step", "alarm_acknowledged"]


def test_a_hole_in_the_rota_goes_to_the_leaders_at_once(team, reached, pinned_clock):
    pinned_clock("2026-11-22T12:00:00+08:00")
    raised()
    pass_time(0)
    assert told() == [(0, "孙总"), (0, "周班长")]
    assert "负责人" in customer_heard()[0]


def test_a_message_that_cannot_be_sent_is_tried_again_and_then_shown(team, reached):
    reached.answers["/sms"] = lambda: (400, {})
    raised()
    pass_time(0)
    with db.reading() as session:
        [failed] = oncall.failed_notices(session)
    assert (failed.error, failed.attempts) == ("HTTP 400", 1)
    reached.answers["/sms"] = lambda: (502, {})
    for _ in range(20):
        pass_time(40)
    with db.reading() as session:
        tries = session.query(StaffNotice).filter_by(step=1).one()
    assert (tries.state, tries.error) == ("failed", "HTTP 502")
    assert tries.attempts > 5


def test_a_closed_conversation_is_left_alone(team, reached):
    raised()
    with db.transaction() as session:
        session.get_one(Conversation, "cv-1").state = "closed"
    pass_time(0)
    assert told() == [(0, "王工")] and customer_heard() == []


def test_an_alarm_needs_a_subject(team):
    with db.transaction() as session, pytest.raises(ValueError):
        oncall.raise_alarm(session, "gas", "x")
    with pytest.raises(oncall.NotFound):
        oncall.acknowledge(12345, person_id=team["王工"])


def test_time_runs_from_the_first_danger_word(team):
    raised()
    time.pin(time.now())
    pass_time(30)
    assert told() == []  # nothing is set up that counts as told
    with db.reading() as session:
        assert session.query(StaffNotice).filter_by(step=0, state="sent", medium="console").count() == 1


def test_who_is_in_distress_is_not_sent_to_the_fire_brigade(team, reached):
    with db.transaction() as session:
        alarm_id = oncall.raise_alarm(session, "distress", "不想活了", conversation_id="cv-1").id
    pass_time(0)
    oncall.acknowledge(alarm_id, person_id=team["王工"])
    first, last = customer_heard()
    assert "12356" in first and "119" not in first and "王工" in first and "王工" in last
