"""On call: who is on duty in the next days, the people, shifts, swaps; alarms and messages that did not arrive."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases.oncall import people, rota, views
from desk.console import guard, pages, render
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.notify import media
from desk.records import db
from desk.records.oncall import DAYS, ROLES, TURNS

router = APIRouter(prefix="/console/manage/rota", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Text = Annotated[str, Form(max_length=120)]
Number = Annotated[int, Form()]
HOME = "/console/manage/rota"


@router.get("")
def show(request: Request, me: Me, person: int = 0, shift: int = 0) -> HTMLResponse:
    """The page; `person` and `shift` are those being changed."""
    return _page(request, me, person=person, shift=shift)


@router.post("/people")
def save_person(
    request: Request, me: Me, id: Number = 0, name: Text = "", role: Text = "engineer", phone: Text = "",
    mail: Text = "", wecom: Text = "", dingtalk: Text = "", duty_group: Annotated[bool, Form()] = False,
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Somebody new (id 0), or changed."""
    fields: dict[str, Any] = {
        "role": role, "phone": phone, "mail": mail, "wecom": wecom, "dingtalk": dingtalk, "duty_group": duty_group,
    }

    def command(session: Session) -> None:
        if id:
            people.change_person(session, me.actor, id, name=name.strip(), active=active, **fields)
        else:
            people.add_person(session, me.actor, name, **fields)

    return _changed(request, me, command, kept_person={"id": id, "name": name, "active": active, **fields})


@router.post("/shifts")
def save_shift(
    request: Request, me: Me, name: Text = "", days: Text = "every", starts: Text = "", ends: Text = "",
    turn: Text = "none", members: Annotated[list[int], Form()] = [],  # noqa: B006
) -> Response:
    """A new shift, or the one of this name with new contents."""
    kept = {"name": name, "days": days, "starts": starts, "ends": ends, "turn": turn, "members": members}

    def command(session: Session) -> None:
        if not name.strip():
            raise ValueError(texts.render("console.rota.needs_name"))
        people.set_shift(session, me.actor, name, days, starts, ends, members, turn)

    return _changed(request, me, command, kept_shift=kept)


@router.post("/shifts/drop")
def drop_shift(request: Request, me: Me, id: Number) -> Response:
    """Take a shift out."""
    return _changed(request, me, lambda session: people.drop_shift(session, me.actor, id))


@router.post("/swaps")
def add_swap(
    request: Request, me: Me, out: Number = 0, into: Number = 0, starts: Text = "", ends: Text = "", reason: Text = ""
) -> Response:
    """Somebody stands in for somebody, or somebody is away."""
    kept = {"out": out, "into": into, "starts": starts, "ends": ends, "reason": reason}

    def command(session: Session) -> None:
        people.swap(session, me.actor, out, into or None, _moment(starts), _moment(ends), reason)

    return _changed(request, me, command, kept_swap=kept)


@router.post("/swaps/cancel")
def cancel_swap(request: Request, me: Me, id: Number) -> Response:
    """The swap does not hold."""
    return _changed(request, me, lambda session: people.cancel_swap(session, me.actor, id))


def _changed(request: Request, me: Person, command: Callable[[Session], None], **kept: Any) -> Response:
    try:
        with db.transaction() as session:
            command(session)
    except ValueError as error:
        return _page(request, me, status=422, trouble=str(error), **kept)
    return pages.done(HOME)


def _page(
    request: Request, me: Person, status: int = 200, trouble: str = "", person: int = 0, shift: int = 0, **kept: Any
) -> HTMLResponse:
    with db.reading() as session:
        everybody, shifts = people.everybody(session), people.shifts(session)
        found = {
            "people": everybody, "shifts": shifts, "duty": views.calendar(session),
            "now_on": rota.on_duty(session, time.now()), "reachable": rota.reachable(session),
            "swaps": [one for one in people.swaps(session) if one.cancelled_at is None and one.ends_at > time.now()],
            "alarms": views.alarms(session, 10), "failed": views.failed_notices(session)[:10],
        }
    one = next((who for who in everybody if who.id == person), None)
    old = next((each for each in shifts if each.id == shift), None)
    blank_person = {"id": 0, "name": "", "role": "engineer", "phone": "", "mail": "", "wecom": "", "dingtalk": "",
                    "duty_group": False, "active": True}
    blank_shift = {"name": "", "days": "every", "starts": "18:00", "ends": "09:00", "turn": "none", "members": []}
    shown_person = {name: getattr(one, name) for name in blank_person} if one else blank_person
    shown_shift = {name: getattr(old, "people" if name == "members" else name) for name in blank_shift} if old else None
    blank_swap = {"out": 0, "into": 0, "starts": "", "ends": "", "reason": ""}
    return pages.show(
        request, me, "admin/rota.html", status, trouble=trouble, here=HOME, ways=media.configured(),
        names={who.id: who.name for who in everybody}, kept_person=kept.get("kept_person") or shown_person,
        kept_shift=kept.get("kept_shift") or shown_shift or blank_shift,
        kept_swap=kept.get("kept_swap") or blank_swap, **_choices(), **found,
    )


def _choices() -> dict[str, list[tuple[str, str]]]:
    lists = {"roles": ROLES, "kinds": DAYS, "turns": TURNS}
    return {name: [(code, render.text(f"rota.{name}.{code}")) for code in codes] for name, codes in lists.items()}


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=time.SHOWN_IN)
    except ValueError:
        raise ValueError(texts.render("console.rota.needs_time")) from None
