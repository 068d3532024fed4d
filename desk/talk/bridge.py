"""Nudges between processes: LISTEN and NOTIFY on PostgreSQL. On SQLite there is one process and nothing to carry."""

import logging
import queue
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from desk.records import db
from desk.talk import nudge

CHANNEL = "aftercare_nudge"
WRITERS = ("customer", "agent")
_PATIENCE = 1.0  # seconds between looks at whether to stop, and before a lost connection is made again

log = logging.getLogger(__name__)


class _Bridge:
    """One connection that listens and one that tells, each in a thread of its own."""

    def __init__(self, address: str) -> None:
        self._address, self._me = address, uuid.uuid4().hex[:12]
        self._words: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._for_ever, args=(work,), name=f"nudge-{name}", daemon=True)
            for name, work in (("listen", self._listen), ("tell", self._tell))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._words.put(None)
        for thread in self._threads:
            thread.join(3 * _PATIENCE)

    def carry(self, word: str) -> None:
        self._words.put(word)

    def _for_ever(self, work) -> None:  # type: ignore[no-untyped-def]
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True, connect_timeout=5) as connection:
                    work(connection)
            except psycopg.Error as error:
                # What was told meanwhile is lost: who shows a conversation looks again by itself after some seconds.
                log.warning("nudge_connection_lost", extra={"kind": type(error).__name__})
                self._stop.wait(_PATIENCE)

    def _listen(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=_PATIENCE):
                sender, _, word = notice.payload.partition(" ")
                if sender != self._me:
                    _hear(word)

    def _tell(self, connection: psycopg.Connection) -> None:
        while not self._stop.is_set():
            words = [f"{self._me} {word}" for word in dict.fromkeys(self._waiting())]
            if words:
                connection.execute(f"SELECT pg_notify('{CHANNEL}', word) FROM unnest(%s::text[]) AS word", (words,))

    def _waiting(self) -> Iterator[str]:
        """The words that wait to be told, all at once; blocks until there is one."""
        word = self._words.get()
        while word is not None:
            yield word
            try:
                word = self._words.get_nowait()
            except queue.Empty:
                return


def _hear(word: str) -> None:
    first, _, rest = word.partition(" ")
    if rest and first in WRITERS:
        nudge.hear_typing(rest, first)
    else:
        nudge.hear(word)


@contextmanager
def open() -> Iterator[None]:
    """Carry nudges to and from the other processes on this database, as long as the block runs."""
    engine = db.engine()
    if engine.dialect.name != "postgresql":
        yield
        return
    bridge = _Bridge(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    bridge.start()
    nudge.carried_by(bridge.carry)
    try:
        yield
    finally:
        nudge.carried_by(None)
        bridge.stop()
