"""The wall: who waits, who works, which promises are about to break; and giving a conversation to somebody."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from desk.cases import reassign
from desk.cases.deskwork import Refused, Stale
from desk.console import guard, pages, render
from desk.console.guard import ConsoleRoute
from desk.console.lead import wall_reads
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console/wall", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """The page."""
    return pages.show(request, me, "lead/wall.html", **_wall())


@router.get("/live")
def live(me: Me) -> HTMLResponse:
    """Its moving part alone."""
    return HTMLResponse(render.fragment("lead/_wall.html", person=me, **_wall()))


@router.post("/assign")
def assign(
    request: Request, me: Me, conversation: Annotated[str, Form(max_length=40)], version: Annotated[int, Form()],
    to: Annotated[str, Form(max_length=9)] = "", note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Give a conversation to a colleague."""
    try:
        if not to.isdecimal():
            raise Refused("nobody")
        reassign.assign(conversation, me.id, version, int(to), note)
    except Refused as refused:
        status = 409 if isinstance(refused, Stale) else 422
        return pages.show(request, me, "lead/wall.html", status, trouble=str(refused), **_wall())
    return pages.done("/console/wall", "assigned")


def _wall() -> dict[str, Any]:
    with db.reading() as session:
        found = wall_reads.wall(session)
    people = [
        (one.colleague.id, _t("away_name", name=one.colleague.name) if one.colleague.presence == "offline"
         else one.colleague.name)
        for one in found.team
    ]
    return {"wall": found, "people": people}


def _t(key: str, **values: str) -> str:
    return render.text(f"wall.{key}", **values)
