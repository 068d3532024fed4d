"""Conversations one row each, for the list and for files: a fixed number of queries a page, however long it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from desk.cases.summary import masked_name
from desk.console.lead.filters import Filters, like
from desk.console.render import exact, has, text
from desk.language import phones
from desk.records.models import AuditEntry, Conversation, Customer, Message, Rating, Staff, Ticket

AT_ONCE = 500


@dataclass(frozen=True)
class Row:
    """One conversation with what came of it."""

    conversation: Conversation
    name: str | None
    phone: str | None
    owner: str | None
    counts: dict[str, int]
    first_answer: datetime | None
    tickets: list[str]
    score: int | None
    resolution: str | None

    @property
    def who(self) -> str:
        """The customer, masked."""
        return masked_name(self.name) if self.name else f"#{self.conversation.sender[-4:]}"


def total(session: Session, filters: Filters) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(_chosen(filters).subquery())) or 0


def rows(session: Session, filters: Filters, offset: int, limit: int) -> list[Row]:
    """A part of them, the newest first."""
    found = session.execute(_chosen(filters).offset(offset).limit(limit)).all()
    return _with_more(session, found)


def every(session: Session, filters: Filters) -> Iterator[Row]:
    """All of them, fetched in portions."""
    for part in session.execute(_chosen(filters).execution_options(yield_per=AT_ONCE)).partitions():
        yield from _with_more(session, part)


HEADS = (
    "id", "channel", "customer", "phone", "state", "owner", "reason", "started", "last", "from_customer", "from_bot",
    "from_agent", "first_answer", "tickets", "score", "resolution",
)


def cells(row: Row, full: bool = False) -> list[str]:
    """The cells under HEADS; contact data only in `full`."""
    found = row.conversation
    first = row.first_answer - found.created_at if row.first_answer else None
    return [
        found.id, word("channels", found.channel), (row.name or "") if full else row.who,
        (row.phone or "") if full else phones.mask(row.phone or ""), text(f"list_page.states.{found.state}"),
        row.owner or "", word("reasons", found.handoff_reason), stamp(found.created_at), stamp(found.last_message_at),
        *(str(row.counts.get(author, 0)) for author in ("customer", "bot", "agent")),
        str(round(first.total_seconds())) if first else "", "、".join(row.tickets), str(row.score or ""),
        word("list_page.resolutions", row.resolution),
    ]


def word(branch: str, code: str | None) -> str:
    """A code in words, or itself."""
    return "" if not code else text(f"{branch}.{code}") if has(f"{branch}.{code}") else code


def stamp(at: datetime | None) -> str:
    """2026-11-21 10:00:00, where the company is."""
    return exact(at) if at else ""


def _chosen(filters: Filters) -> Select[Conversation, str, str | None, str]:
    query = (
        select(Conversation, Customer.name, Customer.phone, Staff.name)
        .outerjoin(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(Staff, Staff.id == Conversation.agent_id)
    )
    return query.where(*_conditions(filters)).order_by(Conversation.created_at.desc(), Conversation.id)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(Conversation.state == filters.state)
    if filters.channel:
        found.append(Conversation.channel == filters.channel)
    if filters.staff is not None:
        found.append(Conversation.agent_id == filters.staff)
    if filters.customer is not None:
        found.append(Conversation.customer_id == filters.customer)
    found += filters.within(Conversation.created_at)
    if filters.words:
        wanted = like(filters.words)
        of_ticket = select(Ticket.conversation_id).where(Ticket.number == filters.words.upper())
        found.append(
            or_(
                Customer.name.like(wanted, escape="\\"), Customer.phone == filters.words,
                Conversation.id == filters.words, Conversation.id.in_(of_ticket),
            )
        )
    return found


def _with_more(session: Session, found: Sequence[Any]) -> list[Row]:
    ids = [conversation.id for conversation, *_ in found]
    if not ids:
        return []
    counts, first = _messages(session, ids)
    tickets: dict[str, list[str]] = {}
    in_ids = Ticket.conversation_id.in_(ids)
    for conversation_id, number in session.execute(
        select(Ticket.conversation_id, Ticket.number).where(in_ids).order_by(Ticket.id)
    ):
        tickets.setdefault(str(conversation_id), []).append(number)
    scores = _last(session, select(Rating.conversation_id, Rating.score).where(Rating.conversation_id.in_(ids)), Rating)
    closings = _last(
        session,
        select(AuditEntry.subject_id, AuditEntry.data).where(
            AuditEntry.subject == "conversation", AuditEntry.action == "conversation_closed",
            AuditEntry.subject_id.in_(ids),
        ),
        AuditEntry,
    )
    return [
        Row(
            one, name, phone, owner, counts.get(one.id, {}), first.get(one.id), tickets.get(one.id, []),
            scores.get(one.id), (closings.get(one.id) or {}).get("resolution"),
        )
        for one, name, phone, owner in found
    ]


def _messages(session: Session, ids: list[str]) -> tuple[dict[str, dict[str, int]], dict[str, datetime]]:
    counts: dict[str, dict[str, int]] = {}
    first: dict[str, datetime] = {}
    for conversation_id, author, count, began in session.execute(
        select(Message.conversation_id, Message.author, func.count(), func.min(Message.created_at))
        .where(Message.conversation_id.in_(ids))
        .group_by(Message.conversation_id, Message.author)
    ):
        counts.setdefault(conversation_id, {})[author] = count
        if author == "agent":
            first[conversation_id] = began
    return counts, first


def _last(session: Session, query: Any, table: Any) -> dict[str, Any]:
    return {str(key): value for key, value in session.execute(query.order_by(table.id))}
