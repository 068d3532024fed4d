"""What is due later about a ticket, a callback or a device, and the reports that colleagues write."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base

STATES = ("waiting", "done", "skipped", "cancelled")


class FollowUp(Base):
    """One thing to do at `due_at`, and not after `latest_at`. `key` makes it one; `result` says what came of it."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_follow_ups_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    callback_id: Mapped[int | None] = mapped_column(ForeignKey("callbacks.id", ondelete="CASCADE"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime]
    latest_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    result: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class FollowPlan(Base):
    """The version of a ticket that its follow-ups were planned from; a newer ticket is planned anew."""

    __tablename__ = "follow_plans"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]


class ServiceReport(Base):
    """What was found and done, written by who did it, within a day of the resolution."""

    __tablename__ = "service_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class MaintenancePlan(Base):
    """A device's regular maintenance: the next day, and how many months lie between two."""

    __tablename__ = "maintenance_plans"
    __table_args__ = (CheckConstraint("every_months > 0", name="every_months"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), unique=True)
    every_months: Mapped[int]
    next_on: Mapped[date] = mapped_column(index=True)
