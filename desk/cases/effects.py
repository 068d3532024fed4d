"""Effects of a turn, written once: a turn that is played again gets the stored result."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from desk import time
from desk.records.models import TurnEffect


def once(
    session: Session, turn_id: str, use_case: str, make: Callable[[], dict[str, Any]], ordinal: int = 0
) -> dict[str, Any]:
    """The result of `make`, from the first time that this turn asked for it."""
    stored = session.get(TurnEffect, (turn_id, use_case, ordinal))
    if stored is not None:
        return stored.result
    result = make()
    session.add(TurnEffect(turn_id=turn_id, use_case=use_case, ordinal=ordinal, result=result, created_at=time.now()))
    session.flush()
    return result
