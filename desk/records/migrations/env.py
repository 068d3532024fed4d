"""What Alembic runs: migrations on the connection that desk.records.schema opened."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from desk.records.base import UtcDateTime
from desk.records.models import Base


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Name our own column types in a generated migration; everything else as Alembic does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, JSON):
        return "Json"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
