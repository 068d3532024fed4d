"""Telephone calls, what was said in them, and messages left after the tone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base

OUTCOMES = ("ticket", "voicemail", "transfer", "answered", "half", "missed")
TURN_KINDS = ("said", "heard", "keys", "failed")


class Call(Base):
    """One call. `caller` is the number that the exchange showed (None: withheld); it proves nothing.

    `outcome` is set when it ends: half is a call that broke off with something said and nothing to show for it, missed
    one in which nothing was said. `next` is where the exchange sends the caller afterwards.
    """

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint(f"outcome IS NULL OR outcome IN {OUTCOMES}", name="outcome"),
        Index("ix_calls_caller", "caller", "started_at"),
        Index("ix_calls_open", "outcome", "handled_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    caller: Mapped[str | None] = mapped_column(String(32))
    called: Mapped[str] = mapped_column(String(32), default="")
    danger: Mapped[str | None] = mapped_column(String(12))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"), index=True)
    next: Mapped[str] = mapped_column(String(12), default="hangup")
    outcome: Mapped[str | None] = mapped_column(String(10))
    recording: Mapped[str | None] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    handled_note: Mapped[str] = mapped_column(String(300), default="")


class CallTurn(Base):
    """One line of a call: what we said, what was heard (with the recogniser's confidence), keys, or what failed."""

    __tablename__ = "call_turns"
    __table_args__ = (CheckConstraint(f"kind IN {TURN_KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[float | None]
    at: Mapped[datetime]


class Voicemail(Base):
    """A message left after the tone: `file` under the data folder, `transcript` once it was listened to."""

    __tablename__ = "voicemails"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'heard', 'unheard')", name="state"),
        Index("ix_voicemails_open", "handled_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), unique=True)
    file: Mapped[str | None] = mapped_column(String(120))
    seconds: Mapped[float] = mapped_column(default=0.0)
    transcript: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    danger: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    handled_note: Mapped[str] = mapped_column(String(300), default="")
