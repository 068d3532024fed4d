"""Alarms of on call over the console's pages: shown until somebody takes them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

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


@router.get("/alarms/{alarm_id}/call-off")
def ask(alarm_id: int, me: Me) -> HTMLResponse:
    """Is it a false alarm? A reason is asked for."""
    return _asked(alarm_id, me)


@router.post("/alarms/{alarm_id}/call-off")
def call_off(alarm_id: int, me: Me, reason: Annotated[str, Form(max_length=200)] = "") -> Response:
    """It was a false alarm."""
    if not reason.strip():
        return _asked(alarm_id, me, 422)
    try:
        oncall.call_off(alarm_id, reason.strip(), staff_id=me.id)
    except oncall.NotFound as error:
        raise Problem("not-found", texts.render("console.alarm.missing")) from error
    nudge.tell(nudge.CONSOLE)
    return RedirectResponse("/console", 303)


def _asked(alarm_id: int, me: Person, status: int = 200) -> HTMLResponse:
    with db.reading() as session:
        found = [alarm for alarm in oncall.banner(session) if alarm.id == alarm_id]
    if not found:
        raise Problem("not-found", texts.render("console.alarm.missing"))
    return render.page("alarm_off.html", status, person=me, alarm=found[0], trouble=status != 200)
