"""Effects of a turn, written once: a turn that is played again gets the stored result."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Base

_EFFECTS = Base.metadata.tables["turn_effects"]
_STORED = select(_EFFECTS.c.result).where(
    _EFFECTS.c.turn_id == bindparam("turn_id"),
    _EFFECTS.c.use_case == bindparam("use_case"),
    _EFFECTS.c.ordinal == bindparam("ordinal"),
)
_STORE = insert(_EFFECTS)


def once(
    session: Session, turn_id: str, use_case: str, make: Callable[[], dict[str, Any]], ordinal: int = 0
) -> dict[str, Any]:
    """The result of `make`, from the first time that this turn asked for it."""
    key = {"turn_id": turn_id, "use_case": use_case, "ordinal": ordinal}
    stored: dict[str, Any] | None = session.scalar(_STORED, key)
    if stored is not None:
        return stored
    result = make()
    session.execute(_STORE, {**key, "result": result, "created_at": time.now()})
    return result
