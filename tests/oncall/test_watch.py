"""Dangers that no alarm was raised for: found by the clock, once, and not again when called off."""

import pytest

from desk import time
from desk.cases import oncall, tickets
from desk.cases.oncall import backlog, watch
from desk.records import db
from desk.records.models import Alarm, Conversation, Message


def look() -> list[Alarm]:
    with db.transaction() as session:
        watch.everything(session)
    with db.reading() as session:
        return list(session.query(Alarm).order_by(Alarm.id))


def waits(reason: str, text: str) -> None:
    with db.transaction() as session:
        talk = session.get_one(Conversation, "cv-1")
        talk.state, talk.queued_at, talk.handoff_reason = "queued", time.now(), reason
        talk.last_seq += 1
        session.add(
            Message(conversation_id="cv-1", seq=talk.last_seq, author="customer", text=text, created_at=time.now())
        )


def test_an_a_ticket_of_any_origin_gets_one_alarm(team):
    with db.transaction() as session:
        tickets.open_ticket(session, "staff:1", severity="A", kind="repair", symptom="整条生产线停了")
        tickets.open_ticket(session, "staff:1", severity="B", kind="repair", symptom="不制冷")
    [alarm] = look()
    assert (alarm.kind, alarm.raised_by) == ("stopped", "clock")
    assert len(look()) == 1


def test_an_old_a_ticket_of_an_import_raises_none(team, pinned_clock):
    with db.transaction() as session:
        tickets.open_ticket(session, "import", severity="A", kind="repair", symptom="停线")
    pinned_clock("2026-11-22T02:00:00+08:00")
    assert look() == []


def test_distress_is_an_alarm_with_the_customers_words(team):
    waits("distress", "不想活了")
    [alarm] = look()
    assert (alarm.kind, alarm.summary) == ("distress", "不想活了")
    assert len(look()) == 1


@pytest.mark.parametrize("text, alarms", [("现在冒烟了！", 1), ("插线板都泡了", 1), ("还在等", 0), ("气得要爆炸了", 0)])
def test_danger_told_while_waiting_for_a_person_is_heard(team, text, alarms):
    waits("customer_request", text)
    assert len(look()) == alarms


def test_a_false_alarm_stays_called_off_until_danger_is_told_again(team, pinned_clock):
    waits("customer_request", "冒烟了")
    [alarm] = look()
    oncall.call_off(alarm.id, "误报", person_id=team["王工"])
    assert len(look()) == 1
    pinned_clock("2026-11-21T23:05:00+08:00")
    waits("customer_request", "真的着火了")
    assert len(look()) == 2


def test_a_ticket_that_becomes_an_a_later_is_an_alarm_then(team, pinned_clock):
    with db.transaction() as session:
        number = tickets.open_ticket(session, "bot", severity="C", kind="repair", symptom="漏水").number
    pinned_clock("2026-11-22T06:00:00+08:00")
    assert look() == []
    with db.transaction() as session:
        ticket = tickets.by_number(session, number)
        tickets.change(session, ticket, "staff:1", "越漏越大", severity="A")
    assert len(look()) == 1


def test_how_late_the_clock_is(team, pinned_clock):
    with db.transaction() as session:
        oncall.raise_alarm(session, "gas", "煤气味", conversation_id="cv-1")
    pinned_clock("2026-11-21T23:03:00+08:00")
    with db.reading() as session:
        assert 170 <= backlog.seconds(session) < 190
