"""Calls that FastAGI has announced and AudioSocket may bring, once and soon; and where callers go afterwards."""

import asyncio
import uuid
from dataclasses import dataclass, field

from desk import time
from desk.channels.hotline.call import Call
from desk.channels.hotline.steps import Event

KEPT_SECONDS = 3600.0


@dataclass
class Visit:
    """One call as the exchange brings it: perhaps several AudioSocket connections, one after the other.

    `alarm` and `person`: it is no caller but somebody on call who is rung. `event`: what FastAGI found out meanwhile.
    """

    id: str
    caller: str = ""
    called: str = ""
    alarm: int | None = None
    person: int | None = None
    words: str = ""
    call: Call | None = None
    event: Event | None = None
    digits: int = 0
    next: str = "oncall"
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Register:
    """Announced identities (each good once, for `seconds`) and the visits of the last hour."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._announced: dict[uuid.UUID, tuple[float, Visit]] = {}
        self._visits: dict[str, tuple[float, Visit]] = {}

    def announce(self, visit: Visit) -> str:
        """A fresh identity under which AudioSocket may bring this visit."""
        self._forget()
        identity = uuid.uuid4()
        self._announced[identity] = (time.monotonic() + self._seconds, visit)
        visit.over.clear()
        self._visits[str(identity)] = (time.monotonic() + KEPT_SECONDS, visit)
        return str(identity)

    def claim(self, identity: uuid.UUID) -> Visit | None:
        """The visit of an identity; None for one that nobody announced, that is too old, or that was used before."""
        until, visit = self._announced.pop(identity, (0.0, None))
        return visit if visit is not None and until >= time.monotonic() else None

    def visit(self, identity: str) -> Visit | None:
        """The visit that was announced under `identity` within the last hour."""
        return self._visits.get(identity, (0.0, None))[1]

    def _forget(self) -> None:
        now = time.monotonic()
        self._announced = {key: kept for key, kept in self._announced.items() if kept[0] >= now}
        self._visits = {key: kept for key, kept in self._visits.items() if kept[0] >= now}
