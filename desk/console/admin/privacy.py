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
def save(request: Request, me: Me, chats: Number = "", tickets: Number = "", left: Number = "0") -> Response:
    """Change the periods."""
    given = {"chats": chats, "tickets": tickets, "left": left}
    try:
        if not all(value.isdecimal() for value in given.values()):
            raise ValueError(texts.render("console.privacy.range", most=retention.LONGEST))
        with db.transaction() as session:
            periods = retention.Periods(**{name: int(value) for name, value in given.items()})
            retention.set_periods(session, periods, me.actor)
    except ValueError as error:
        return _page(request, me, 422, str(error), given)
    return pages.done("/console/manage/privacy")


def _page(
    request: Request, me: Person, status: int = 200, trouble: str = "", kept: dict[str, Any] | None = None
) -> HTMLResponse:
    with db.reading() as session:
        now = retention.periods(session)
        waiting = len(retention.due(session, time.now()))
    return pages.show(
        request, me, "admin/privacy.html", status, trouble=trouble, waiting=waiting, most=retention.AT_ONCE,
        kept=kept or {"chats": now.chats, "tickets": now.tickets, "left": now.left},
    )
