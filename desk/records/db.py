"""Engine and sessions. One transaction a use case: `with transaction() as session`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from desk.settings import settings

_url: str | None = None

_writer = threading.RLock()


def make_engine(url: str) -> Engine:
    """An engine for `url`; SQLite gets WAL, foreign keys and immediate transactions."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    # As many as threads may read at once: opening one and its pragmas cost more than most queries.
    engine = create_engine(
        url, connect_args={"timeout": 10, "check_same_thread": False}, pool_size=20, max_overflow=40
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection, record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection) -> None:  # type: ignore[no-untyped-def]
        # IMMEDIATE: a reader that later writes must not fail with SQLITE_BUSY_SNAPSHOT.
        reads_only = connection.get_execution_options().get("readonly")
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


@cache
def engine() -> Engine:
    """The engine of this process: what `use` named, else the one of the settings."""
    if _url:
        return make_engine(_url)
    made = settings()
    if made.embedded:
        made.data_dir.mkdir(parents=True, exist_ok=True)
    return make_engine(made.database)


def use(url: str | None) -> None:
    """Make `url` the database of this process (None: the one of the settings again); open connections are closed."""
    global _url
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
    _sessions.cache_clear()
    _readers.cache_clear()
    _url = url


@cache
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(engine(), expire_on_commit=False)


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is committed at the end, or rolled back by any error."""
    # SQLite has one writer: the threads of a process wait here in turn, where nobody starves or times out.
    with _writer if engine().dialect.name == "sqlite" else nullcontext(), _sessions()() as session, session.begin():
        yield session


@contextmanager
def rows() -> Iterator[Connection]:
    """A connection for reading rows, which costs half of what `reading` does: no objects, nothing to write."""
    with _readers().connect() as connection:
        yield connection


@cache
def _readers() -> Engine:
    return engine().execution_options(readonly=True)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading: nothing is committed, no write lock is taken; what was loaded stays readable after."""
    with _sessions()() as session:
        session.connection(execution_options={"readonly": True})
        yield session
