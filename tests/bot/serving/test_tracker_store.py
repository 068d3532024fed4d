"""One row a conversation, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import patches
from bot.tracker_store import ConversationMoved, SnapshotTrackerStore, snapshot
from serving.rasa_server import PROJECT
from tests import postgres


@pytest.fixture(scope="session")
def domain() -> Domain:
    patches.install()
    return Domain.load(str(PROJECT / "domain.yml"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('tracker') / 'sub' / 'tracker.db'}"
        return
    with postgres.server() as server, postgres.own_database(server) as database:
        yield database


@pytest.fixture
def store(url: str, domain: Domain, monkeypatch: pytest.MonkeyPatch) -> Iterator[SnapshotTrackerStore]:
    monkeypatch.setenv("AFTERCARE_TRACKER_URL", url)
    store = SnapshotTrackerStore(domain)
    asyncio.run(store.forget_all())
    yield store
    store.close()


def _turn(tracker: DialogueStateTracker, number: int) -> None:
    if not tracker.events:
        tracker.update(ActionExecuted("action_listen"))
    tracker.update(UserUttered(f"第{number}句", {"name": "inform", "confidence": 1.0}, message_id=str(number)))
    tracker.update(ActionExecuted("case_form"))
    for event in (ActiveLoop("case_form"), SlotSet("requested_slot", "phone"), SlotSet("intake", {"id": number})):
        tracker.update(event)
    tracker.update(BotUttered(f"答{number}"))
    tracker.update(ActionExecuted("action_listen"))


def _saved(store: SnapshotTrackerStore, turns: int) -> DialogueStateTracker:
    async def play() -> DialogueStateTracker:
        for number in range(turns):
            tracker = await store.get_or_create_tracker("a", append_action_listen=False)
            _turn(tracker, number)
            await store.save(tracker)
        return await _stored(store)

    return asyncio.run(play())


async def _stored(store: SnapshotTrackerStore) -> DialogueStateTracker:
    """What another process would read."""
    other = SnapshotTrackerStore(store.domain)
    found = await other.retrieve("a")
    other.close()
    assert found is not None
    return found


def _size(store: SnapshotTrackerStore) -> int:
    with store._engine.connect() as connection:
        return len(connection.execute(sa.text("SELECT snapshot FROM conversation_snapshots")).scalar_one())


def test_what_comes_back_after_a_turn(store: SnapshotTrackerStore) -> None:
    tracker = _saved(store, 1)
    assert tracker.active_loop_name == "case_form"
    assert tracker.get_slot("intake") == {"id": 0}
    assert tracker.latest_action_name == "action_listen"
    assert tracker.latest_message is not None and tracker.latest_message.text == "第0句"
    assert tracker.followup_action is None
    assert [event.type_name for event in tracker.events][:2] == ["action", "user"]


def test_a_long_conversation_is_as_small_as_a_short_one(store: SnapshotTrackerStore) -> None:
    few = len(_saved(store, 3).events)
    size = _size(store)
    many = len(_saved(store, 60).events)
    assert many == few
    assert abs(_size(store) - size) < 20


def test_what_stays_in_memory_is_what_is_stored(store: SnapshotTrackerStore) -> None:
    stored = _saved(store, 3)
    kept = asyncio.run(store.retrieve("a"))
    assert kept is not None and snapshot(kept) == snapshot(stored)
    assert kept.latest_action_name == stored.latest_action_name
    assert kept.followup_action is stored.followup_action is None
    assert kept.snapshot_version == stored.snapshot_version == 3


def test_a_turn_that_was_not_saved_leaves_no_trace(store: SnapshotTrackerStore) -> None:
    async def play() -> DialogueStateTracker | None:
        half_done = await store.retrieve("a")
        assert half_done is not None
        _turn(half_done, 9)
        return await store.retrieve("a")

    before = snapshot(_saved(store, 1))
    again = asyncio.run(play())
    assert again is not None and snapshot(again) == before


def test_of_many_conversations_the_latest_stay_in_memory(store: SnapshotTrackerStore) -> None:
    async def play() -> None:
        for number in range(store._most_kept + 5):
            await store.save(await store.get_or_create_tracker(f"c-{number}"))

    asyncio.run(play())
    assert len(store._kept) == store._most_kept


def test_an_unknown_conversation_is_none(store: SnapshotTrackerStore) -> None:
    assert asyncio.run(store.retrieve("nobody")) is None


def test_a_new_tracker_is_not_stored_before_its_first_turn(store: SnapshotTrackerStore) -> None:
    asyncio.run(store.get_or_create_tracker("a"))
    assert asyncio.run(store.keys()) == []


def test_the_slower_of_two_writers_is_told(store: SnapshotTrackerStore) -> None:
    async def race() -> None:
        first = await store.get_or_create_tracker("a")
        second = await store.get_or_create_tracker("a")
        await store.save(first)
        await store.save(first)
        with pytest.raises(ConversationMoved):
            await store.save(second)

    asyncio.run(race())


def test_forgetting_one_leaves_the_other(store: SnapshotTrackerStore) -> None:
    async def play() -> list[str]:
        for sender in ("a", "b"):
            await store.save(await store.get_or_create_tracker(sender))
        await store.forget("a")
        return await store.keys()

    assert asyncio.run(play()) == ["b"]


def test_a_slot_that_a_newer_model_no_longer_has_is_left_out(store: SnapshotTrackerStore) -> None:
    _saved(store, 1)
    with store._engine.begin() as connection:
        saved: dict[str, Any] = json.loads(
            connection.execute(sa.text("SELECT snapshot FROM conversation_snapshots")).scalar_one()
        )
        saved["slots"]["gone"] = 1
        connection.execute(sa.text("UPDATE conversation_snapshots SET snapshot = :new"), {"new": json.dumps(saved)})
    tracker = asyncio.run(store.retrieve("a"))
    assert tracker is not None and "gone" not in tracker.slots and tracker.get_slot("intake") == {"id": 0}


def test_the_default_is_a_file_in_the_data_folder(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AFTERCARE_TRACKER_URL", raising=False)
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path / "new"))
    SnapshotTrackerStore(domain).close()
    assert (tmp_path / "new" / "tracker.db").exists()
