"""Puts our parts where Rasa offers no setting for them. Safe to call twice."""

from __future__ import annotations

import rasa.core.agent
import rasa.core.processor
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

from bot.graph import StraightRunner
from bot.processor import TurnProcessor

_event_types: dict[str, type[Event]] = {}


def install() -> None:
    """Use our message processor and graph runner; look event classes up instead of searching all subclasses."""
    rasa.core.agent.MessageProcessor = TurnProcessor  # type: ignore[misc]
    rasa.core.processor.DaskGraphRunner = StraightRunner  # type: ignore[misc]
    Event.resolve_by_type = staticmethod(_resolve_event_type)  # type: ignore[method-assign]


def _resolve_event_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    if type_name not in _event_types:
        _event_types.update({cls.type_name: cls for cls in reversed(all_subclasses(Event))})
    found = _event_types.get(type_name, default)
    if found is None:
        raise ValueError(f"Unknown event name '{type_name}'.")
    return found
