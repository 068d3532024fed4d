"""Reading a tracker: the customer's message as the service desk's turn."""

from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from desk import time
from desk.cases.dialogue import Entity, Heard, Turn

MISSED = "nlu_fallback"


def turn_of(tracker: Tracker) -> Turn:
    """The turn that this tracker's latest message is. Raises KeyError when the message carries no turn id."""
    message = tracker.latest_message or {}
    metadata = message.get("metadata") or {}
    now = metadata.get("now")
    return Turn(
        id=metadata["turn_id"],
        conversation_id=tracker.sender_id,
        text=message.get("text") or "",
        heard=heard_of(message),
        now=datetime.fromisoformat(now) if now else time.now(),
        channel=metadata.get("channel") or "web",
    )


def heard_of(message: dict[str, Any]) -> Heard:
    """What the understanding made of a message. A fallback keeps the best real guess in the ranking."""
    intent = message.get("intent") or {}
    ranking = tuple(
        (item["name"], float(item.get("confidence") or 0.0))
        for item in message.get("intent_ranking") or []
        if item.get("name")
    )
    return Heard(
        intent=intent.get("name") or MISSED,
        confidence=float(intent.get("confidence") or 0.0),
        secondary=message.get("secondary_intent") or None,
        ranking=ranking,
        entities=tuple(_entity(item) for item in message.get("entities") or []),
    )


def _entity(item: dict[str, Any]) -> Entity:
    return Entity(item["entity"], str(item.get("value") or ""), item.get("start", -1), item.get("end", -1))
