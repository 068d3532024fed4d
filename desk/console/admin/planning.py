"""Engineers' days off, and the regular maintenance of devices."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from desk import texts, time
from desk.cases import devices, leaves, maintenance, ticket_plan, tickets
from desk.console import guard, pages
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.records.models import Device, Ticket

router = APIRouter(prefix="/console/manage", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Text = Annotated[str, Form(max_length=120)]
LEAVE, PLANS = "/console/manage/leave", "/console/manage/plans"
DAYS = 60


@router.get("/leave")
def leave(request: Request, me: Me) -> HTMLResponse:
    """Who is off when, and the visits that must be given to somebody else."""
    return _leave(request, me)


@router.post("/leave")
def add_leave(
    request: Request, me: Me, engineer: Text = "", starts: Text = "", ends: Text = "", reason: Text = ""
) -> Response:
    """Somebody is off."""
    try:
        with db.transaction() as session:
            found = int(engineer) if engineer.isdecimal() else 0
            leaves.add(session, found, _day(starts), _day(ends or starts), me.actor, reason)
    except ValueError as error:
        kept = {"engineer": engineer, "starts": starts, "ends": ends, "reason": reason}
        return _leave(request, me, 422, trouble=str(error), kept=kept)
    return pages.done(LEAVE)


@router.post("/leave/{leave_id}/remove")
def remove_leave(leave_id: int, me: Me) -> Response:
    """They work after all."""
    with db.transaction() as session:
        leaves.remove(session, leave_id, me.actor)
    return pages.done(LEAVE, "deleted")


@router.get("/plans")
def plans(request: Request, me: Me) -> HTMLResponse:
    """What is to be maintained next."""
    return _plans(request, me)


@router.post("/plans")
def put_plan(request: Request, me: Me, serial: Text = "", months: Text = "", next_on: Text = "") -> Response:
    """A device's plan, new or changed."""
    try:
        with db.transaction() as session:
            device = _device(session, serial)
            maintenance.put(session, device, int(months) if months.isdecimal() else 0, _day(next_on), me.actor)
    except ValueError as error:
        kept = {"serial": serial, "months": months, "next_on": next_on}
        return _plans(request, me, 422, trouble=str(error), kept=kept)
    return pages.done(PLANS)


@router.post("/plans/remove")
def remove_plan(me: Me, serial: Text = "") -> Response:
    """No regular maintenance any more."""
    with db.transaction() as session:
        device = devices.by_serial(session, serial)
        if device is not None:
            maintenance.remove(session, device, me.actor)
    return pages.done(PLANS, "deleted")


def _leave(request: Request, me: Person, status: int = 200, **more: Any) -> HTMLResponse:
    with db.reading() as session:
        found = [(one.id, who.name, leaves.span_words(one), one.reason) for one, who in leaves.coming(session)]
        moves = leaves.to_rebook(session)
        people = [(one.id, one.name) for one in ticket_plan.engineers(session)]
    kept = {"engineer": "", "starts": "", "ends": "", "reason": ""}
    return pages.show(
        request, me, "admin/leave.html", status, **{"kept": kept, **more}, leaves=found, moves=moves, people=people,
        here=LEAVE,
    )


def _plans(request: Request, me: Person, status: int = 200, **more: Any) -> HTMLResponse:
    with db.reading() as session:
        coming = maintenance.coming(session, DAYS)
        arranged = _arranged(session, [device.id for _, device, _ in coming])
        found = [
            (plan, device.serial_number, devices.name_of(device), customer.name if customer else None,
             device.id in arranged)
            for plan, device, customer in coming
        ]
    kept = {"serial": "", "months": "6", "next_on": ""}
    return pages.show(
        request, me, "admin/plans.html", status, **{"kept": kept, **more}, plans=found, days=DAYS, here=PLANS,
        today=time.today(),
    )


def _arranged(session: Session, ids: list[int]) -> set[int]:
    """Those of these devices whose maintenance is arranged; what their names need is loaded with it."""
    session.scalars(select(Device).where(Device.id.in_(ids)).options(selectinload(Device.product))).all()
    booked = select(Ticket.device_id).where(
        Ticket.device_id.in_(ids), Ticket.kind == "maintenance", Ticket.status.in_(tickets.OPEN)
    )
    return {found for found in session.scalars(booked) if found is not None}


def _device(session: Session, serial: str) -> Device:
    found = devices.by_serial(session, serial)
    if found is None:
        raise ValueError(texts.render("console.planning.no_device"))
    return found


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise ValueError(texts.render("console.planning.needs_day")) from error
