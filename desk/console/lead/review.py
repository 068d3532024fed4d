"""Doubtful messages: supervisors say what they mean, and the next training reads it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from desk import texts
from desk.cases.review import messages, training
from desk.channels.rest.problems import Problem
from desk.console import guard, pages, paging
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console/review", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
HERE = "/console/review"


@router.get("")
def review(request: Request, me: Me) -> HTMLResponse:
    """The messages that wait for a label."""
    return _shown(request, me)


@router.post("")
def label(
    request: Request, me: Me, id: Annotated[int, Form()], intent: Annotated[str, Form(max_length=40)] = "",
    second: Annotated[str, Form(max_length=40)] = "", skip: Annotated[bool, Form()] = False,
) -> Response:
    """Label one, or put it aside."""
    if not intent and not skip:
        return _shown(request, me, 422, texts.render("console.review.choose"))
    try:
        with db.transaction() as session:
            messages.label(session, id, None if skip else intent, me.actor, me.id, second or None)
            session.flush()
            training.write(session)
    except LookupError as error:
        raise Problem("not-found", str(error)) from error
    except ValueError as error:
        return _shown(request, me, 422, str(error))
    return pages.done(HERE, "put_aside" if skip else "labelled")


def _shown(request: Request, me: Person, status: int = 200, trouble: str = "") -> HTMLResponse:
    with db.reading() as session:
        wait, ready = messages.counts(session)
        page = paging.page(request, wait)
        rows = messages.waiting(session, page.size, page.offset)
        return pages.show(
            request, me, "lead/review.html", status, rows=rows, page=page, waiting=wait, ready=ready, trouble=trouble,
            known=list(messages.intents().items()), names=messages.intents(),
        )
