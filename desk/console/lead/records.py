"""All conversations and all tickets: filtered, in pages, and as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from sqlalchemy import select

from desk import texts, time
from desk.cases import audit
from desk.channels.rest.problems import Problem
from desk.console import guard, pages, paging, render
from desk.console.guard import ConsoleRoute
from desk.console.lead import conversation_rows, files, filters, ticket_rows
from desk.console.signin import Person
from desk.records import db
from desk.records.conversations import OWNERS
from desk.records.models import Staff
from desk.records.tickets import KINDS, SEVERITIES, STATUSES

router = APIRouter(prefix="/console/records", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]


@dataclass(frozen=True)
class List:
    """One of the two lists: its rows, its page, and the states that can be chosen."""

    name: str
    source: ModuleType
    states: tuple[tuple[str, str], ...]


def _lists() -> dict[str, List]:
    states = tuple((code, render.text(f"list_page.states.{code}")) for code in OWNERS)
    due = [(code, render.text(f"list_page.due.{code}")) for code in ("open", "late", "soon")]
    statuses = [(code, render.text(f"ticket.statuses.{code}")) for code in STATUSES]
    return {
        "conversations": List("conversations", conversation_rows, states),
        "tickets": List("tickets", ticket_rows, (*due, *statuses)),
    }


@router.get("/{name}")
def show(request: Request, name: str, me: Me) -> HTMLResponse:
    """The list."""
    found, wanted = _named(name), filters.read(request.query_params)
    with db.reading() as session:
        page = paging.page(request, found.source.total(session, wanted))
        rows = found.source.rows(session, wanted, page.offset, page.size)
        people = [(row.id, row.name) for row in session.scalars(select(Staff).order_by(Staff.name))]
    return pages.show(
        request, me, f"lead/{name}.html", rows=rows, page=page, filters=wanted, states=found.states, people=people,
        channels=_words("console.channels"), kinds=[(code, render.text(f"ticket.kinds.{code}")) for code in KINDS],
        severities=[(code, render.text(f"ticket.severities.{code}")) for code in SEVERITIES],
        may_export=me.may("export"), may_full=me.may("privacy"),
    )


@router.get("/{name}/export.{kind}")
def export(request: Request, name: str, kind: str, me: Me, full: bool = False) -> StreamingResponse:
    """The list as a file, one row each; contact data is masked unless an administrator asks for it (`full`)."""
    found, wanted = _named(name), filters.read(request.query_params)
    if kind not in files.TYPES:
        raise Problem("not-found", texts.render("console.problems.not_found"))
    if full and not me.may("privacy"):
        raise Problem("forbidden", texts.render("console.problems.not_permitted"))
    with db.transaction() as session:
        # What was searched for may be a customer's number, which does not belong into the log.
        chosen = {key: value for key, value in request.query_params.items() if key != "words"}
        audit.note(session, me.actor, "records_exported", name, kind, full=full, filters=chosen)
    heads = [render.text(f"list_page.heads.{name}.{head}") for head in found.source.HEADS]
    rows = _rows(found.source, wanted, full)
    body = files.to_csv(heads, rows) if kind == "csv" else files.to_xlsx(name, heads, rows)
    file = f"{render.text(f'side.{name}')}-{time.today():%Y%m%d}.{kind}"
    told = {"Content-Disposition": f"attachment; filename=\"{name}.{kind}\"; filename*=UTF-8''{quote(file)}"}
    return StreamingResponse(body, media_type=files.TYPES[kind], headers=told)


def _rows(source: ModuleType, wanted: filters.Filters, full: bool) -> Iterator[list[str]]:
    with db.reading() as session:
        for row in source.every(session, wanted):
            yield source.cells(row, full)


def _named(name: str) -> List:
    found = _lists().get(name)
    if found is None:
        raise Problem("not-found", texts.render("console.problems.not_found"))
    return found


def _words(branch: str) -> list[tuple[str, Any]]:
    return list(texts.data(branch).items())
