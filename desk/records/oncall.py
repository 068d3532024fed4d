"""On call: who can be reached and when, alarms with the steps of their chain, and notices to colleagues."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.records.base import Base

ROLES = ("engineer", "supervisor", "manager")
DAYS = ("every", "workday", "restday", "holiday")
TURNS = ("none", "day", "week")
ALARM_STATES = ("ringing", "acknowledged", "called_off")
STEP_STATES = ("waiting", "done", "skipped")
NOTICE_STATES = ("pending", "sent", "failed", "cancelled")


class OncallPerson(Base):
    """Someone who can be told outside the browser. An empty address means: not by this way.

    `duty_group`: told together with the manager when nobody has answered an alarm.
    """

    __tablename__ = "oncall_people"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"), CheckConstraint("name <> ''", name="name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    role: Mapped[str] = mapped_column(String(12), default="engineer")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("engineers.id", ondelete="SET NULL"))
    phone: Mapped[str] = mapped_column(String(32), default="")
    mail: Mapped[str] = mapped_column(String(120), default="")
    wecom: Mapped[str] = mapped_column(String(64), default="")
    dingtalk: Mapped[str] = mapped_column(String(64), default="")
    duty_group: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)


class OncallShift(Base):
    """A stretch of days of one kind. `people`: ids in their order; the first one moves on each day or week.

    `starts` and `ends` are local HH:MM; a shift that does not end later than it starts runs into the next day. On a
    statutory holiday the shifts for holidays hold, if there is any, and no other.
    """

    __tablename__ = "oncall_shifts"
    __table_args__ = (CheckConstraint(f"days IN {DAYS}", name="days"), CheckConstraint(f"turn IN {TURNS}", name="turn"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    days: Mapped[str] = mapped_column(String(8), default="every")
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    people: Mapped[list[Any]] = mapped_column(default=list)
    turn: Mapped[str] = mapped_column(String(4), default="none")
    since: Mapped[date]


class OncallSwap(Base):
    """From `starts_at` to `ends_at` the person `in_id` stands in for `out_id`; without `in_id` `out_id` is away."""

    __tablename__ = "oncall_swaps"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    out_id: Mapped[int] = mapped_column(ForeignKey("oncall_people.id", ondelete="CASCADE"), index=True)
    in_id: Mapped[int | None] = mapped_column(ForeignKey("oncall_people.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
    actor: Mapped[str] = mapped_column(String(80))
    cancelled_at: Mapped[datetime | None]


class Alarm(Base):
    """A danger that somebody must take on now. `subject` makes it one per ticket, or per conversation and danger."""

    __tablename__ = "alarms"
    __table_args__ = (
        CheckConstraint(f"state IN {ALARM_STATES}", name="state"),
        Index("ix_alarms_state", "state", "raised_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    subject: Mapped[str] = mapped_column(String(80), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16), default="other")
    summary: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(12), default="ringing")
    raised_at: Mapped[datetime]
    raised_by: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("oncall_people.id", ondelete="SET NULL"))
    taken_by: Mapped[str] = mapped_column(String(80), default="")
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=0)

    steps: Mapped[list["AlarmStep"]] = relationship(back_populates="alarm", order_by="AlarmStep.number")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class AlarmStep(Base):
    """One step of an alarm's chain, due at an instant: a person, or the manager with the duty group (`leaders`)."""

    __tablename__ = "alarm_steps"
    __table_args__ = (
        UniqueConstraint("alarm_id", "number"),
        CheckConstraint(f"state IN {STEP_STATES}", name="state"),
        CheckConstraint("kind IN ('person', 'leaders')", name="kind"),
        Index("ix_alarm_steps_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarms.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8), default="person")
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    people: Mapped[list[Any]] = mapped_column(default=list)
    done_at: Mapped[datetime | None]

    alarm: Mapped[Alarm] = relationship(back_populates="steps")


class StaffNotice(Base):
    """A message to a colleague, or to a group's robot, on its way: retried with back-off until sent or failed.

    `key` makes it one; `medium` is a name of desk.notify, `address` what that medium sends to.
    """

    __tablename__ = "staff_notices"
    __table_args__ = (
        CheckConstraint(f"state IN {NOTICE_STATES}", name="state"),
        Index("ix_staff_notices_due", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    purpose: Mapped[str] = mapped_column(String(32))
    medium: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("oncall_people.id", ondelete="SET NULL"))
    address: Mapped[str] = mapped_column(String(300), default="")
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500), default="")
    alarm_id: Mapped[int | None] = mapped_column(ForeignKey("alarms.id", ondelete="CASCADE"), index=True)
    step: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
