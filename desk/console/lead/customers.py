"""Customers: found, looked at masked, contact data on a click that is written down; handed out and erased."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import contact
from desk.cases.privacy import erase, export
from desk.channels.rest.problems import Problem
from desk.console import guard, pages, paging, revealed
from desk.console.guard import ConsoleRoute
from desk.console.lead import conversation_rows, ticket_rows
from desk.console.lead.filters import Filters, like
from desk.console.signin import Person
from desk.language import phones
from desk.records import db
from desk.records.models import Customer, Device, Ticket

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
HOME = "/console/customers"


@router.get("/customers")
def show(request: Request, me: Me) -> HTMLResponse:
    """All customers, by what was typed."""
    words = request.query_params.get("words", "").strip()[:60]
    with db.reading() as session:
        found = _wanted(words)
        page = paging.page(request, session.scalar(select(func.count(Customer.id)).where(*found)) or 0)
        rows = session.execute(
            select(Customer, _count(Device), _count(Ticket))
            .where(*found).order_by(Customer.id.desc()).offset(page.offset).limit(page.size)
        ).all()
    return pages.show(request, me, "lead/customers.html", rows=rows, page=page, words=words)


@router.get("/customers/{customer_id}")
def one(request: Request, customer_id: int, me: Me) -> HTMLResponse:
    """One customer."""
    return _one(request, me, customer_id)


@router.post("/api/customers/{customer_id}/reveal")
def reveal(customer_id: int, me: Me) -> JSONResponse:
    """The full contact data; that it was looked at is written down."""
    return revealed.answer(lambda: contact.of_customer(customer_id, me.id), "not_permitted")


@router.post("/customers/{customer_id}/export")
def hand_out(customer_id: int, me: Me) -> Response:
    """Everything about this customer, as a ZIP."""
    with db.transaction() as session:
        made = export.to_zip(session, customer_id, me.actor)
    if made is None:
        raise Problem("not-found", texts.render("console.privacy.refused.missing"))
    told = {"Content-Disposition": f'attachment; filename="customer-{customer_id}.zip"'}
    return Response(made, media_type="application/zip", headers=told)


@router.post("/customers/{customer_id}/erase")
def take_away(
    request: Request, customer_id: int, me: Me, reason: Annotated[str, Form(max_length=300)] = "",
    sure: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Erase this customer; the number is typed again, so that it is not done by a slip."""
    with db.reading() as session:
        number = _get(session, customer_id).customer_no
    if sure.strip() != number:
        return _one(request, me, customer_id, texts.render("console.privacy.not_sure", number=number), reason)
    try:
        erase.customer(customer_id, me.actor, reason)
    except erase.Refused as refused:
        return _one(request, me, customer_id, str(refused), reason)
    return pages.done(f"{HOME}/{customer_id}", "erased")


def _one(request: Request, me: Person, customer_id: int, trouble: str = "", reason: str = "") -> HTMLResponse:
    with db.reading() as session:
        customer = _get(session, customer_id)
        devices = list(session.scalars(select(Device).where(Device.customer_id == customer_id).order_by(Device.id)))
        tickets = ticket_rows.rows(session, Filters(customer=customer_id), 0, paging.SIZE)
        talks = conversation_rows.rows(session, Filters(customer=customer_id), 0, paging.SIZE)
    return pages.show(
        request, me, "lead/customer.html", 422 if trouble else 200, customer=customer, devices=devices,
        tickets=tickets, talks=talks, trouble=trouble, reason=reason, may_reveal=me.may("reveal"),
        may_erase=me.may("privacy"), here=HOME,
    )


def _wanted(words: str) -> list[ColumnElement[bool]]:
    if not words:
        return []
    said = phones.last(words)
    exact: list[Any] = [Customer.customer_no == words, Customer.phone == (said.number if said else words)]
    return [or_(*exact, Customer.name.like(like(words), escape="\\"))]


def _count(table: Any) -> Any:
    return select(func.count()).where(table.customer_id == Customer.id).correlate(Customer).scalar_subquery()


def _get(session: Session, customer_id: int) -> Customer:
    found = session.get(Customer, customer_id)
    if found is None:
        raise Problem("not-found", texts.render("console.privacy.refused.missing"))
    return found
