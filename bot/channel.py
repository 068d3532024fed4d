"""The only door to the assistant: desk asks for turns over HTTP, with a token."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from bot import patches
from bot.remote import ActionFailed, actions_url
from bot.tracker_store import ConversationMoved
from bot.turns import CHANNEL, Message, Turns

logger = logging.getLogger(__name__)


class Refused(Exception):
    """The request is answered with an error: a status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class DeskChannel(InputChannel):
    """`/webhooks/desk/…`; see docs of each route. Customers' words are never logged."""

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> DeskChannel:
        patches.install()
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("desk_channel")
        routes.add_route(_guarded(_take_turn), "/turn", methods=["POST"])
        routes.add_route(_guarded(_held_turn), "/turns/<sender>/<turn_id>", methods=["GET"])
        routes.add_route(_guarded(_restore), "/restore", methods=["POST"])
        routes.add_route(_guarded(_forget), "/conversations/<sender>", methods=["DELETE"])
        routes.add_route(_guarded(_forget_all), "/conversations", methods=["DELETE"])
        routes.add_route(_guarded(_ready), "/ready", methods=["GET"])
        return routes


async def _take_turn(request: Request) -> HTTPResponse:
    """Answer a customer's message; asking the same turn_id again gives the same answer."""
    body = _body(request)
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise Refused(400, "bad_request", "metadata must be an object")
    message = Message(_text(body, "sender"), _text(body, "text"), _text(body, "turn_id"), metadata)
    return response.json(await _turns(request).take(message))


async def _held_turn(request: Request, sender: str, turn_id: str) -> HTTPResponse:
    """The answer to a turn that the tracker holds."""
    held = await _turns(request).held(sender, turn_id)
    if held is None:
        raise Refused(404, "unknown_turn", "the tracker does not hold this turn")
    return response.json(held)


async def _restore(request: Request) -> HTTPResponse:
    """Close the form and set slots."""
    body = _body(request)
    slots = body.get("slots") or {}
    if not isinstance(slots, dict):
        raise Refused(400, "bad_request", "slots must be an object")
    try:
        await _turns(request).restore(_text(body, "sender"), slots)
    except KeyError as error:
        raise Refused(400, "unknown_slot", f"no slot {error}") from error
    return response.empty()


async def _forget(request: Request, sender: str) -> HTTPResponse:
    """Delete a conversation."""
    await _turns(request).forget(sender)
    return response.empty()


async def _forget_all(request: Request) -> HTTPResponse:
    """Delete every conversation; only where the clock is pinned, that is in tests."""
    if not os.environ.get("AFTERCARE_NOW"):
        raise Refused(403, "forbidden", "only when AFTERCARE_NOW is set")
    await _turns(request).forget_all()
    return response.empty()


async def _ready(request: Request) -> HTTPResponse:
    """Whether a turn could be taken now."""
    agent = _agent(request)
    actions = await _reachable(actions_url(agent.action_endpoint))
    state = {"ready": actions, "model_id": agent.model_id, "model": agent.processor.model_filename, "actions": actions}
    return response.json(state, status=200 if actions else 503)


def _guarded(handler: Callable[..., Awaitable[HTTPResponse]]) -> Callable[..., Awaitable[HTTPResponse]]:
    async def guarded(request: Request, **path: str) -> HTTPResponse:
        try:
            _check_token(request)
            return await handler(request, **{name: unquote(value) for name, value in path.items()})
        except Exception as error:
            refused = _as_refused(error)
            return response.json({"error": refused.code, "detail": refused.detail}, status=refused.status)

    guarded.__name__ = handler.__name__
    return guarded


def _as_refused(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, ActionFailed):
        return Refused(504 if error.code == "action_timeout" else 502, error.code, error.detail)
    if isinstance(error, ConversationMoved):
        return Refused(503, "conversation_moved", "another process has just changed this conversation; ask again")
    if isinstance(error, SQLAlchemyError):
        logger.error("tracker store: %s", type(error).__name__)
        return Refused(503, "tracker_unavailable", type(error).__name__)
    logger.error("turn failed", exc_info=error)
    return Refused(500, "internal_error", type(error).__name__)


def _check_token(request: Request) -> None:
    expected = os.environ.get("AFTERCARE_RASA_TOKEN", "")
    given = request.headers.get("authorization", "")
    if not expected or not hmac.compare_digest(given.encode(), f"Bearer {expected}".encode()):
        raise Refused(401, "unauthorized", "Authorization: Bearer AFTERCARE_RASA_TOKEN is needed")


def _agent(request: Request) -> Agent:
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise Refused(503, "not_ready", "no model is loaded")
    return agent


def _turns(request: Request) -> Turns:
    agent = _agent(request)
    known: tuple[Any, Turns] | None = getattr(request.app.ctx, "turns", None)
    if known is None or known[0] is not agent.processor:
        known = request.app.ctx.turns = (agent.processor, Turns(agent))
    return known[1]


def _body(request: Request) -> dict[str, Any]:
    try:
        body = request.json
    except Exception as error:
        raise Refused(400, "bad_request", "the body is no JSON") from error
    if not isinstance(body, dict):
        raise Refused(400, "bad_request", "the body must be an object")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(400, "bad_request", f"{name} must be a text that is not empty")
    return value


async def _reachable(url: str) -> bool:
    address = urlsplit(url)
    if not address.hostname:
        return False
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address.hostname, port), 1)
    except (OSError, asyncio.TimeoutError):
        return False
    writer.close()
    return True
