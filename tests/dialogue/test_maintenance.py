"""Maintenance booked by word: after a reminder, and from nothing."""

from datetime import timedelta

from desk import time
from desk.records.db import reading, transaction
from desk.records.models import Device, FollowUp, Ticket
from tests.dialogue.conftest import AIR, AIR_1, LI, Talk

BOUND = {**LI, "wechat_openid": "wx-li"}


def reminded(days_ago: int = 0) -> None:
    with transaction() as session:
        at = time.now() - timedelta(days=days_ago)
        device = session.query(Device).filter_by(serial_number="FD0112-004417").one()
        session.add(
            FollowUp(
                key=f"maintenance:{device.id}:early:2026-11-25", kind="maintenance_early", device_id=device.id,
                due_at=at, created_at=at, done_at=at, state="done", result="said", data={"day": "2026-11-25"},
            )
        )


def ticket_of(talk: Talk) -> tuple[str, str | None]:
    with reading() as session:
        ticket = session.query(Ticket).filter_by(conversation_id=talk.id).one()
        return ticket.kind, ticket.serial_number


def test_the_answer_to_a_reminder_needs_no_product(world):
    other = {**AIR_1, "serial_number": "FD0112-004418"}
    world(customers=[BOUND], products=[AIR], devices=[AIR_1, other])
    reminded()
    talk = Talk(channel="wechat", sender="wx-li")
    assert talk.say("预约上门", "book_visit").asks == "phone"
    assert talk.say("对", "affirm").asks == "visit_time"
    talk.say("后天上午", visit_time="后天上午")
    talk.say("对", "affirm")
    assert ticket_of(talk) == ("maintenance", "FD0112-004417")


def test_an_old_reminder_is_not_meant(world):
    world(customers=[BOUND], products=[AIR], devices=[AIR_1])
    reminded(days_ago=20)
    talk = Talk(channel="wechat", sender="wx-li")
    talk.say("预约上门", "book_visit")
    assert talk.steps[-1].journey == "fault"


def test_maintenance_of_the_only_one_knows_the_device(world):
    world(customers=[BOUND], products=[AIR], devices=[AIR_1])
    talk = Talk(channel="wechat", sender="wx-li")
    talk.say("约个空调保养", "book_visit", product_type="空调")
    talk.say("对", "affirm")
    talk.say("后天上午", visit_time="后天上午")
    talk.say("对", "affirm")
    assert ticket_of(talk) == ("maintenance", "FD0112-004417")
