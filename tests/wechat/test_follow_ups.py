"""What comes due after a ticket, on WeChat: a template where one is set up, else a message in the conversation."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from datetime import time as clock_time

import pytest

from desk import time
from desk.cases import tickets
from desk.records import db
from desk.records.models import Conversation, FollowUp, WechatNotice
from tests.followups.conftest import change
from tests.wechat.conftest import Desk, Start, lines

TEMPLATES = {
    "ticket_opened": {"kind": "template", "id": "tpl-status", "character_string1": "number"},
    "ticket_resolved": {"kind": "template", "id": "tpl-status", "character_string1": "number", "thing2": "what"},
}


def opened(desk: Desk) -> str:
    """A follower's ticket, at ten in the morning of tomorrow."""
    desk.world.say("oA", "你好")
    desk.settle()
    time.pin(datetime.combine(time.today() + timedelta(days=1), clock_time(10), tzinfo=time.SHOWN_IN))
    with db.transaction() as session:
        talk = session.query(Conversation).one()
        made = tickets.open_ticket(
            session, "bot", conversation_id=talk.id, kind="repair", severity="C", symptom="不制冷", product_type="空调"
        )
    work()
    return made.number


def resolved(desk: Desk) -> str:
    """A follower's ticket that was just resolved."""
    number = opened(desk)
    change(number, status="resolved", resolved_at=time.now(), resolution="换了电容")
    work()
    return number


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


def test_what_is_told_from_the_first_to_the_last(start: Start) -> None:
    """Ticket opened, visit booked, a promise broken, resolved, and how it was."""
    names = ("ticket_opened", "visit_booked", "deadline", "ticket_resolved", "survey")
    ids = {name: f"tpl-{name}" for name in names}
    templates = {name: {"kind": "template", "id": ids[name], "character_string1": "number"} for name in names}
    for name in ("visit_booked", "deadline"):
        templates[name] |= {"thing2": "what", "time3": "time"}
    desk = start(templates=templates)
    desk.world.templates |= set(ids.values())
    number = opened(desk)
    start_of_visit = time.now() + timedelta(hours=3)
    change(number, visit_start=start_of_visit, visit_end=start_of_visit + timedelta(hours=2), status="scheduled")
    work()
    time.pin(start_of_visit + timedelta(minutes=5))
    for _ in range(3):
        work()
    change(number, status="resolved", resolved_at=time.now(), resolution="换了电容")
    work()
    change(number, status="closed", closed_at=time.now())
    work()
    time.pin(time.now() + timedelta(hours=3))
    work()
    with db.reading() as session:
        sent = session.query(WechatNotice).order_by(WechatNotice.id)
        told = [notice.purpose.partition(":")[0] for notice in sent if notice.status in ("sent", "delivered")]
    assert list(dict.fromkeys(told)) == list(names)
    assert sum(number in line["text"] for line in desk.phone().screen if line["kind"] == "template") == len(told)
