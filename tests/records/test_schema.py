"""Migrations: up, down, and nothing between them and the models."""

from typing import Any

import pytest
from sqlalchemy import inspect

from desk.records import schema
from desk.records.db import make_engine
from desk.records.models import Base
from tests import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with postgres.server() as server, postgres.own_database(server) as url:
        yield url


def shape(url: str) -> dict[str, Any]:
    """All that a database says of its tables, in an order of its own."""
    engine = make_engine(url)
    inspector = inspect(engine)

    def of(table: str) -> dict[str, Any]:
        return {
            "columns": sorted(
                (c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in inspector.get_columns(table)
            ),
            "key": inspector.get_pk_constraint(table),
            "foreign": sorted(map(str, inspector.get_foreign_keys(table))),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "checks": sorted((str(c["name"]), str(c["sqltext"])) for c in inspector.get_check_constraints(table)),
            "indexes": sorted(
                str({k: v for k, v in i.items() if k != "dialect_options"}) for i in inspector.get_indexes(table)
            ),
        }

    found = {table: of(table) for table in inspector.get_table_names() if table != "alembic_version"}
    engine.dispose()
    return found


def test_up_and_down(empty: str) -> None:
    assert schema.current(empty) is None
    schema.upgrade(empty)
    assert schema.current(empty) == schema.head()
    schema.downgrade(empty)
    assert schema.current(empty) is None
    assert shape(empty) == {}
    schema.upgrade(empty)
    assert schema.current(empty) == schema.head()


def test_upgrade_again_changes_nothing(empty: str) -> None:
    schema.upgrade(empty)
    before = shape(empty)
    schema.upgrade(empty)
    assert shape(empty) == before


def test_autogenerate_finds_nothing(empty: str) -> None:
    schema.upgrade(empty)
    assert schema.differences(empty) == []


def test_migrations_and_models_make_the_same_tables(empty: str) -> None:
    """Autogenerate does not look at checks, nor at what a partial index covers; this does."""
    schema.upgrade(empty)
    migrated = shape(empty)
    schema.downgrade(empty)
    engine = make_engine(empty)
    Base.metadata.create_all(engine)
    engine.dispose()
    assert shape(empty) == migrated
