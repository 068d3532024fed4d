"""Danger told while a person has the conversation, or is waited for."""

from typing import Any

import pytest

from desk import time
from desk.records import db
from desk.records.models import Alarm, Conversation, Customer, Ticket
from desk.talk import engine, routing
from tests.fakes.rasa_server import FakeRasa
from tests.talk.conftest import say, texts


def given_away(talk: engine.Engine, *states: str, staff_id: int | None = None) -> None:
    """A conversation that went through these states."""
    say(talk, "你好", "m1")
    with db.transaction() as session:
        talked = session.query(Conversation).with_for_update().one()
        for state in states:
            agent = staff_id if state == "agent" else None
            routing.move(session, talked, state, "bot", "customer_request", agent_id=agent)


def found(kind: type[Any]) -> list[Any]:
    with db.reading() as session:
        return list(session.query(kind).order_by(kind.id))


@pytest.mark.parametrize("states", [("queued",), ("queued", "agent")])
def test_safety_first_whoever_has_the_conversation(
    desk_talk: engine.Engine, assistant: FakeRasa, staff_id: int, states: tuple[str, ...]
) -> None:
    given_away(desk_talk, *states, staff_id=staff_id)
    turn = say(desk_talk, "等等 插座冒烟了", "m2")
    assert turn["handled_by"] == states[-1]
    assert "119" in "".join(texts(turn)) and turn["handoff"] == {"reason": "emergency"}
    [ticket], [alarm] = found(Ticket), found(Alarm)
    assert (ticket.severity, [ticket.number]) == ("A", turn["tickets"])
    assert (alarm.kind, alarm.state, alarm.ticket_id) == ("smoke", "ringing", ticket.id)


def test_who_waits_goes_to_the_front(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    given_away(desk_talk, "queued")
    say(desk_talk, "等等 插座冒烟了", "m2")
    [conversation] = found(Conversation)
    assert (conversation.priority, conversation.handoff_reason, conversation.state) == (0, "emergency", "queued")


def test_the_same_danger_again_is_the_agents(desk_talk: engine.Engine, assistant: FakeRasa, staff_id: int) -> None:
    given_away(desk_talk, "queued", "agent", staff_id=staff_id)
    say(desk_talk, "插座冒烟了", "m2")
    assert texts(say(desk_talk, "还在冒烟", "m3")) == []
    assert "燃气总阀" in "".join(texts(say(desk_talk, "现在还有煤气味", "m4")))
    assert texts(say(desk_talk, "煤气味还在", "m5")) == []
    assert len(found(Alarm)) == 1 and len(found(Ticket)) == 1


@pytest.mark.parametrize("words", ["气得我要爆炸了", "没有冒烟 就是不转", "一开就跳闸"])
def test_figures_and_denials_ring_nobody(
    desk_talk: engine.Engine, assistant: FakeRasa, staff_id: int, words: str
) -> None:
    given_away(desk_talk, "queued", "agent", staff_id=staff_id)
    assert texts(say(desk_talk, words, "m2")) == []
    assert found(Alarm) == [] and found(Ticket) == []


def test_what_is_known_of_the_customer_stands_in_the_ticket(
    desk_talk: engine.Engine, assistant: FakeRasa, staff_id: int
) -> None:
    given_away(desk_talk, "queued")
    with db.transaction() as session:
        customer = Customer(customer_no="C1", name="李敏", phone="15000009174", created_at=time.now())
        session.add(customer)
        session.flush()
        session.query(Conversation).one().customer_id = customer.id
    say(desk_talk, "漏电了 手麻", "m2")
    [ticket] = found(Ticket)
    assert (ticket.contact_phone, ticket.contact_name) == ("15000009174", "李敏")
