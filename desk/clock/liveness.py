"""Which clocks on one PostgreSQL are alive: each holds an advisory lock of its name for as long as it lives."""

import hashlib
import logging

import psycopg

from desk.clock import engine
from desk.records import db

log = logging.getLogger(__name__)


class Liveness:
    """Holds this clock's lock, and takes over the work of clocks whose lock is free."""

    def __init__(self, me: str) -> None:
        self._me = me
        self._connection: psycopg.Connection | None = None

    def look(self) -> None:
        """Hold the lock (again), and finish what dead clocks left."""
        connection = self._held()
        dead = [name for name in engine.unfinished_of_others(self._me) if self._is_dead(connection, name)]
        if dead:
            log.warning("clock_takes_over", extra={"from": dead})
            engine.take_over(dead)

    def close(self) -> None:
        """Let go of the lock."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _held(self) -> psycopg.Connection:
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute("SELECT 1")
                return self._connection
            except psycopg.Error:
                self._connection.close()
        address = db.engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
        self._connection.execute("SELECT pg_advisory_lock(%s)", (_number(self._me),))
        return self._connection

    def _is_dead(self, connection: psycopg.Connection, name: str) -> bool:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_number(name),)).fetchone()
        if row is None or not row[0]:
            return False
        connection.execute("SELECT pg_advisory_unlock(%s)", (_number(name),))
        return True


def _number(name: str) -> int:
    """A lock's number: 63 bits of the name's digest."""
    return int.from_bytes(hashlib.sha256(f"aftercare clock {name}".encode()).digest()[:8], "big") >> 1
