"""The address that WeChat calls: /wechat, or /wechat/{account} for a further account."""

import asyncio
import logging
from datetime import UTC, datetime

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from desk import time
from desk.channels.wechat import background, crypto, inbound, messages, passive, replies, settings
from desk.talk import engine

LARGEST_BODY = 256 * 1024
# After WeChat has hung up nobody reads the answer; the next delivery asks again.
_HUNG_UP = 0.7

router = APIRouter(include_in_schema=False)
log = logging.getLogger(__name__)


@router.get("/wechat")
@router.get("/wechat/{name}")
async def verify(request: Request, name: str = "") -> Response:
    """WeChat asks whether this address is really the account's."""
    account, query = settings.account(name), request.query_params
    if account is None:
        return Response(status_code=404)
    parts = query.get("timestamp", ""), query.get("nonce", "")
    if not crypto.signed(query.get("signature", ""), account.token, *parts):
        log.warning("wechat_bad_signature", extra={"account": name, "call": "verify"})
        return Response(status_code=403)
    return PlainTextResponse(query.get("echostr", ""))


@router.post("/wechat")
@router.post("/wechat/{name}")
async def receive(request: Request, name: str = "") -> Response:
    """A message or an event: stored, then acknowledged; unverified accounts are answered right here."""
    account = settings.account(name)
    if account is None:
        return Response(status_code=404)
    body = await _body(request)
    if body is None:
        return Response(status_code=413)
    query = dict(request.query_params)
    try:
        push, key = _opened(account, query, body)
    except crypto.Unsealed as problem:
        log.warning("wechat_refused", extra={"account": name, "why": problem.code})
        return Response(status_code=403)
    except messages.Unreadable as problem:
        log.warning("wechat_unreadable", extra={"account": name, "why": str(problem)})
        return Response(status_code=400)
    if account.original_id and push.to and push.to != account.original_id:
        log.warning("wechat_refused", extra={"account": name, "why": "other account"})
        return Response(status_code=403)
    started = asyncio.get_running_loop().time()
    taken = await to_thread.run_sync(inbound.take, name, push)
    if account.verified:
        if taken.new and taken.asks_bot:
            background.typing(name, push.openid)
        answer = None
    else:
        answer = await _answer(account, taken, started)
    return PlainTextResponse(_reply(account, query, push, key, answer))


async def _body(request: Request) -> str | None:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > LARGEST_BODY:
            return None
    return found.decode("utf-8", "replace")


def _opened(
    account: settings.Account, query: dict[str, str], body: str
) -> tuple[messages.Push, crypto.Key | None]:
    """The push inside, and the key that it was encrypted with. Raises Unsealed, Unreadable."""
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    _fresh(timestamp)
    if query.get("encrypt_type") != "aes":
        if account.mode == "safe":
            raise crypto.Unsealed("not encrypted")
        if not crypto.signed(query.get("signature", ""), account.token, timestamp, nonce):
            raise crypto.Unsealed("signature")
        return messages.parse(body), None
    # In an encrypted body only msg_signature covers the content.
    encrypted = messages.encrypted_part(body)
    if not crypto.signed(query.get("msg_signature", ""), account.token, timestamp, nonce, encrypted):
        raise crypto.Unsealed("signature")
    keys = [crypto.Key(key, account.appid) for key in (account.aes_key, account.aes_key_previous) if key]
    plain, key = crypto.decrypt(encrypted, keys)
    return messages.parse(plain), key


def _fresh(timestamp: str) -> None:
    """A captured push is valid for ever by its signature; by its time it is not."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise crypto.Unsealed("timestamp")
    # In a demo the product's own clock stands elsewhere, while WeChat's shows the real time.
    clocks = [time.now(), datetime.now(UTC)] if time.pinned() else [time.now()]
    if min(abs(clock.timestamp() - int(timestamp)) for clock in clocks) > settings.settings().fresh_seconds:
        raise crypto.Unsealed("stale")


async def _answer(account: settings.Account, taken: inbound.Taken, started: float) -> str | None:
    """The answer if it is there within WeChat's patience; on the last delivery an honest line instead."""
    if taken.inbound_id is None or taken.conversation_id is None or taken.reply is not None:
        return taken.reply
    patience = settings.settings().passive_seconds
    done = taken.turn_id is None or await _finished(taken.conversation_id, taken.turn_id, started + patience)
    if done:
        return await to_thread.run_sync(passive.collect, taken.inbound_id)
    if taken.deliveries >= account.deliveries:
        return await to_thread.run_sync(passive.still_working, taken.inbound_id)
    await asyncio.sleep(max(0.0, started + patience + _HUNG_UP - asyncio.get_running_loop().time()))
    return None


async def _finished(conversation_id: str, turn_id: str, until: float) -> bool:
    running = engine.current()
    future = await to_thread.run_sync(running.watch, conversation_id, turn_id)
    try:
        async with asyncio.timeout_at(until):
            await asyncio.wrap_future(future)
        return True
    except TimeoutError:
        return False
    finally:
        running.unwatch(conversation_id, turn_id, future)


def _reply(
    account: settings.Account, query: dict[str, str], push: messages.Push, key: crypto.Key | None, answer: str | None
) -> str:
    if answer is None:
        return replies.NOTHING
    at = int(time.now().timestamp())
    body = replies.text(push, answer, at)
    if key is None:
        return body
    return replies.sealed(body, key, account.token, str(at), query.get("nonce", ""), as_json=push.json)
