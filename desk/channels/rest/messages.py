"""A customer's message in, the finished turn out."""

import asyncio
from concurrent.futures import Future
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials

from desk.channels.rest import auth, models
from desk.channels.rest.problems import Problem
from desk.talk import engine, inbox, view, words

# A backlog is waited for; a caller that cannot wait asks again later with the same message_id.
LONGEST_WAIT = 55.0
_REFUSALS = {
    "empty": "没有内容：text 不能为空（有附件时除外）。",
    "too_long": f"text 最多 {words.LONGEST} 个字，请分几条发。",
    "nul": "text 里有不允许的字符（NUL）。",
    "not_text": "text 里有不是文字的编码。",
    "attachments": f"附件最多 {words.MOST_ATTACHMENTS} 个。",
}

router = APIRouter(tags=["会话"])


@router.post(
    "/conversations/{sender}/messages",
    response_model=models.Turn,
    response_model_exclude_unset=True,
    summary="客户说一句话，得到这一轮的结果",
    responses={202: {"model": models.Turn, "description": "已收下，还没轮到；稍后用同一 message_id 再取"}},
)
async def post_message(
    sender: Annotated[str, Path(description="发送者在来源系统里的编号", max_length=128)],
    message: models.MessageIn,
    given: auth.Given,
) -> JSONResponse:
    """Stores the message before anything else, then waits for the turn.

    When the assistant is down the turn comes back at once with an honest line; the message stays and is answered later.
    Needs the scope write, and act_as_channel for a channel other than rest.
    """
    received, future = await to_thread.run_sync(_store, given, sender, message)
    turn = await _result(received, future)
    if turn is not None:
        return JSONResponse(turn)
    return JSONResponse(await to_thread.run_sync(view.as_it_stands, received.turn_id), 202, {"Retry-After": "5"})


def _store(
    given: HTTPAuthorizationCredentials | None, sender: str, message: models.MessageIn
) -> tuple[inbox.Received, "Future[dict[str, Any]]"]:
    # Here and not in a dependency: one thread for key and message.
    auth.allowed(given, "write", *(("act_as_channel",) if message.channel != "rest" else ()))
    try:
        words.key(sender)
        if message.message_id is not None:
            words.key(message.message_id)
    except words.Refused as refused:
        raise Problem("invalid", "sender 和 message_id 要是 1 到 128 个可见字符。") from refused
    try:
        return engine.current().submit_and_watch(
            message.channel, "", sender, message.text, message.message_id, attachments=message.attachments
        )
    except words.Refused as refused:
        detail = _REFUSALS[refused.code]
        raise Problem("invalid", detail, errors=[{"field": "text", "problem": detail}]) from refused


async def _result(received: inbox.Received, future: "Future[dict[str, Any]]") -> dict[str, Any] | None:
    if future.done() and not future.cancelled():
        return future.result()
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), LONGEST_WAIT)
    except TimeoutError:
        return None
    finally:
        engine.current().unwatch(received.conversation_id, received.turn_id, future)
