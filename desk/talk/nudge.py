"""A nudge that something happened in a conversation, so that who shows it fetches anew. Losing one only costs time."""

import asyncio
import threading
from collections import defaultdict
from types import TracebackType

CONSOLE = "console"  # the topic of what concerns all agents: presence, groups, alarms

_lock = threading.Lock()
_waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)
_overhearing: "set[Overhearing]" = set()


def tell(conversation_id: str) -> None:
    """Wake who waits for this conversation. Safe from any thread."""
    with _lock:
        listeners = list(_waiting.get(conversation_id, ()))
        for everything in _overhearing:
            everything.hear(conversation_id)
    for loop, event in listeners:
        if not loop.is_closed():
            loop.call_soon_threadsafe(event.set)


async def wait(conversation_id: str, seconds: float) -> bool:
    """Wait for a nudge; False when none came in time."""
    event = asyncio.Event()
    listener = (asyncio.get_running_loop(), event)
    with _lock:
        _waiting[conversation_id].add(listener)
    try:
        await asyncio.wait_for(event.wait(), seconds)
        return True
    except TimeoutError:
        return False
    finally:
        with _lock:
            _waiting[conversation_id].discard(listener)
            if not _waiting[conversation_id]:
                del _waiting[conversation_id]


class Overhearing:
    """Hears every topic that is told while it is open: `with Overhearing() as ears: await ears.heard(20)`."""

    def __init__(self) -> None:
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()
        self._topics: set[str] = set()

    def __enter__(self) -> "Overhearing":
        with _lock:
            _overhearing.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _lock:
            _overhearing.discard(self)

    def hear(self, topic: str) -> None:
        """Note a topic; called by `tell` from any thread, under its lock."""
        if not self._loop.is_closed():
            self._topics.add(topic)
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
