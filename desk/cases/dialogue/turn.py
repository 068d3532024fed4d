"""What comes into a turn and what goes out of it."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entity:
    """A labelled stretch of the customer's text, as written."""

    kind: str
    value: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Heard:
    """What the understanding made of a message."""

    intent: str
    confidence: float = 1.0
    secondary: str | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    entities: tuple[Entity, ...] = ()

    def of(self, kind: str) -> list[Entity]:
        """The entities of one kind, in order."""
        return [entity for entity in self.entities if entity.kind == kind]


@dataclass(frozen=True, slots=True)
class Turn:
    """One customer message to be answered. `id` makes its effects happen once."""

    id: str
    conversation_id: str
    text: str
    heard: Heard
    now: datetime
    channel: str = "web"


@dataclass(slots=True)
class Reply:
    """One line to the customer, with buttons (title, payload) to answer by."""

    text: str
    buttons: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Step:
    """What a turn led to: the API's turn, the routing change asked for, and the slots of the next turn."""

    replies: list[Reply] = field(default_factory=list)
    asks: str | None = None
    offers: list[str] = field(default_factory=list)
    handoff: dict[str, Any] | None = None
    callback: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None
    tickets: list[str] = field(default_factory=list)
    transition: dict[str, Any] | None = None
    pending: str | None = None
    journey: str | None = None
    intake: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        replies = [{"text": reply.text, "buttons": reply.buttons} for reply in self.replies]
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"replies": replies}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Step":
        """The step of a stored effect."""
        replies = [Reply(**reply) for reply in stored["replies"]]
        return cls(**{**stored, "replies": replies})
