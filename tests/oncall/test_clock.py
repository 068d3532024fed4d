"""The clock as it runs: processes that are killed, several on one database, and a clock that is moved."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from desk import clock, time
from desk.cases import oncall
from desk.cases.oncall import people
from desk.records import clear, db, schema
from desk.records.models import AlarmStep, Conversation, Message, StaffNotice
from tests.fakes.receivers import Receiver, receiver

PROJECT = Path(__file__).parents[2]
NIGHT = "2026-11-21T23:00:00+08:00"
LATER = "2026-11-21T23:01:05+08:00"
LATE = "2026-11-21T23:09:00+08:00"


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@contextmanager
def clock_process(service: Receiver, data_dir: Path, now: str, url: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """One clock of its own, killed at the end."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AFTERCARE_")}
    environ = {
        **ours, "AFTERCARE_DATA_DIR": str(data_dir), "AFTERCARE_NOW": now,
        "AFTERCARE_NOTIFY_WEBHOOK_URL": service.url("/hook"), "AFTERCARE_NOTIFY_WEBHOOK_SECRET": "webhook-secret",
        **({"AFTERCARE_DATABASE_URL": url} if url else {}),
    }
    with (data_dir / f"clock-{now[14:16]}-{os.urandom(3).hex()}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "desk.clock"], cwd=PROJECT, env=environ, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def alarm_at_night() -> int:
    """An alarm of 23:00; 王工, 李工 and 赵工 are on duty."""
    with db.transaction() as session:
        ids = [people.add_person(session, "test", name).id for name in ("王工", "李工", "赵工")]
        people.add_person(session, "test", "孙总", role="manager")
        people.set_shift(session, "test", "夜班", "every", "18:00", "09:00", ids)
        session.add(Conversation(id="cv-1", channel="rest", sender="c1", created_at=time.now()))
        return oncall.raise_alarm(session, "gas", "煤气味很大", conversation_id="cv-1").id


@pytest.fixture
def embedded(tmp_path: Path, pinned_clock: Callable[[str], object]) -> Iterator[Path]:
    """A data folder with its SQLite database, at 23:00."""
    url = f"sqlite:///{tmp_path / 'aftercare.db'}"
    schema.upgrade(url)
    db.use(url)
    pinned_clock(NIGHT)
    yield tmp_path
    db.use(None)


@pytest.fixture
def on_postgres(postgres_url: str, pinned_clock: Callable[[str], object]) -> Iterator[str]:
    """A PostgreSQL database without rows, at 23:00."""
    schema.upgrade(postgres_url)
    db.use(postgres_url)
    with db.transaction() as session:
        clear.everything(session)
        # What an earlier test's killed clock had in hand is not finished here.
        session.execute(text("DROP SCHEMA IF EXISTS dbos CASCADE"))
    pinned_clock(NIGHT)
    yield postgres_url
    db.use(None)


def test_killed_between_two_steps_the_next_clock_goes_on(embedded: Path, service: Receiver) -> None:
    alarm_at_night()
    with clock_process(service, embedded, NIGHT) as first:
        service.wait_for(1)
        first.kill()
    with clock_process(service, embedded, LATER):
        service.wait_until(lambda bodies: any(body["to"] == "李工" for body in bodies))
    told = [body["to"] for body in service.of("/hook")]
    # The message that the first one was killed over may come twice; its key tells the receiver so.
    assert told.count("李工") == 1 and told.count("王工") in (1, 2) and len(set(service.keys)) == 2
    with db.reading() as session:
        states = [step.state for step in session.query(AlarmStep).order_by(AlarmStep.number).limit(3)]
    assert states == ["done", "done", "waiting"]


def test_killed_in_the_middle_of_a_sending_another_clock_takes_it_over(
    on_postgres: str, service: Receiver, tmp_path: Path
) -> None:
    alarm_at_night()
    asked = threading.Event()
    never = threading.Event()

    def hang() -> tuple[int, dict[str, object]]:
        asked.set()
        never.wait(20)
        return 503, {}

    service.answers["/hook"] = hang
    with clock_process(service, tmp_path, NIGHT, on_postgres) as first:
        assert asked.wait(30)
        first.kill()
    service.answers.clear()
    never.set()
    with clock_process(service, tmp_path, NIGHT, on_postgres):
        [body] = service.wait_for(1)
    assert body["to"] == "王工"


def test_two_clocks_on_one_database_do_each_step_once(on_postgres: str, service: Receiver, tmp_path: Path) -> None:
    alarm_at_night()
    # Nine minutes later all six steps are due at once, for both.
    with clock_process(service, tmp_path, LATE, on_postgres), clock_process(service, tmp_path, LATE, on_postgres):
        service.wait_for(7)
        told = threading.Event()
        told.wait(3)  # time for a second one to do it again
    people_told = sorted(body["to"] for body in service.of("/hook"))
    assert people_told == sorted(["王工", "李工", "赵工", "王工", "李工", "孙总", ""]), service.keys
    assert len(set(service.keys)) == len(service.keys)
    with db.reading() as session:
        assert {notice.attempts for notice in session.query(StaffNotice)} == {1}
        said = [row.text for row in session.query(Message).filter_by(author="system").order_by(Message.seq)]
    assert len(said) == 4 and len([line for line in said if "负责人" in line]) == 1


def test_inside_the_process_it_follows_a_moved_clock(
    embedded: Path, service: Receiver, configure: Callable[..., None], pinned_clock: Callable[[str], object]
) -> None:
    configure(
        AFTERCARE_NOTIFY_WEBHOOK_URL=service.url("/hook"), AFTERCARE_NOTIFY_WEBHOOK_SECRET="webhook-secret",
        AFTERCARE_DATA_DIR=str(embedded),
    )
    alarm_id = alarm_at_night()
    clock.start()
    try:
        assert [body["to"] for body in service.wait_for(1)] == ["王工"]
        pinned_clock(LATER)
        assert [body["to"] for body in service.wait_for(2)] == ["王工", "李工"]
        oncall.acknowledge(alarm_id, staff_id=None, person_id=2)
        pinned_clock(LATE)
        assert [body["event"] for body in service.wait_for(3)][2:] == ["alarm_taken"]
    finally:
        clock.stop()


def test_work_that_failed_is_done_again_and_old_notes_are_dropped(
    embedded: Path, service: Receiver, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from dbos import DBOS

    from desk.clock import engine, workflows

    configure(
        AFTERCARE_NOTIFY_WEBHOOK_URL=service.url("/hook"), AFTERCARE_NOTIFY_WEBHOOK_SECRET="webhook-secret",
        AFTERCARE_DATA_DIR=str(embedded),
    )
    alarm_at_night()
    monkeypatch.setattr(engine, "KEPT", timedelta(0))
    engine.launch()
    try:
        engine.begin("step", workflows.alarm_step, 1)
        assert DBOS.retrieve_workflow("step").get_result() is None
        engine.begin("step", workflows.alarm_step, 1)  # it ended, and is begun again: the step itself is done once
        DBOS.retrieve_workflow("step~1").get_result()
        assert not engine.unfinished("step")
        engine.forget_finished()
        assert DBOS.list_workflows() == []
    finally:
        engine.destroy()
    with db.reading() as session:
        assert session.query(StaffNotice).count() == 1
