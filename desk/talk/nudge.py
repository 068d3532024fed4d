"""A nudge that something happened in a conversation, so that who shows it fetches anew. Losing one only costs time.

Inside a process it is immediate; between processes desk.talk.bridge carries it, where the database can.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import Literal

from desk import time

CONSOLE = "console"  # the topic of what concerns all agents: presence, groups, alarms
TYPING_SECONDS = 6.0

Writer = Literal["customer", "agent"]

_lock = threading.Lock()
_listening: "dict[str, set[Listening]]" = defaultdict(set)
_overhearing: "set[Overhearing]" = set()
_typing: dict[tuple[str, str], float] = {}
_closed = False
_carrier: Callable[[str], None] | None = None


def tell(topic: str) -> None:
    """Wake who waits for `topic` (a conversation's id, or CONSOLE), here and in other processes. From any thread."""
    hear(topic)
    _carry(topic)


def typing(conversation_id: str, who: Writer) -> None:
    """Somebody writes in a conversation; it counts for TYPING_SECONDS. From any thread."""
    hear_typing(conversation_id, who)
    _carry(f"{who} {conversation_id}")


def types(conversation_id: str, who: Writer) -> bool:
    """Whether `who` writes in the conversation at this moment, as far as this process has heard."""
    with _lock:
        return _typing.get((conversation_id, who), 0.0) > time.monotonic()


def stopped_typing(conversation_id: str, who: Writer) -> None:
    """What was being written has been sent."""
    with _lock:
        _typing.pop((conversation_id, who), None)


def hear(topic: str) -> None:
    """Wake who waits for `topic` in this process."""
    with _lock:
        for ears in (*_listening.get(topic, ()), *_overhearing):
            ears.hear(topic)


def hear_typing(conversation_id: str, who: str) -> None:
    """Note in this process that somebody writes."""
    now = time.monotonic()
    with _lock:
        _typing[conversation_id, who] = now + TYPING_SECONDS
        if len(_typing) > 1000:
            for key in [key for key, until in _typing.items() if until < now]:
                del _typing[key]
    hear(conversation_id)


def close() -> None:
    """This process stops: all who listen are woken, and `closed` is true from now on."""
    global _closed
    _closed = True
    with _lock:
        for ears in {*_overhearing, *(one for every in _listening.values() for one in every)}:
            ears.hear(CONSOLE)


def closed() -> bool:
    """Whether this process stops, so that nobody should wait any longer."""
    return _closed


def carried_by(carrier: Callable[[str], None] | None) -> None:
    """Let `carrier` bring what is told to other processes; None: there are none."""
    global _carrier
    _carrier = carrier


def _carry(word: str) -> None:
    if _carrier is not None:
        _carrier(word)


async def wait(topic: str, seconds: float) -> bool:
    """Wait for a nudge; False when none came in time. What is told between two calls is not heard: see Listening."""
    with Listening(topic) as ears:
        return bool(await ears.heard(seconds))


class _Ears:
    """Collects topics from any thread for one coroutine."""

    def __init__(self) -> None:
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()
        self._topics: set[str] = set()

    def hear(self, topic: str) -> None:
        """Note a topic; called under the module's lock. The loop is woken by the first that it has not heard yet."""
        if not self._loop.is_closed():
            first = not self._topics
            self._topics.add(topic)
            if first:
                self._loop.call_soon_threadsafe(self._event.set)

    async def heard(self, seconds: float) -> set[str]:
        """What was told since the last call, as soon as there is anything; empty when nothing came in time."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            pass
        with _lock:
            self._event.clear()
            topics, self._topics = self._topics, set()
        return topics


class Listening(_Ears):
    """Hears its topics from its opening on: `with Listening(id) as ears: read(); await ears.heard(15)`."""

    def __init__(self, *topics: str) -> None:
        super().__init__()
        self._own = set(topics)

    def __enter__(self) -> "Listening":
        for topic in list(self._own):
            self.to(topic)
        return self

    def to(self, topic: str) -> None:
        """Listen to this one too; read anew afterwards what may have been told before."""
        with _lock:
            self._own.add(topic)
            _listening[topic].add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _lock:
            for topic in self._own:
                _listening[topic].discard(self)
                if not _listening[topic]:
                    del _listening[topic]


class Overhearing(_Ears):
    """Hears every topic that is told while it is open: `with Overhearing() as ears: await ears.heard(20)`."""

    def __enter__(self) -> "Overhearing":
        with _lock:
            _overhearing.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _lock:
            _overhearing.discard(self)
