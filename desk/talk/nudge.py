"""A nudge that something happened in a conversation, so that who shows it fetches anew. Losing one only costs time."""

import asyncio
import threading
from collections import defaultdict

_lock = threading.Lock()
_waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)


def tell(conversation_id: str) -> None:
    """Wake who waits for this conversation. Safe from any thread."""
    with _lock:
        listeners = list(_waiting.get(conversation_id, ()))
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
