"""Accounts: who may sign in, with which role, in which groups; new passwords by one-time links."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import groups, staff
from desk.cases.permissions import ALLOWED
from desk.channels.rest.problems import Problem
from desk.console import guard, pages
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.records.models import Staff
from desk.records.staff import ROLES

router = APIRouter(prefix="/console/manage", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Text = Annotated[str, Form(max_length=60)]
Many = Annotated[list[str], Form()]
HOME = "/console/manage/staff"


@router.get("/staff")
def show(request: Request, me: Me) -> HTMLResponse:
    """Everybody, and the form for somebody new."""
    return _list(request, me)


@router.post("/staff")
def add(
    request: Request, me: Me, login: Text = "", name: Text = "", role: Text = "agent", chat_limit: Text = "8",
    groups: Many = [],  # noqa: B006
) -> Response:
    """Somebody new; the link to choose a password is shown once."""
    try:
        with db.transaction() as session:
            limit = _number(chat_limit)
            person, token = staff.invite(session, login, name or login, role, tuple(groups), limit, me.actor)
            person_id = person.id
    except ValueError as error:
        kept: dict[str, Any] = {"login": login, "name": name, "role": role, "chat_limit": chat_limit, "groups": groups}
        return _list(request, me, 422, trouble=str(error), kept=kept)
    return _one(request, me, person_id, link=_link(request, token))


@router.get("/staff/{staff_id}")
def edit(request: Request, staff_id: int, me: Me) -> HTMLResponse:
    """One account."""
    return _one(request, me, staff_id)


@router.post("/staff/{staff_id}")
def save(
    request: Request, staff_id: int, me: Me, name: Text = "", role: Text = "", chat_limit: Text = "8",
    groups: Many = [],  # noqa: B006
) -> Response:
    """Change it."""
    try:
        with db.transaction() as session:
            person = _person(session, staff_id)
            if staff_id == me.id and role != person.role:
                raise ValueError(texts.render("console.staff.not_oneself"))
            staff.edit(session, person, name, role, tuple(groups), _number(chat_limit), me.actor)
    except ValueError as error:
        kept: dict[str, Any] = {"name": name, "role": role, "chat_limit": chat_limit, "groups": groups}
        return _one(request, me, staff_id, 422, trouble=str(error), kept=kept)
    return pages.done(HOME)


@router.post("/staff/{staff_id}/link")
def link(request: Request, staff_id: int, me: Me) -> Response:
    """A one-time link for a new password, shown once."""
    with db.transaction() as session:
        token = staff.make_link(session, _person(session, staff_id), me.actor)
    return _one(request, me, staff_id, link=_link(request, token))


@router.post("/staff/{staff_id}/switch")
def switch(request: Request, staff_id: int, me: Me, active: Annotated[bool, Form()] = False) -> Response:
    """Let them sign in, or not any more."""
    try:
        with db.transaction() as session:
            person = _person(session, staff_id)
            if staff_id == me.id:
                raise ValueError(texts.render("console.staff.not_oneself"))
            staff.switch(session, person.login, active, me.actor)
    except ValueError as error:
        return _one(request, me, staff_id, 422, trouble=str(error))
    return pages.done(HOME)


@router.post("/staff/{staff_id}/sign-out")
def sign_out(staff_id: int, me: Me) -> Response:
    """End all their sessions."""
    with db.transaction() as session:
        keep = me.session_id if staff_id == me.id else None
        staff.end_sessions(session, _person(session, staff_id), me.actor, keep)
    return pages.done(HOME, "signed_out")


@router.get("/permissions")
def permissions(request: Request, me: Me) -> HTMLResponse:
    """The table of roles and permissions, to look at."""
    return pages.show(request, me, "admin/permissions.html", roles=ROLES, allowed=ALLOWED)


def _list(
    request: Request, me: Person, status: int = 200, trouble: str = "", kept: dict[str, Any] | None = None
) -> HTMLResponse:
    with db.reading() as session:
        found, known = staff.everybody(session), groups.active(session)
    return pages.show(
        request, me, "admin/staff.html", status, people=found, roles=_roles(), known=known, trouble=trouble,
        titles={group.code: group.title for group in known},
        kept=kept or {"login": "", "name": "", "role": "agent", "chat_limit": "8", "groups": []},
    )


def _one(
    request: Request, me: Person, staff_id: int, status: int = 200, trouble: str = "", link: str = "",
    kept: dict[str, Any] | None = None,
) -> HTMLResponse:
    with db.reading() as session:
        person, known = _person(session, staff_id), groups.active(session)
    now = {"name": person.name, "role": person.role, "chat_limit": person.chat_limit, "groups": person.groups}
    return pages.show(
        request, me, "admin/staff_one.html", status, one=person, roles=_roles(), known=known, kept=kept or now,
        trouble=trouble, link=link, hours=round(staff.LINK_LASTS.total_seconds() / 3600), here=HOME,
    )


def _person(session: Session, staff_id: int) -> Staff:
    found = session.get(Staff, staff_id)
    if found is None:
        raise Problem("not-found", texts.render("console.staff.missing"))
    return found


def _link(request: Request, token: str) -> str:
    scheme = "https" if guard.secure(request) else "http"
    return f"{scheme}://{request.url.netloc}{guard.LINK}{token}"


def _roles() -> list[tuple[str, str]]:
    return [(role, texts.render(f"console.staff.roles.{role}")) for role in ROLES]


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 6 else -1
