"""The calls of the widget. A visitor is known by a signed token; every answer can be asked for again by number."""

import json
import math
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import select

from desk import texts, time
from desk.cases import photos, quote_offers, shared_files
from desk.channels.rest.problems import Problem
from desk.channels.web import cards, lines, origins, pace, sessions, taking
from desk.records import db
from desk.records.models import Message
from desk.settings import settings
from desk.talk import inbox, nudge, words

HOLD_SECONDS = 20.0
BREATH_SECONDS = 15.0
STREAM_SECONDS = 900.0
STREAMS_AT_ONCE = 8

router = APIRouter(prefix="/chat", include_in_schema=False, route_class=origins.WebRoute)
router.add_api_route("/{rest:path}", origins.preflight, methods=["OPTIONS"])

sender_pace = pace.Buckets(burst=20, a_minute=20)
address_pace = pace.Buckets(burst=120, a_minute=240)
session_pace = pace.Buckets(burst=60, a_minute=60)
streams = pace.AtOnce(STREAMS_AT_ONCE)


class Hello(BaseModel):
    """Who comes: the token of an earlier visit, and the token by which the company's site names its customer."""

    token: str = Field("", max_length=sessions.LONGEST_TOKEN)
    identity: str = Field("", max_length=sessions.LONGEST_TOKEN)


class Said(BaseModel):
    """What the visitor sends; `id` is the browser's own, so that sending twice is once."""

    text: str
    id: str = Field(min_length=8, max_length=64)


class Seen(BaseModel):
    """Up to which line the visitor has read."""

    seq: int = Field(ge=0)


class Answered(BaseModel):
    """What the visitor says to a quote."""

    token: str = Field(max_length=40)
    accept: bool


class Rated(BaseModel):
    """A visitor's score of the service."""

    score: int = Field(ge=1, le=5)
    reason: str = Field("", max_length=500)


@router.post("/session")
async def session(hello: Hello, request: Request) -> JSONResponse:
    """Begin, or go on with, a visit: a token for all other calls, and who speaks here."""
    _not_too_fast(session_pace.take(pace.address(request)))
    found = await to_thread.run_sync(_session, hello)
    chosen = settings()
    return JSONResponse({
        "token": await to_thread.run_sync(sessions.issue, found),
        "scope": found.sender[-12:],
        "brand": chosen.brand_name,
        "company": chosen.company,
        "longest": words.LONGEST,
        "largest_photo": photos.LARGEST,
    })


@router.post("/messages")
async def say(said: Said, request: Request) -> JSONResponse:
    """Take a message; its answer comes by the events."""
    sender = _may_speak(request)
    received = await to_thread.run_sync(_refusing, taking.text, sender, said.text, said.id)
    return JSONResponse({"seq": received.seq}, 202)


@router.post("/photos")
async def photo(
    request: Request, file: Annotated[UploadFile, File()], id: Annotated[str, Form(min_length=8, max_length=64)]
) -> JSONResponse:
    """Take a photo."""
    sender = _may_speak(request)
    content = await file.read(photos.LARGEST + 1)
    received = await to_thread.run_sync(_refusing, taking.photo, sender, content, id)
    return JSONResponse({"seq": received.seq}, 202)


