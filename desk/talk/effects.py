"""What the actions of a turn want told and done: their `dialogue` effects, put together in order."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from desk.talk import tables

EMPTY: dict[str, Any] = {
    "asks": None, "offers": [], "handoff": None, "callback": None, "decision": None, "tickets": [],
}

_DIALOGUE = (
    select(tables.turn_effects.c.result)
    .where(tables.turn_effects.c.turn_id == bindparam("turn_id"), tables.turn_effects.c.use_case == "dialogue")
    .order_by(tables.turn_effects.c.ordinal)
)


def outcome(session: Session, turn_id: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The turn's outcome (the API's turn without its replies) and the requested transition, if any."""
    return merge(list(session.scalars(_DIALOGUE, {"turn_id": turn_id})))


def merge(results: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """One outcome of several actions' results: lists are joined without doubles, of the rest the last not null.

    Returns the outcome (keys of EMPTY) and the last `transition`, or None.
    """
    merged: dict[str, Any] = {name: list(value) if isinstance(value, list) else value for name, value in EMPTY.items()}
    transition = None
    for result in results:
        for name, value in merged.items():
            found = result.get(name)
            if isinstance(value, list):
                value.extend(item for item in found or [] if item not in value)
            elif found is not None:
                merged[name] = found
        transition = result.get("transition") or transition
    return merged, transition
