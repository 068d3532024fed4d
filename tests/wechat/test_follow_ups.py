"""What comes due after a ticket, on WeChat: a template where one is set up, else a message in the conversation."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from datetime import time as clock_time

import pytest

from desk import time
from desk.cases import tickets
from desk.records import db
from desk.records.models import Conversation, FollowUp
from tests.followups.conftest import change
from tests.wechat.conftest import Desk, Start, lines

TEMPLATES = {
    "ticket_opened": {"kind": "template", "id": "tpl-status", "character_string1": "number"},
    "ticket_resolved": {"kind": "template", "id": "tpl-status", "character_string1": "number", "thing2": "what"},
}


def resolved(desk: Desk) -> str:
    """A follower's ticket that was just resolved."""
    desk.world.say("oA", "你好")
    desk.settle()
    time.pin(datetime.combine(time.today() + timedelta(days=1), clock_time(10), tzinfo=time.SHOWN_IN))
    with db.transaction() as session:
        talk = session.query(Conversation).one()
        made = tickets.open_ticket(
            session, "bot", conversation_id=talk.id, kind="repair", severity="C", symptom="不制冷", product_type="空调"
        )
    work()
    change(made.number, status="resolved", resolved_at=time.now(), resolution="换了电容")
    work()
    return made.number


def work() -> None:
    """What the clock does, without its engine: each workflow's steps in their order."""
    from desk.cases.followups import act, plan, reach

    with db.transaction() as session:
        plan.everything(session)
    with db.reading() as session:
        found = act.due(session)
    for follow_id, _ in found:
        with db.transaction() as session:
            words = act.begin(session, follow_id)
        if words is None:
            continue
        with db.reading() as session:
            ready = reach.notice(session, words)
        status = "unset"
        if ready is not None:
            teller, talk = ready
            status = teller(talk.account, talk.sender, words.notice, words.purpose, dict(words.blanks))
        with db.transaction() as session:
            act.finish(session, follow_id, status)


def results() -> dict[str, str]:
    with db.reading() as session:
        return {row.kind: row.result for row in session.query(FollowUp).filter(FollowUp.result != "")}


@pytest.fixture(autouse=True)
def clock_of_today() -> Iterator[None]:
    """WeChat's pushes carry the real time, so the clock is moved only after them, to a time when people are awake."""
    yield
    time.unpin()


def test_with_templates_it_goes_as_a_notice_and_not_twice(start: Start) -> None:
    desk = start(templates=TEMPLATES)
    number = resolved(desk)
    found = results()
    assert (found["opened"], found["resolved"]) == ("notice", "notice")
    assert not any(number in line.text for line in lines())
    shown = [line["text"] for line in desk.phone().screen if number in line["text"]]
    assert len(shown) == 2 and "不制冷" in shown[1]


def test_without_templates_it_is_said_in_the_conversation(start: Start) -> None:
    desk = start()
    number = resolved(desk)
    assert results()["resolved"] == "said" and results()["opened"] == "not_needed"
    desk.settle()
    assert any(number in text and "换了电容" in text for text in desk.phone().texts())
