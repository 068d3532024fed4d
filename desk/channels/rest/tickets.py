"""Look tickets up."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from desk.channels.rest import auth, models
from desk.channels.rest.problems import Problem
from desk.channels.rest.ticket_view import ticket as shown
from desk.language import phones
from desk.records import db
from desk.records.models import Customer, Device, Ticket
from desk.records.tickets import STATUSES

Selection = Select[Ticket]

router = APIRouter(tags=["工单"], dependencies=[Depends(auth.needs("read"))])


@router.get("/tickets/{number}", response_model=models.Ticket, summary="一张工单")
def get_ticket(number: str) -> JSONResponse:
    """The ticket with its history. Needs the scope read."""
    with db.reading() as session:
        found = session.scalar(select(Ticket).where(Ticket.number == number.strip().upper()))
        if found is None:
            raise Problem("not-found", f"没有工单 {number[:40]}。")
        return JSONResponse(shown(found))


@router.get("/tickets", response_model=models.Tickets, summary="查工单")
def find_tickets(
    phone: Annotated[str | None, Query(max_length=40, description="联系电话，或登记在客户名下的电话")] = None,
    serial: Annotated[str | None, Query(max_length=80, description="序列号，大小写和分隔符不计")] = None,
    status: Annotated[str | None, Query(description="状态，可写几个，用逗号隔开")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(description="上一页的 next_cursor")] = None,
) -> JSONResponse:
    """Tickets that fit all the filters given, newest first. Needs the scope read."""
    whole: Selection = select(Ticket).options(selectinload(Ticket.events), selectinload(Ticket.notes))
    query = _with_phone(_with_serial(_with_status(_after(whole, cursor), status), serial), phone)
    with db.reading() as session:
        rows = list(session.scalars(query.order_by(Ticket.id.desc()).limit(limit + 1)))
        more = str(rows[limit - 1].id) if len(rows) > limit else None
        return JSONResponse({"items": [shown(row) for row in rows[:limit]], "next_cursor": more})


def _after(query: Selection, cursor: str | None) -> Selection:
    if not cursor:
        return query
    if not re.fullmatch("[0-9]{1,15}", cursor):
        raise Problem("invalid", "cursor 要原样用上一页给出的 next_cursor。")
    return query.where(Ticket.id < int(cursor))


def _with_status(query: Selection, status: str | None) -> Selection:
    if not status:
        return query
    wanted = [part.strip() for part in status.split(",") if part.strip()]
    unknown = [part for part in wanted if part not in STATUSES]
    if unknown:
        raise Problem("invalid", f"没有状态 {unknown[0][:20]}；有：{'、'.join(STATUSES)}。")
    return query.where(Ticket.status.in_(wanted))


def _with_serial(query: Selection, serial: str | None) -> Selection:
    if not serial:
        return query
    key = re.sub(r"[\W_]", "", serial).upper()
    same_device = select(Device.id).where(Device.serial_key == key)
    return query.where(or_(Ticket.serial_number.in_({serial.strip(), key}), Ticket.device_id.in_(same_device)))


def _with_phone(query: Selection, phone: str | None) -> Selection:
    if not phone:
        return query
    found = phones.last(phone)
    spellings = {phone.strip(), re.sub(r"\D", "", phone)} | ({found.number} if found else set())
    owners = select(Customer.id).where(Customer.phone.in_(spellings))
    return query.where(or_(Ticket.contact_phone.in_(spellings), Ticket.customer_id.in_(owners)))
