"""One turn: a customer's message in, what the assistant says out, done wholly or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.remote import RANKED
from bot.tracker_store import SnapshotTrackerStore

CHANNEL = "desk"
_REPLY_FIELDS = ("buttons", "custom", "image", "attachment")


@dataclass(frozen=True)
class Message:
    """What a customer wrote; `turn_id` is its identity, so asking the same again changes nothing."""

    sender: str
    text: str
    turn_id: str
    metadata: dict[str, Any] = field(default_factory=dict)


class Turns:
    """The turns of all conversations; one at a time in each conversation."""

    def __init__(self, agent: Agent) -> None:
        self._processor = agent.processor
        self._store: SnapshotTrackerStore = agent.processor.tracker_store
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, message: Message) -> dict[str, Any]:
        """Run the turn, or give the answer that is held already.

        A turn that has begun is finished even if its caller gives up waiting: who asks again finds the answer.
        Raises ActionFailed, ConversationMoved or a database error; then the tracker is as it was before.
        """
        return await asyncio.shield(asyncio.ensure_future(self._take(message)))

    async def _take(self, message: Message) -> dict[str, Any]:
        async with self._alone(message.sender):
            tracker = await self._processor.get_tracker(message.sender)
            return _answer(tracker, message.turn_id) or await self._run(message, tracker)

    async def held(self, sender: str, turn_id: str) -> dict[str, Any] | None:
        """The answer of the conversation's last turn if that is `turn_id`, else None."""
        tracker = await self._store.retrieve(sender)
        return _answer(tracker, turn_id) if tracker is not None else None

    async def restore(self, sender: str, slots: dict[str, Any]) -> None:
        """Close the form and set `slots`, as when an agent gives the conversation back.

        Raises KeyError with the name of a slot that does not exist.
        """
        async with self._alone(sender):
            tracker = await self._store.get_or_create_tracker(sender)
            tracker.active_loop = None
            for name, value in {REQUESTED_SLOT: None, **slots}.items():
                tracker.slots[name].value = value
            await self._store.save(tracker)

    async def forget(self, sender: str) -> None:
        """Delete a conversation."""
        async with self._alone(sender):
            await self._store.forget(sender)

    async def forget_all(self) -> None:
        """Delete every conversation."""
        await self._store.forget_all()

    async def _run(self, message: Message, tracker: DialogueStateTracker) -> dict[str, Any]:
        said = UserMessage(
            message.text,
            sender_id=message.sender,
            input_channel=CHANNEL,
            message_id=message.turn_id,
            metadata={"turn_id": message.turn_id, **message.metadata},
        )
        await self._processor.take(said, tracker)
        answer = _answer(tracker, message.turn_id)
        assert answer is not None
        return answer

    @asynccontextmanager
    async def _alone(self, sender: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(sender, asyncio.Lock())
        async with lock:
            yield


def _answer(tracker: DialogueStateTracker, turn_id: str) -> dict[str, Any] | None:
    replies: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            replies.append(_reply(event))
        elif isinstance(event, UserUttered):
            if event.message_id != turn_id:
                return None
            return {"turn_id": turn_id, "replies": replies[::-1], "parse": _parse(event)}
    return None


def _reply(event: BotUttered) -> dict[str, Any]:
    extras = {name: event.data[name] for name in _REPLY_FIELDS if event.data.get(name)}
    return {"text": event.text or "", **extras}


def _parse(event: UserUttered) -> dict[str, Any]:
    parse = dict(event.parse_data or {})
    return {
        "intent": {"name": event.intent.get("name"), "confidence": event.intent.get("confidence", 0.0)},
        "secondary": parse.get("secondary_intent"),
        "ranking": list(parse.get("intent_ranking") or [])[:RANKED],
        "entities": event.entities,
    }
