"""How long data are kept, and what will go next."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from desk import texts, time
from desk.cases.privacy import retention
from desk.console import guard, pages
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console/manage/privacy", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Number = Annotated[str, Form(max_length=6)]


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """The page."""
    return _page(request, me)


@router.post("")
def save(request: Request, me: Me, chats: Number = "", tickets: Number = "") -> Response:
    """Change the periods."""
    try:
        if not (chats.isdecimal() and tickets.isdecimal()):
            raise ValueError(texts.render("console.privacy.months_range", most=retention.LONGEST_MONTHS))
        with db.transaction() as session:
            retention.set_periods(session, int(chats), int(tickets), me.actor)
    except ValueError as error:
        return _page(request, me, 422, str(error), {"chats": chats, "tickets": tickets})
    return pages.done("/console/manage/privacy")


def _page(
    request: Request, me: Person, status: int = 200, trouble: str = "", kept: dict[str, Any] | None = None
) -> HTMLResponse:
    with db.reading() as session:
        now = retention.periods(session)
        waiting = len(retention.due(session, time.now()))
    return pages.show(
        request, me, "admin/privacy.html", status, trouble=trouble, waiting=waiting, most=retention.AT_ONCE,
        kept=kept or {"chats": now.chats, "tickets": now.tickets},
    )
