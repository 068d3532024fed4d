"""The three columns: list, talk, facts; as a page, and as what has changed since."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import devices, summary
from desk.cases.takeover import RESOLUTIONS
from desk.channels.rest.problems import Problem
from desk.console import guard, reads, render, shown
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]


@router.get("")
def home(me: Me) -> HTMLResponse:
    """The list, and no conversation chosen yet."""
    with db.reading() as session:
        found = reads.lists(session, me.id)
        return render.page(
            "chats.html", person=me, lists=found, chosen=None, most=reads.MOST_ROWS, mark=_mark(_list(found, None))
        )


@router.get("/chats/{conversation_id}")
def conversation(conversation_id: str, me: Me) -> HTMLResponse:
    """The list with one conversation open."""
    with db.reading() as session:
        chat = _chat(session, conversation_id)
        found = reads.lists(session, me.id)
        lines = reads.lines(session, conversation_id)
        return render.page(
            "chats.html", person=me, lists=found, chosen=conversation_id, mark=_mark(_list(found, conversation_id)),
            chat=chat, lines=lines, may=_may(chat, me), colleagues=reads.colleagues(session, me.id),
            resolutions=RESOLUTIONS, most=reads.MOST_ROWS, earlier=lines[0].seq - 1 if lines else 0,
            **_panel(session, chat),
        )


@router.get("/chats/{conversation_id}/panel")
def panel(conversation_id: str, me: Me) -> HTMLResponse:
    """The facts column alone."""
    with db.reading() as session:
        chat = _chat(session, conversation_id)
        return HTMLResponse(render.fragment("_panel.html", person=me, chat=chat, **_panel(session, chat)))


@router.get("/api/sync")
def sync(
    me: Me,
    chat: str | None = None,
    after: Annotated[int, Query(ge=0)] = 0,
    version: int = -1,
    mark: str = "",
) -> JSONResponse:
    """What is new: the list when it is not the one of `mark`; of `chat` the lines after `after`, its head when it has
    changed hands since `version`, and the lines that could not be sent."""
    with db.reading() as session:
        found = reads.lists(session, me.id)
        shown_list = _list(found, chat)
        answer: dict[str, Any] = {"mark": _mark(shown_list), "waiting": len(found.queue)}
        if answer["mark"] != mark:
            answer["list"] = shown_list
        if chat:
            answer["chat"] = _news(session, _chat(session, chat), me, after, version)
    return JSONResponse(answer)


def _news(session: Session, chat: reads.Chat, me: Person, after: int, version: int) -> dict[str, Any]:
    found = chat.conversation
    lines = reads.lines(session, found.id, after)
    news: dict[str, Any] = {
        "version": found.version, "state": found.state, "last": lines[-1].seq if lines else after,
        "undelivered": reads.undelivered(session, found.id),
    }
    if lines:
        news["lines"] = render.fragment("_lines.html", lines=lines)
    if found.version != version:
        news["head"] = render.fragment("_head.html", person=me, chat=chat, may=_may(chat, me))
        news["may"] = _may(chat, me)
    return news


def _chat(session: Session, conversation_id: str) -> reads.Chat:
    found = reads.chat(session, conversation_id)
    if found is None:
        raise Problem("not-found", texts.render("takeover.refused.unknown"))
    return found


def _list(found: reads.Lists, chosen: str | None) -> str:
    return render.fragment("_list.html", lists=found, chosen=chosen, most=reads.MOST_ROWS)


def _mark(shown_list: str) -> str:
    return hashlib.sha256(shown_list.encode()).hexdigest()[:16]


def _may(chat: reads.Chat, me: Person) -> dict[str, bool]:
    """Which commands make sense for this person now; the commands themselves check again."""
    found = chat.conversation
    mine = found.state == "agent" and found.agent_id == me.id
    theirs = found.state == "agent" and not mine
    return {
        "take": found.state in ("queued", "bot") or (theirs and me.leads),
        "transfer": mine or (theirs and me.leads),
        "give_back": mine,
        "close": mine or (me.leads and found.state != "closed"),
        "say": mine,
        "reveal": mine or me.leads,
    }


def _panel(session: Session, chat: reads.Chat) -> dict[str, Any]:
    known = summary.load(session, chat.conversation)
    return {
        "known": known,
        "summary": summary.lines(known),
        "facts": shown.facts(known),
        "device_name": devices.name_of(known.device) if known.device else "",
        "tickets": [(ticket, shown.next_deadline(ticket)) for ticket in known.open_tickets],
        "masked": shown.PRIVATE,
    }
