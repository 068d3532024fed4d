"""One process at a time works on a conversation."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from desk.records import db

PATIENCE = "20s"


@contextmanager
def conversation(conversation_id: str, wait: bool = True) -> Iterator[bool]:
    """Hold the conversation against other desk processes; False when another one has it (at once unless `wait`).

    On SQLite there is one process, whose engine runs a conversation once at a time anyway. On PostgreSQL it is an
    advisory lock of a connection outside any transaction: it ends with its holder, also by kill -9.
    """
    engine = db.engine()
    if engine.dialect.name != "postgresql":
        yield True
        return
    key = int.from_bytes(hashlib.sha256(conversation_id.encode()).digest()[:8], "big", signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not _acquire(connection, key, wait):
            yield False
            return
        try:
            yield True
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})


def _acquire(connection, key: int, wait: bool) -> bool:  # type: ignore[no-untyped-def]
    if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
        return True
    if not wait:
        return False
    try:
        connection.execute(text(f"SET lock_timeout = '{PATIENCE}'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
        return True
    except OperationalError:
        return False
    finally:
        connection.execute(text("RESET lock_timeout"))
