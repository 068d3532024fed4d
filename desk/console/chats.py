"""The three columns: list, talk, facts. The page carries what it shows first as data; its script draws it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import devices, groups, history, oncall, presence, summary
from desk.cases.takeover import RESOLUTIONS
from desk.channels.rest.problems import Problem
from desk.console import guard, reads, render, shown, talks
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]


@router.get("")
def home(me: Me) -> HTMLResponse:
    """The list, and no conversation chosen yet."""
    with db.reading() as session:
        return _page(session, me, None)


@router.get("/chats/{conversation_id}")
def conversation(conversation_id: str, me: Me) -> HTMLResponse:
    """The list with one conversation open."""
    with db.reading() as session:
        return _page(session, me, known(session, conversation_id))


@router.get("/chats/{conversation_id}/panel")
def panel(conversation_id: str, me: Me) -> HTMLResponse:
    """The facts column alone."""
    with db.reading() as session:
        chat = known(session, conversation_id)
        return HTMLResponse(render.fragment("_panel.html", person=me, chat=chat, **_facts(session, chat)))


def known(session: Session, conversation_id: str) -> reads.Chat:
    """The conversation. Raises Problem when there is none."""
    found = reads.chat(session, conversation_id)
    if found is None:
        raise Problem("not-found", texts.render("takeover.refused.unknown"))
    return found


def _page(session: Session, me: Person, chat: reads.Chat | None) -> HTMLResponse:
    rows = reads.rows(session, me.id, reads.Filter())
    boot: dict[str, Any] = {
        "me": {"id": me.id, "name": me.name}, "texts": texts.data("console.ui"),
        "list": talks.rows(rows), "most": reads.MOST_ROWS, "chat": talks.view(session, chat, me) if chat else None,
        "blanks": texts.data("console.canned.blanks"),
    }
    return render.page(
        "chats.html", person=me, boot=boot, groups=groups.active(session),
        resolutions=RESOLUTIONS, chat=chat, alarms=oncall.banner(session), presence=presence.chosen(session, me.id),
        **(_facts(session, chat) if chat else {}),
    )


def _facts(session: Session, chat: reads.Chat) -> dict[str, Any]:
    found = summary.load(session, chat.conversation)
    return {
        "known": found,
        "summary": summary.lines(found),
        "facts": shown.facts(found),
        "device_name": devices.name_of(found.device) if found.device else "",
        "tickets": [(ticket, shown.next_deadline(ticket)) for ticket in found.open_tickets],
        "masked": shown.PRIVATE,
        "past": history.of(session, chat.conversation),
    }
