"""Custom actions over HTTP: a small request, one kept-alive session, two seconds, and no failure swallowed."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.wire import Broken, Wire

RANKED = 5
_IDLE_SECONDS = 4.0  # uvicorn closes an idle connection after 5


class ActionFailed(Exception):
    """The action server could not run an action: the turn must leave no trace.

    `code` is `action_timeout` or `action_failed`; the message names the action, never a customer's words.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def time_limit() -> float:
    """Seconds that one action may take."""
    return float(os.environ.get("AFTERCARE_ACTION_TIMEOUT", "2"))


def actions_url(endpoint: EndpointConfig | None) -> str:
    """Where actions run: AFTERCARE_ACTIONS_URL, else the address in endpoints.yml."""
    return os.environ.get("AFTERCARE_ACTIONS_URL") or (endpoint.url if endpoint else "") or ""


class LeanRemoteAction(RemoteAction):
    """Runs an action of the action server; it gets no domain and only what is known now, not the whole history."""

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        answer = await _post(actions_url(self.action_endpoint), action_call(self.name(), tracker), self.name())
        said = await self._utter_responses(answer["responses"], output_channel, nlg, tracker)
        return [*said, *_events(answer["events"], self.name())]


def action_call(name: str, tracker: DialogueStateTracker) -> dict[str, Any]:
    """The request for one action, as `rasa_sdk` reads it; events are those since the customer's last message."""
    loop = tracker.active_loop
    return {
        "next_action": name,
        "sender_id": tracker.sender_id,
        "tracker": {
            "sender_id": tracker.sender_id,
            "slots": tracker.current_slot_values(),
            "latest_message": _latest_message(tracker.latest_message),
            "events": _recent_events(tracker),
            "paused": False,
            "followup_action": None,
            "active_loop": {"name": loop.name} if loop and loop.name else {},
            "latest_action_name": tracker.latest_action_name,
        },
        "domain": {},
        "version": "3.6.21",
    }


def _latest_message(message: UserUttered | None) -> dict[str, Any]:
    if message is None:
        return {}
    parse = dict(message.parse_data or {})
    return {
        "text": message.text,
        "intent": message.intent,
        "intent_ranking": list(parse.get("intent_ranking") or [])[:RANKED],
        "secondary_intent": parse.get("secondary_intent"),
        "entities": message.entities,
        "message_id": message.message_id,
        "metadata": message.metadata,
    }


def _recent_events(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    recent: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        recent.append(event.as_dict())
    return recent[::-1]


async def _post(url: str, body: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        return _checked(await asyncio.wait_for(_ask(url, body, name), time_limit()), name)
    except asyncio.TimeoutError as error:
        raise ActionFailed("action_timeout", f"{name}: no answer in {time_limit():g} s") from error
    except (OSError, Broken) as error:
        raise ActionFailed("action_failed", f"{name}: {type(error).__name__}") from error


async def _ask(url: str, body: dict[str, Any], name: str) -> Any:
    if not url:
        raise ActionFailed("action_failed", f"{name}: no address of an action server is set")
    # The wire may ask twice: actions are idempotent by turn id.
    response = await _wire(url).post(body, _headers())
    if response.status != 200:
        raise ActionFailed("action_failed", f"{name}: the action server answered {response.status}")
    try:
        return json.loads(response.body)
    except ValueError as error:
        raise ActionFailed("action_failed", f"{name}: the answer is no JSON") from error


def _headers() -> dict[str, str]:
    token = os.environ.get("AFTERCARE_ACTIONS_TOKEN")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _checked(answer: Any, name: str) -> dict[str, Any]:
    """The answer with `events` and `responses`, both lists of objects."""
    if not isinstance(answer, dict):
        raise ActionFailed("action_failed", f"{name}: the answer is no object")
    checked = {key: answer.get(key) or [] for key in ("events", "responses")}
    for key, items in checked.items():
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ActionFailed("action_failed", f"{name}: {key} must be a list of objects")
    return checked


def _events(items: list[dict[str, Any]], name: str) -> list[Event]:
    try:
        return deserialise_events(items)
    except (KeyError, TypeError, ValueError) as error:
        raise ActionFailed("action_failed", f"{name}: an event could not be read: {error}") from error


_wires: dict[tuple[int, str], Wire] = {}


def _wire(url: str) -> Wire:
    key = id(asyncio.get_running_loop()), url
    if key not in _wires:
        _wires[key] = Wire(url, _IDLE_SECONDS)
    return _wires[key]


def close_connections() -> None:
    """Close this loop's connections to the action server."""
    here = id(asyncio.get_running_loop())
    for key in [key for key in _wires if key[0] == here]:
        _wires.pop(key).close()
