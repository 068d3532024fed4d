"""GET shows the alarm and changes nothing (previews and scanners follow links too); POST takes it or calls it off."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import oncall, words
from desk.cases.oncall import links, telling
from desk.channels import plain
from desk.records import db
from desk.records.models import Alarm, OncallPerson, Ticket

router = APIRouter(include_in_schema=False, prefix="/oncall")
_PAGE = Path(__file__).parent / "templates" / "alarm.html"
LONGEST_REASON = 200


@router.get("/{token}")
def show(token: str, need_who: bool = False) -> HTMLResponse:
    """The alarm, and the button."""
    with db.reading() as session:
        found = links.read(session, token)
        if found is None:
            return _page(404, invalid=True)
        alarm, person_id = found
        person = session.get(OncallPerson, person_id) if person_id else None
        ticket = session.get(Ticket, alarm.ticket_id) if alarm.ticket_id else None
        mine = person is not None and alarm.person_id == person.id
        group = oncall.leaders(session) + oncall.on_duty(session, alarm.raised_at) if person is None else []
        return _page(
            200, alarm=alarm, what=telling.what(alarm), at=words.moment(alarm.raised_at), person=person, mine=mine,
            # Who has no part in it any more needs no address.
            ticket=ticket if alarm.state == "ringing" or mine or (person is None and _took(alarm, group)) else None,
            group=list({one.id: one for one in group}.values()), need_who=need_who,
        )


@router.post("/{token}")
def act(
    token: str,
    who: Annotated[str, Form()] = "",
    false_alarm: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
) -> Response:
    """Take the alarm, or call it off; again it is the same."""
    with db.reading() as session:
        found = links.read(session, token)
        if found is None:
            return _page(404, invalid=True)
        alarm, person_id = found
        person_id = person_id or _one_of(session, alarm, who)
    if not person_id:
        return RedirectResponse(f"/oncall/{token}?need_who=1", 303)
    if false_alarm:
        oncall.call_off(alarm.id, reason.strip() or "误报", person_id=person_id)
    else:
        oncall.acknowledge(alarm.id, person_id=person_id, by="link")
    own = links.token(alarm, person_id)
    return RedirectResponse(f"/oncall/{own}", 303)


def _one_of(session: Session, alarm: Alarm, who: str) -> int:
    """The person that a member of the group says to be, when the group has such a one."""
    group = oncall.leaders(session) + oncall.on_duty(session, alarm.raised_at)
    return int(who) if who.isdecimal() and any(person.id == int(who) for person in group) else 0


def _took(alarm: Alarm, group: list[OncallPerson]) -> bool:
    return any(person.id == alarm.person_id for person in group)


def _page(status: int, **values: Any) -> HTMLResponse:
    empty: dict[str, Any] = {
        "invalid": False, "alarm": None, "ticket": None, "person": None, "group": [], "need_who": False,
    }
    return plain.page(
        _PAGE, status, **{**empty, **values}, t=lambda key, **blanks: texts.render(f"oncall.page.{key}", **blanks)
    )
