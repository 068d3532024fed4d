"""Complaints to be settled: which plan is due when, and writing it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk.cases import complaint_list
from desk.console import guard, render
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
HERE = "/console/complaints"


@router.get("/complaints")
def show(me: Me) -> HTMLResponse:
    """The list."""
    return _page(me)


@router.post("/complaints/{number}/plan")
def plan(number: str, me: Me, text: Annotated[str, Form(max_length=complaint_list.LONGEST_PLAN)] = "") -> Response:
    """The plan was made."""
    try:
        with db.transaction() as session:
            complaint_list.write_plan(session, number, me.actor, text)
    except ValueError as error:
        return _page(me, 422, number, str(error))
    return RedirectResponse(HERE, 303)


def _page(me: Person, status: int = 200, number: str = "", trouble: str = "") -> HTMLResponse:
    with db.reading() as session:
        entries = complaint_list.waiting(session)
    return render.page(
        "complaints.html", status, person=me, entries=entries, here=HERE, number=number, trouble=trouble,
        longest=complaint_list.LONGEST_PLAN,
    )
