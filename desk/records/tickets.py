"""Tickets, their history, visits and callbacks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.records.base import Base
from desk.records.customers import Device

KINDS = ("repair", "return", "exchange", "complaint", "inquiry", "installation", "maintenance")
SEVERITIES = ("A", "B", "C")
STATUSES = ("new", "accepted", "scheduled", "in_progress", "resolved", "closed", "cancelled", "reopened")
SERVICE_MODES = ("on_site", "carry_in", "mail_in", "pickup")


class Ticket(Base):
    """A piece of work promised to a customer. Every change is a TicketEvent; nothing is deleted.

    For the deadlines: `pauses` [{start, end, reason}], `severity_changes` [{at, before, after}], `reached` {milestone:
    instant}, `clock_from` when a reopened ticket's clocks started anew. Instants in JSON are ISO 8601 with their zone.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"severity IN {SEVERITIES}", name="severity"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"service_mode IS NULL OR service_mode IN {SERVICE_MODES}", name="service_mode"),
        CheckConstraint("urge_count >= 0", name="urge_count"),
        CheckConstraint("visit_end >= visit_start", name="visit_order"),
        Index("ix_tickets_status_opened", "status", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="repair")
    status: Mapped[str] = mapped_column(String(12), default="new")
    severity: Mapped[str] = mapped_column(String(1), default="C")
    severity_reason: Mapped[str] = mapped_column(String(200), default="")
    priority: Mapped[int] = mapped_column(default=3)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    intake_id: Mapped[int | None] = mapped_column(ForeignKey("intakes.id", ondelete="SET NULL"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="SET NULL"), index=True)
    serial_number: Mapped[str | None] = mapped_column(String(80), index=True)
    product_type: Mapped[str | None] = mapped_column(String(60))
    product_model: Mapped[str | None] = mapped_column(String(80))
    symptom: Mapped[str] = mapped_column(String(500), default="")
    fault_code: Mapped[str | None] = mapped_column(String(40))
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_phone: Mapped[str | None] = mapped_column(String(32), index=True)
    address: Mapped[str | None] = mapped_column(String(300))
    service_mode: Mapped[str | None] = mapped_column(String(10))
    visit_start: Mapped[datetime | None]
    visit_end: Mapped[datetime | None]
    visit_text: Mapped[str | None] = mapped_column(String(120))
    payer: Mapped[str | None] = mapped_column(String(24))
    decision: Mapped[dict[str, Any] | None]
    quote: Mapped[dict[str, Any] | None]
    service_level: Mapped[str | None] = mapped_column(String(40))
    deadlines: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pauses: Mapped[list[Any]] = mapped_column(default=list)
    severity_changes: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    reached: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    clock_from: Mapped[datetime | None]
    urge_count: Mapped[int] = mapped_column(default=0)
    repeat_repair: Mapped[bool] = mapped_column(default=False)
    linked_tickets: Mapped[list[Any]] = mapped_column(default=list)
    order_number: Mapped[str | None] = mapped_column(String(64))
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("engineers.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    resolution: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    device: Mapped[Device | None] = relationship()
    events: Mapped[list["TicketEvent"]] = relationship(back_populates="ticket", order_by="TicketEvent.id")
    notes: Mapped[list["TicketNote"]] = relationship(back_populates="ticket", order_by="TicketNote.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TicketEvent(Base):
    """One change of a ticket: who, when, why, what."""

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(300), default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="events")


class TicketNote(Base):
    """What a customer or a colleague added to a ticket."""

    __tablename__ = "ticket_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(back_populates="notes")


class TicketCounter(Base):
    """The last number given on a day, so that numbers are unique and run on."""

    __tablename__ = "ticket_counters"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


TAKEN = "state IN ('held', 'booked')"


class Visit(Base):
    """A time of an engineer kept for a ticket; `held` ones lapse at `held_until`.

    An engineer has one visit that is held or booked at a time; a cancelled one frees it. `place` is city/district;
    `late_until` the arrival that the customer was told when the engineer is late.
    """

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("state IN ('held', 'booked', 'cancelled', 'done')", name="state"),
        Index(
            "uq_visits_engineer_id_starts_at", "engineer_id", "starts_at", unique=True,
            sqlite_where=text(TAKEN), postgresql_where=text(TAKEN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    intake_id: Mapped[int | None] = mapped_column(ForeignKey("intakes.id", ondelete="SET NULL"), index=True)
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("engineers.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="held")
    held_until: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(String(60), default="", server_default="")
    late_until: Mapped[datetime | None]


class Callback(Base):
    """A promised call: kept, or apologised for when missed. `settled_at` says when it was kept, missed or cancelled."""

    __tablename__ = "callbacks"
    __table_args__ = (
        CheckConstraint("state IN ('promised', 'kept', 'missed', 'cancelled')", name="state"),
        Index("ix_callbacks_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    phone: Mapped[str | None] = mapped_column(String(32))
    due_at: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(10), default="promised")
    urge_count: Mapped[int] = mapped_column(default=0, server_default="0")
    settled_at: Mapped[datetime | None]
    apologised_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Rating(Base):
    """A score that a customer gave, and what was said with it; a low one is followed up by a person."""

    __tablename__ = "ratings"
    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    score: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500), default="")
    follow_up_due: Mapped[datetime | None]
    followed_up_at: Mapped[datetime | None]
    at: Mapped[datetime]
