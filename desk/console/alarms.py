"""Alarms of on call over the console's pages: shown until somebody takes them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse

from desk import texts
from desk.cases import oncall
from desk.channels.rest.problems import Problem
from desk.console import guard, render
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.talk import nudge

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]


@router.get("/alarms")
def ringing(me: Me) -> HTMLResponse:
    """The alarms that nobody has taken."""
    with db.reading() as session:
        return HTMLResponse(render.fragment("_alarms.html", alarms=oncall.banner(session)))


@router.post("/api/alarms/{alarm_id}/take")
def take(alarm_id: int, me: Me) -> JSONResponse:
    """This colleague has taken it."""
    try:
        taken = oncall.acknowledge(alarm_id, staff_id=me.id, by="console")
    except oncall.NotFound as error:
        raise Problem("not-found", texts.render("console.alarm.missing")) from error
    nudge.tell(nudge.CONSOLE)
    return JSONResponse({"state": taken.state, "who": taken.who})
