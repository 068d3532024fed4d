"""The audit log: who did what to what, when and why; narrowed down, the newest first."""

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import ColumnElement, or_, select

from desk.cases import staff
from desk.console import guard, pages, render, shown
from desk.console.admin import names
from desk.console.guard import ConsoleRoute
from desk.console.lead import filters
from desk.console.lead.filters import like
from desk.console.signin import Person
from desk.records import db
from desk.records.models import AuditEntry

router = APIRouter(prefix="/console/manage/audit", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
SIZE = 50


@router.get("")
def show(request: Request, me: Me, before: int = 0) -> HTMLResponse:
    """The entries older than `before`."""
    wanted, query = filters.read(request.query_params), request.query_params
    chosen = _conditions(query.get("actor", "")[:80], query.get("action", "")[:40], wanted)
    if before:
        chosen.append(AuditEntry.id < before)
    with db.reading() as session:
        found = session.scalars(select(AuditEntry).where(*chosen).order_by(AuditEntry.id.desc()).limit(SIZE + 1)).all()
        people, everybody = names.staff(session), staff.everybody(session)
        actions = session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
    rows = [_row(entry, people) for entry in found[:SIZE]]
    kept = {key: value for key, value in query.items() if key != "before" and value}
    older = urlencode({**kept, "before": found[SIZE - 1].id}) if len(found) > SIZE else ""
    return pages.show(
        request, me, "admin/audit.html", rows=rows, older=older, first=not before, filters=wanted,
        actor=query.get("actor", ""), action=query.get("action", ""),
        actors=[(f"staff:{one.id}", one.name) for one in everybody],
        actions=[(name, _action(name)) for name in actions],
    )


def _conditions(actor: str, action: str, wanted: filters.Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if actor:
        found.append(AuditEntry.actor == actor)
    if action:
        found.append(AuditEntry.action == action)
    found += wanted.within(AuditEntry.at)
    if wanted.words:
        near = like(wanted.words)
        found.append(or_(AuditEntry.subject_id == wanted.words, AuditEntry.reason.like(near, escape="\\")))
    return found


def _row(entry: AuditEntry, people: dict[int, str]) -> dict[str, Any]:
    subject = entry.subject
    title = render.text(f"audit.subjects.{subject}") if render.has(f"audit.subjects.{subject}") else subject
    name = entry.subject_id
    if subject == "staff" and name.isdecimal():
        name = people.get(int(name), name)
    address = {"conversation": "/console/chats/", "ticket": "/console/tickets/", "customer": "/console/customers/"}
    more = json.dumps(entry.data, ensure_ascii=False) if entry.data else ""
    return {
        "at": entry.at, "who": shown.actor(entry.actor, people), "what": _action(entry.action), "subject": title,
        "name": name, "address": f"{address[subject]}{entry.subject_id}" if subject in address else "",
        "reason": entry.reason, "more": more,
    }


def _action(code: str) -> str:
    return render.text(f"audit.actions.{code}") if render.has(f"audit.actions.{code}") else code
