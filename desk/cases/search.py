"""Looking for anything by a few signs: tickets, customers, devices, and what was said."""

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import ColumnElement, Subquery, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from desk import texts
from desk.cases.summary import masked_name
from desk.language import phones
from desk.records.models import Conversation, Customer, Device, Message, Ticket

MOST = 8
SHORTEST = 2
_AROUND = 16


@dataclass(frozen=True)
class Found:
    """One hit: of which `kind`, how it is shown, and where it leads (None: nowhere yet)."""

    kind: str
    title: str
    detail: str
    url: str | None


def everything(session: Session, query: str) -> list[Found]:
    """At most MOST hits of each kind, in a fixed number of queries; personal data is masked. A short query has none."""
    query = query.strip()
    if len(query) < SHORTEST:
        return []
    return [*_tickets(session, query), *_customers(session, query), *_devices(session, query), *_said(session, query)]


def _tickets(session: Session, query: str) -> list[Found]:
    fields = (Ticket.number, Ticket.serial_number, Ticket.symptom, Ticket.contact_name, Ticket.order_number,
              Ticket.product_type)
    wanted = or_(*[field.contains(query, autoescape=True) for field in fields], *_phone(Ticket.contact_phone, query))
    rows = session.scalars(select(Ticket).where(wanted).order_by(Ticket.id.desc()).limit(MOST))
    return [Found("ticket", row.number, _about(row), f"/console/tickets/{row.number}") for row in rows]


def _customers(session: Session, query: str) -> list[Found]:
    latest = _latest()
    wanted = or_(
        Customer.name.contains(query, autoescape=True), Customer.customer_no == query,
        *_phone(Customer.phone, query),
    )
    rows = session.execute(
        select(Customer, latest.c.id).outerjoin(latest, latest.c.key == Customer.id).where(wanted).limit(MOST)
    )
    return [
        Found("customer", masked_name(row.name), phones.mask(row.phone) if row.phone else "", _chat(chat))
        for row, chat in rows
    ]


def _devices(session: Session, query: str) -> list[Found]:
    key = "".join(sign for sign in query.upper() if sign.isalnum())
    if len(key) < SHORTEST:
        return []
    latest = _latest()
    rows = session.execute(
        select(Device, latest.c.id)
        .outerjoin(latest, latest.c.key == Device.customer_id)
        .where(or_(Device.serial_key.contains(key, autoescape=True), Device.order_number == query))
        .limit(MOST)
    )
    return [
        Found("device", row.serial_number, row.model or "", _chat(chat) or _new_ticket(row.serial_number))
        for row, chat in rows
    ]


def _new_ticket(serial: str) -> str:
    """Who telephones about a device that nobody has chatted about: a ticket for it."""
    return f"/console/open-ticket?serial={quote(serial)}"


def _said(session: Session, query: str) -> list[Found]:
    rows = session.execute(
        select(Message.conversation_id, Message.text, Message.seq, Customer.name, Conversation.sender)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .where(Message.text.contains(query, autoescape=True))
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    return [
        Found("message", masked_name(name or "") or f"#{sender[-4:]}", _excerpt(text, query), f"{_chat(chat)}#{seq}")
        for chat, text, seq, name, sender in rows
    ]


def _latest() -> Subquery:
    """The newest conversation of each customer, as (key, id)."""
    key = Conversation.customer_id
    dated = select(key.label("key"), func.max(Conversation.last_message_at).label("at")).where(key.is_not(None))
    newest = dated.group_by(key).subquery()
    return (
        select(newest.c.key, func.max(Conversation.id).label("id"))
        .join(Conversation, (key == newest.c.key) & (Conversation.last_message_at == newest.c.at))
        .group_by(newest.c.key)
        .subquery()
    )


def _phone(column: InstrumentedAttribute[str | None], query: str) -> list[ColumnElement[bool]]:
    """Part of a number of four digits and more."""
    digits = query.replace("-", "").replace(" ", "")
    return [column.contains(digits, autoescape=True)] if digits.isdigit() and len(digits) >= 4 else []


def _chat(conversation_id: str | None) -> str | None:
    return f"/console/chats/{conversation_id}" if conversation_id else None


def _about(ticket: Ticket) -> str:
    status = texts.render(f"console.ticket.statuses.{ticket.status}")
    return " ".join(part for part in (status, ticket.product_type, ticket.symptom) if part)


def _excerpt(text: str, query: str) -> str:
    at = max(0, text.lower().find(query.lower()))
    start = max(0, at - _AROUND)
    return ("…" if start else "") + text[start : at + len(query) + _AROUND].replace("\n", " ")
