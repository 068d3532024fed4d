"""One row a conversation: what the policies need now and the last turn, so that a turn costs the same at any length.

SQLite (a file of its own) unless AFTERCARE_TRACKER_URL names a PostgreSQL database. Every save checks that nobody
else has saved the conversation since it was read.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, TrackerActiveLoop
from sqlalchemy.engine import Connection, Engine

_THREADS = {"sqlite": 1, "postgresql": 8}
# Trackers that stay in memory as they were saved. Behind PostgreSQL another process may have the next turn.
_KEPT = {"sqlite": 300}
_Result = TypeVar("_Result")

_rows = sa.Table(
    "conversation_snapshots",
    sa.MetaData(),
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("snapshot", sa.Text, nullable=False),
)
_READ = sa.text("SELECT version, snapshot FROM conversation_snapshots WHERE sender_id = :sender")
_WRITE = sa.text(
    "INSERT INTO conversation_snapshots (sender_id, version, snapshot) VALUES (:sender, :next, :snapshot) "
    "ON CONFLICT (sender_id) DO UPDATE SET version = excluded.version, snapshot = excluded.snapshot "
    "WHERE conversation_snapshots.version = :seen"
)
_FORGET = sa.text("DELETE FROM conversation_snapshots WHERE sender_id = :sender")
_FORGET_ALL = sa.text("DELETE FROM conversation_snapshots")


class ConversationMoved(Exception):
    """Somebody else has saved this conversation since it was read."""


def database_url() -> str:
    """AFTERCARE_TRACKER_URL, else `tracker.db` in AFTERCARE_DATA_DIR."""
    url = os.environ.get("AFTERCARE_TRACKER_URL")
    if url:
        return url.replace("postgresql+psycopg://", "postgresql+psycopg2://")
    folder = Path(os.environ.get("AFTERCARE_DATA_DIR", "var")).absolute()
    return f"sqlite:///{folder / 'tracker.db'}"


class SnapshotTrackerStore(TrackerStore):
    """Keeps slots, the active form and the events of the last turn; older events are gone."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._engine = _engine(host or database_url())
        self._kept: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._most_kept = _KEPT.get(self._engine.dialect.name, 0)
        self._threads = ThreadPoolExecutor(_THREADS.get(self._engine.dialect.name, 1), "tracker-store")
        _create_table(self._engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's tracker as it was saved; whoever got it may change it, and it counts when saved again."""
        kept = self._kept.pop(sender_id, None)
        if kept is not None:
            return kept
        row = await self._in_thread(lambda c: c.execute(_READ, {"sender": sender_id}).first())
        if row is None:
            return None
        tracker = self.init_tracker(sender_id)
        restore(tracker, json.loads(row.snapshot))
        tracker.snapshot_version = row.version
        return tracker

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """A new tracker; it is stored with its first turn and not before."""
        tracker = self.init_tracker(sender_id)
        if append_action_listen:
            tracker.update(ActionExecuted("action_listen"))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the tracker's snapshot. Raises ConversationMoved if another process was faster."""
        seen = getattr(tracker, "snapshot_version", 0)
        text = json.dumps(snapshot(tracker), ensure_ascii=False, separators=(",", ":"))
        values = {"sender": tracker.sender_id, "seen": seen, "next": seen + 1, "snapshot": text}
        if not await self._in_thread(lambda c: c.execute(_WRITE, values).rowcount):
            raise ConversationMoved(tracker.sender_id)
        tracker.snapshot_version = seen + 1
        self._keep(tracker)

    async def keys(self) -> list[str]:
        rows = await self._in_thread(lambda c: c.execute(sa.select(_rows.c.sender_id)).all())
        return [row.sender_id for row in rows]

    async def forget(self, sender_id: str) -> None:
        """Delete what is known of one conversation."""
        self._kept.pop(sender_id, None)
        await self._in_thread(lambda c: c.execute(_FORGET, {"sender": sender_id}))

    async def forget_all(self) -> None:
        """Delete every conversation."""
        self._kept.clear()
        await self._in_thread(lambda c: c.execute(_FORGET_ALL))

    def close(self) -> None:
        """Close the database."""
        self._threads.shutdown()
        self._engine.dispose()

    def _keep(self, tracker: DialogueStateTracker) -> None:
        recent = last_turn(tracker)
        tracker.events.clear()
        tracker.events.extend(recent)
        self._kept[tracker.sender_id] = tracker
        while len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)

    async def _in_thread(self, work: Callable[[Connection], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def _run(self, work: Callable[[Connection], _Result]) -> _Result:
        with self._engine.begin() as connection:
            return work(connection)


def snapshot(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What must be known to go on with the conversation, as JSON."""
    return {
        "slots": {slot.name: slot.value for slot in tracker.slots.values() if slot.value != slot.initial_value},
        "loop": asdict(tracker.active_loop) | {"trigger_message": None} if tracker.active_loop else None,
        "paused": tracker.is_paused(),
        "events": [event.as_dict() for event in last_turn(tracker)],
    }


def restore(tracker: DialogueStateTracker, saved: dict[str, Any]) -> None:
    """Bring a new tracker into the saved state."""
    for parameters in saved["events"]:
        event = Event.from_parameters(parameters)
        tracker.events.append(event)
        if isinstance(event, UserUttered | BotUttered | ActionExecuted):
            event.apply_to(tracker)
    for name, value in saved["slots"].items():
        if name in tracker.slots:
            tracker.slots[name].value = value
    tracker.active_loop = TrackerActiveLoop(**saved["loop"]) if saved["loop"] else None
    tracker._paused = saved["paused"]
    tracker.clear_followup_action()


def last_turn(tracker: DialogueStateTracker) -> list[Event]:
    """The events from the `action_listen` before the customer's last message on."""
    events = list(tracker.events)
    asked = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    return events[max(asked[-1] - 1, 0) :] if asked else events


def _engine(url: str) -> Engine:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        # One connection for the one thread: closing the last one of a file would write its log back after every turn.
        settings = {"timeout": 2, "check_same_thread": False}
        engine = sa.create_engine(url, connect_args=settings, poolclass=sa.pool.QueuePool, pool_size=_THREADS["sqlite"])
        sa.event.listen(engine, "connect", _tune_sqlite)
        return engine
    return sa.create_engine(url, pool_pre_ping=True, pool_size=_THREADS["postgresql"])


def _create_table(engine: Engine) -> None:
    try:
        _rows.metadata.create_all(engine)
    except sa.exc.DBAPIError:
        _rows.metadata.create_all(engine)  # another process made it in the same moment


def _tune_sqlite(connection: Any, _: Any) -> None:
    # NORMAL loses at most the last turns when the power fails; desk then asks them again, with the same turn id.
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
