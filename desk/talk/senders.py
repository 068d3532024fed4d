"""How each channel sends: a channel registers a function at start; a channel without one is fetched from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Letter:
    """One message on its way: to whom (`channel`, `account`, `sender`), what, and which attempt this is (from 1)."""

    outbound_id: int
    message_id: int
    conversation_id: str
    channel: str
    account: str
    sender: str
    author: str
    text: str
    buttons: list[dict[str, str]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    created_at: datetime | None = None
    last_inbound_at: datetime | None = None
    attempt: int = 1


class TryLater(Exception):
    """The channel could not take it now; `after` seconds may say when it will."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class NeverDeliverable(Exception):
    """The channel will not take it, now or later; agents are shown why."""


class Held(Exception):
    """The channel may not send before the customer writes again; the message waits for that."""


Sender = Callable[[Letter], None]

_senders: dict[str, Sender] = {}


def register(channel: str, sender: Sender) -> None:
    """Let `sender` deliver what is said on `channel`. It returns when the channel has taken the message,
    or raises TryLater, NeverDeliverable or Held; any other error counts as TryLater."""
    _senders[channel] = sender


def unregister(channel: str) -> None:
    """Stop sending on `channel`."""
    _senders.pop(channel, None)


def registered() -> bool:
    """Whether any channel sends at all."""
    return bool(_senders)


def sender_of(channel: str) -> Sender | None:
    """The registered sender; None where answers are fetched."""
    return _senders.get(channel)
