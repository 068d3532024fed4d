"""Bring a database to a version of the schema, and tell which version it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from desk.records.care import INDEX
from desk.records.db import make_engine
from desk.records.models import Base

_LOCK = 7_305_001  # any number: two processes that start together must not migrate together


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`; nothing happens when it is there already."""
    with _connected(url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at `url` back to `revision`; the default removes every table with its data."""
    with _connected(url) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """The revision of the database at `url`; None when it was never migrated."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision that this version of the product knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def revise(url: str, message: str, revision: str) -> None:
    """Write a new migration from what the models have and the database at `url` has not. For developers."""
    with _connected(url) as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def differences(url: str) -> list[object]:
    """What Alembic would still change to make the database at `url` match the models; empty is right."""
    with _connected(url) as connection:
        return list(
            compare_metadata(
                MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours}),
                Base.metadata,
            )
        )


def _ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether a table is one of the models; the search index is made by statements of its own."""
    return not (kind == "table" and name is not None and name.startswith(INDEX))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
                connection.execute(text("SET LOCAL lock_timeout = '4s'"))
            yield connection
    finally:
        engine.dispose()
