"""A rota of three, and ways to reach them that lead to servers on loopback."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from desk import time
from desk.cases.oncall import people, steps, telling
from desk.notify import media, post
from desk.notify import settings as notify_settings
from desk.notify.letter import NotTaken
from desk.records import db
from desk.records.models import AlarmStep, Conversation, OncallPerson, StaffNotice
from desk.settings import settings
from tests.fakes.receivers import Receiver, receiver

NIGHT = "2026-11-21T23:00:00+08:00"


@pytest.fixture
def service() -> Iterator[Receiver]:
    """The servers, without settings that point at them."""
    with receiver() as running:
        yield running


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set AFTERCARE_* and have them read."""

    def to(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        notify_settings.settings.cache_clear()
        settings.cache_clear()

    yield to
    monkeypatch.undo()
    notify_settings.settings.cache_clear()
    settings.cache_clear()


@pytest.fixture
def team(database: str, pinned_clock: Callable[[str], datetime]) -> dict[str, int]:
    """王工 on duty, then 李工 and 赵工, each night; 孙总 is the head, 周班长 in the duty group. It is 23:00."""
    pinned_clock(NIGHT)
    with db.transaction() as session:
        ids = {}
        for number, name in enumerate(("王工", "李工", "赵工")):
            ids[name] = people.add_person(session, "test", name, phone=f"1380000000{number}").id
        ids["孙总"] = people.add_person(session, "test", "孙总", phone="13800000008", role="manager").id
        ids["周班长"] = people.add_person(session, "test", "周班长", phone="13800000009", duty_group=True).id
        people.set_shift(session, "test", "夜班", "every", "18:00", "09:00", [ids["王工"], ids["李工"], ids["赵工"]])
        session.add(Conversation(id="cv-1", channel="rest", sender="c1", created_at=time.now()))
    return ids


def pass_time(seconds: float) -> None:
    """Move the clock on, and do what the clock's process would do, without it."""
    time.pin(time.now() + timedelta(seconds=seconds))
    with db.reading() as session:
        found = steps.due(session)
    for step_id, _ in found:
        with db.transaction() as session:
            steps.run(session, step_id)
    with db.reading() as session:
        waiting = session.query(StaffNotice).filter(
            StaffNotice.state == "pending", StaffNotice.next_try_at <= time.now()
        )
        notices = [(row.id, row.attempts) for row in waiting]
    for notice_id, attempts in notices:
        deliver(notice_id, attempts)


def deliver(notice_id: int, attempts: int) -> None:
    """One try of one notice."""
    with db.transaction() as session:
        assert post.claim(session, notice_id, attempts)
        letter = post.letter_of(session, notice_id)
        assert letter is not None
    try:
        media.send(letter)
    except NotTaken as error:
        with db.transaction() as session:
            post.not_taken(session, notice_id, str(error), error.for_good)
        return
    with db.transaction() as session:
        found = post.sent(session, notice_id)
        assert found is not None
        telling.accepted(session, found)


def told() -> list[tuple[int, str]]:
    """(step, name) of the alarm's messages that were sent, in order."""
    with db.reading() as session:
        rows = (
            session.query(StaffNotice.step, OncallPerson.name)
            .join(OncallPerson, OncallPerson.id == StaffNotice.person_id)
            .filter(StaffNotice.state == "sent", StaffNotice.purpose == "alarm", StaffNotice.medium != "console")
            .order_by(StaffNotice.id)
        )
        return [(row[0], row[1]) for row in rows]


def due_after() -> list[float]:
    """Seconds from the alarm to each step."""
    with db.reading() as session:
        rows = list(session.query(AlarmStep).order_by(AlarmStep.number))
        return [(row.due_at - rows[0].due_at).total_seconds() for row in rows]
