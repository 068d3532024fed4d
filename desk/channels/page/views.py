"""The page, and the two calls that it makes."""

import asyncio
import csv
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import jinja2
from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.channels.page import visitors
from desk.channels.rest.problems import Problem
from desk.records import db
from desk.records.models import Conversation, Device, Message, Staff, Turn
from desk.settings import settings
from desk.talk import engine, inbox, nudge, offered, words
from desk.talk.view import UNFINISHED

CHANNEL = "web"
DEMO_DATA = Path(__file__).parents[2] / "demo" / "devices.csv"
HOLD_SECONDS = 20.0
MOST_LINES = 200
_FILES = Path(__file__).parent / "files"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-cache",
}

router = APIRouter(include_in_schema=False)
pace = visitors.Pace()


class Said(BaseModel):
    """What the visitor sends; `id` is the page's own, so that sending twice is once."""

    text: str
    id: str = Field(min_length=8, max_length=64)


@router.get("/")
def show(request: Request) -> HTMLResponse:
    """The page."""
    chosen = settings()
    html = _page().render(brand=chosen.brand_name, company=chosen.company, demo=_demo() if chosen.demo else [])
    response = HTMLResponse(html, headers=_HEADERS)
    visitors.welcome(request, response)
    return response


@router.get("/chat/{name}.{kind}")
def file(name: str, kind: str) -> Response:
    """The page's own style and script."""
    if (name, kind) not in (("chat", "css"), ("chat", "js"), ("icon", "svg")):
        raise Problem("not-found", "没有这个文件。")
    return FileResponse(_FILES / f"{name}.{kind}", headers=_HEADERS)


@router.post("/chat/messages", status_code=202)
async def say(said: Said, request: Request) -> JSONResponse:
    """Take a message; its answer comes by `hear`."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem("forbidden", "只接受来自本页面的消息。")
    sender = _sender(request)
    if not pace.allows(sender):
        raise Problem("too-many", texts.render("talk.too_fast"), {"Retry-After": "10"})
    received = await to_thread.run_sync(_store, sender, said)
    return JSONResponse({"seq": received.seq}, 202)


@router.get("/chat/messages")
async def hear(
    request: Request, after: Annotated[int, Query(ge=0)] = 0, wait: bool = True
) -> JSONResponse:
    """What was said after line `after`; with `wait` held open until there is something, or HOLD_SECONDS."""
    sender = _sender(request)
    until = time.monotonic() + (HOLD_SECONDS if wait else 0)
    before = None
    while True:
        found = await to_thread.run_sync(_lines, sender, after)
        state = (found["typing"], found["state"])
        if found["messages"] or (before is not None and state != before) or time.monotonic() >= until:
            return JSONResponse(found, headers={"Cache-Control": "no-store"})
        before = state
        if await request.is_disconnected():
            return JSONResponse(found)
        # Another process may have written: a nudge is only a hint, so look again after a while all the same.
        if found["conversation"]:
            await nudge.wait(found["conversation"], min(1.5, max(0.05, until - time.monotonic())))
        else:
            await asyncio.sleep(0.5)


def _sender(request: Request) -> str:
    token = visitors.token_of(request)
    if token is None:
        raise Problem("unauthorized", "请先打开聊天页面。")
    return visitors.sender(token)


def _store(sender: str, said: Said) -> inbox.Received:
    try:
        words.key(said.id)
        settle = 0.0 if _is_button(sender, said.text) else inbox.SETTLE
        return engine.current().submit(CHANNEL, "", sender, said.text, said.id, settle=settle)
    except words.Refused as refused:
        key = "talk.too_long" if refused.code == "too_long" else "talk.empty"
        raise Problem("invalid", texts.render(key, limit=words.LONGEST)) from refused


def _is_button(sender: str, text: str) -> bool:
    with db.reading() as session:
        conversation = _conversation(session, sender)
        return conversation is not None and offered.match(session, conversation.id, text) is not None


def _conversation(session: Session, sender: str) -> Conversation | None:
    return session.scalar(
        select(Conversation).where(
            Conversation.channel == CHANNEL, Conversation.account == "", Conversation.sender == sender
        )
    )


def _lines(sender: str, after: int) -> dict[str, Any]:
    with db.reading() as session:
        conversation = _conversation(session, sender)
        if conversation is None:
            return {"conversation": None, "state": "bot", "typing": False, "messages": []}
        lines = list(
            session.scalars(
                select(Message)
                .where(Message.conversation_id == conversation.id, Message.seq > after, Message.author != "note")
                .order_by(Message.seq.desc())
                .limit(MOST_LINES)
            )
        )[::-1]
        return {
            "conversation": conversation.id,
            "state": conversation.state,
            "typing": conversation.state == "bot" and _in_work(session, conversation),
            "messages": [_line(session, line) for line in lines],
        }


def _in_work(session: Session, conversation: Conversation) -> bool:
    open_turns = (Turn.conversation_id == conversation.id, Turn.state.in_(UNFINISHED), Turn.notice_sent.is_(False))
    return session.scalar(select(Turn.id).where(*open_turns).limit(1)) is not None


def _line(session: Session, line: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "seq": line.seq, "author": line.author, "text": line.text, "at": time.local(line.created_at).isoformat(),
    }
    if line.author == "customer":
        shown["id"] = line.external_id
    if line.author == "agent" and line.staff_id:
        shown["name"] = session.get_one(Staff, line.staff_id).name
    if line.buttons:
        shown["buttons"] = line.buttons
    return shown


def _demo() -> list[dict[str, str]]:
    """Serial numbers to try: only ones that the demo data brought, never a real customer's."""
    with db.reading() as session:
        rows = session.scalars(
            select(Device).where(Device.serial_number.in_(_demo_serials())).order_by(Device.id).limit(3)
        ).all()
        return [
            {"serial": row.serial_number, "name": (row.product.name or row.product.model) if row.product else ""}
            for row in rows
        ]


@cache
def _demo_serials() -> frozenset[str]:
    with DEMO_DATA.open(encoding="utf-8", newline="") as file:
        return frozenset(row["serial_number"] for row in csv.DictReader(file))


@cache
def _page() -> jinja2.Template:
    source = (_FILES / "index.html").read_text("utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)
