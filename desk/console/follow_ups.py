"""What only a person can do after a ticket: missing service reports, and customers whom no message reaches."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk import texts
from desk.cases import followups, tickets
from desk.cases.followups.lists import LONGEST_REPORT
from desk.channels.rest.problems import Problem
from desk.console import guard, render
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
HERE = "/console/follow-ups"


@router.get("/follow-ups")
def show(me: Me) -> HTMLResponse:
    """The list."""
    return _page(me)


@router.post("/follow-ups/{number}/report")
def report(number: str, me: Me, text: Annotated[str, Form(max_length=LONGEST_REPORT)] = "") -> Response:
    """A service report was written."""
    try:
        with db.transaction() as session:
            ticket = tickets.by_number(session, number)
            if ticket is None:
                raise Problem("not-found", texts.render("console.follow_ups.gone"))
            followups.write_report(session, ticket, f"staff:{me.id}", text)
    except ValueError as error:
        return _page(me, 422, number, str(error), text)
    return RedirectResponse(HERE, 303)


@router.post("/follow-ups/{follow_id}/called")
def called(follow_id: int, me: Me) -> Response:
    """The customer was telephoned."""
    with db.transaction() as session:
        followups.called(session, follow_id, f"staff:{me.id}")
    return RedirectResponse(HERE, 303)


def _page(me: Person, status: int = 200, number: str = "", trouble: str = "", text: str = "") -> HTMLResponse:
    with db.reading() as session:
        entries = followups.to_do(session)
    return render.page(
        "follow_ups.html", status, person=me, entries=entries, here=HERE, number=number, trouble=trouble, text=text,
        why=texts.data("after.list"), longest=LONGEST_REPORT,
    )