@router.get("/photos/{seq}/{n}")
def shown_photo(seq: int, n: int, request: Request, small: bool = False) -> Response:
    """A photo of the visitor's own conversation."""
    found = _photo(_sender(request), seq, n, small)
    if found is None:
        raise Problem("not-found", texts.render("web.no_photo"))
    headers = {"Cache-Control": "private, max-age=86400", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(found, media_type=photos.MIME, headers=headers)


@router.get("/files/{seq}/{n}")
def shared_file(seq: int, n: int, request: Request) -> Response:
    """A file that a colleague sent into the visitor's own conversation."""
    given = _attachment(_sender(request), seq, n)
    found = shared_files.path(given)
    if found is None:
        raise Problem("not-found", texts.render("web.no_photo"))
    headers = {"Cache-Control": "private, max-age=86400", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(found, media_type=given["mime"], filename=given["name"], headers=headers)


@router.get("/messages")
async def hear(request: Request, after: Annotated[int, Query(ge=0)] = 0, wait: bool = True) -> JSONResponse:
    """What was said after line `after`; with `wait` held open until there is something, or HOLD_SECONDS."""
    sender = _sender(request)
    before: dict[str, Any] | None = None
    with nudge.Listening(sender) as ears:
        async for found in _looks(request, sender, after, ears, HOLD_SECONDS if wait else 0):
            standing = {name: value for name, value in found.items() if name != "messages"}
            if found["messages"] or (before is not None and standing != before):
                break
            before = standing
    return JSONResponse(found)


@router.get("/events")
async def events(request: Request, after: Annotated[int, Query(ge=0)] = 0) -> StreamingResponse:
    """The same as server-sent events: `line` with its number as id, and `state`."""
    sender = _sender(request)
    if streams.full(sender):
        raise Problem("too-many", texts.render("web.too_many_tabs"), {"Retry-After": "60"})
    headers = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(request, sender, after), media_type="text/event-stream", headers=headers)


@router.post("/read")
async def read(seen: Seen, request: Request) -> Response:
    """The visitor has seen what was said so far."""
    conversation_id = await to_thread.run_sync(lines.read_up_to, _sender(request), seen.seq)
    if conversation_id is not None:
        nudge.tell(conversation_id)
    return Response(status_code=204)


@router.post("/typing")
async def types(request: Request) -> Response:
    """The visitor is writing."""
    conversation_id = await to_thread.run_sync(_conversation_id, _sender(request))
    if conversation_id is not None:
        nudge.typing(conversation_id, "customer")
    return Response(status_code=204)


@router.post("/quotes")
async def answer_quote(answered: Answered, request: Request) -> JSONResponse:
    """The visitor's answer to a quote; the card as it stands then."""
    _may_speak(request)
    offer = await to_thread.run_sync(quote_offers.answer, answered.token, answered.accept, "card")
    return JSONResponse(cards.quote(offer, answered.token))


@router.post("/rating")
async def rate(rated: Rated, request: Request) -> JSONResponse:
    """The visitor's score at the end of a chat."""
    sender = _may_speak(request)
    thanks = await to_thread.run_sync(taking.rating, sender, rated.score, rated.reason)
    if thanks is None:
        raise Problem("not-found", texts.render("web.nothing_to_rate"))
    return JSONResponse({"thanks": thanks}, 201)


async def _stream(request: Request, sender: str, after: int) -> AsyncIterator[str]:
    yield ": hello\n\n"
    before = None
    with streams.one(sender), nudge.Listening(sender) as ears:
        async for found in _looks(request, sender, after, ears, STREAM_SECONDS):
            for line in found["messages"]:
                yield _event("line", line, line["seq"])
            state = {name: value for name, value in found.items() if name != "messages"}
            yield _event("state", state) if state != before else ": still here\n\n"
            before = state


async def _looks(
    request: Request, sender: str, after: int, ears: nudge.Listening, seconds: float
) -> AsyncIterator[dict[str, Any]]:
    """How the visitor's conversation stands: now, at each nudge and every BREATH_SECONDS, for so many seconds."""
    until, conversation = time.monotonic() + seconds, None
    while True:
        found = await to_thread.run_sync(lines.after, sender, after)
        if found["conversation"] != conversation:
            conversation = found["conversation"]
            ears.to(conversation)
            found = await to_thread.run_sync(lines.after, sender, after)
        after = max([after, *(line["seq"] for line in found["messages"])])
        yield found
        left = until - time.monotonic()
        if left <= 0 or nudge.closed() or await request.is_disconnected():
            return
        await ears.heard(min(left, BREATH_SECONDS))


def _event(kind: str, data: dict[str, Any], number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _sender(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() == "bearer" and token:
            return sessions.read(token).sender
    except sessions.NotSigned:
        pass
    raise Problem("unauthorized", texts.render("web.no_session"))


def _may_speak(request: Request) -> str:
    sender = _sender(request)
    _not_too_fast(max(sender_pace.take(sender), address_pace.take(pace.address(request))))
    return sender


def _not_too_fast(wait: float) -> None:
    if wait > 0:
        raise Problem("too-many", texts.render("talk.too_fast"), {"Retry-After": str(math.ceil(wait))})


def _session(hello: Hello) -> sessions.Session:
    try:
        if hello.identity:
            return sessions.known(hello.identity)
        earlier = sessions.read(hello.token) if hello.token else None
    except sessions.NotSigned as error:
        if hello.identity:
            raise Problem("forbidden", texts.render(f"web.not_signed.{error.why}")) from error
        earlier = None
    # Whom the company's site does not vouch for any more is nobody again, on a shared computer above all.
    return earlier if earlier is not None and not earlier.known else sessions.begin()


def _refusing(take: Callable[..., inbox.Received], *values: Any) -> inbox.Received:
    try:
        return take(*values)
    except photos.NoPicture as refused:
        kind = "too-large" if refused.code == "too_large" else "unsupported-media-type"
        raise Problem(kind, str(refused)) from refused
    except words.Refused as refused:
        key = "talk.too_long" if refused.code == "too_long" else "talk.empty"
        raise Problem("invalid", texts.render(key, limit=words.LONGEST)) from refused


def _photo(sender: str, seq: int, n: int, small: bool) -> Path | None:
    return photos.path(_attachment(sender, seq, n), small)


def _attachment(sender: str, seq: int, n: int) -> dict[str, Any]:
    """What the line `seq` of the visitor's own conversation carries in place `n`; empty when there is none."""
    with db.reading() as session:
        conversation = lines.conversation_of(session, sender)
        if conversation is None:
            return {}
        same = (Message.conversation_id == conversation.id, Message.seq == seq, Message.author != "note")
        found = session.scalar(select(Message.attachments).where(*same)) or []
        return found[n] if 0 <= n < len(found) else {}


def _conversation_id(sender: str) -> str | None:
    with db.reading() as session:
        found = lines.conversation_of(session, sender)
        return found.id if found else None
