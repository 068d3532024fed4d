"""Conversations: who handles them, what was said, and what each turn did."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base

OWNERS = ("bot", "queued", "agent", "closed")
TURN_STATES = ("waiting", "asked", "answered", "dropped")


class Conversation(Base):
    """One customer on one channel. `state` says who handles it; each change raises `version` and is audited."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("channel", "account", "sender"),
        CheckConstraint(f"state IN {OWNERS}", name="state"),
        CheckConstraint("state <> 'agent' OR agent_id IS NOT NULL", name="agent"),
        Index("ix_conversations_queue", "state", "priority", "queued_at"),
        Index("ix_conversations_lively", "state", "last_message_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64), default="")
    sender: Mapped[str] = mapped_column(String(128))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="bot")
    version: Mapped[int] = mapped_column(default=0)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    queued_at: Mapped[datetime | None]
    queue_group: Mapped[str | None] = mapped_column(String(40))
    handoff_reason: Mapped[str | None] = mapped_column(String(32))
    priority: Mapped[int] = mapped_column(default=3)
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime | None] = mapped_column(index=True)


class Message(Base):
    """One line of a conversation. `external_id` is the channel's own id of an inbound one."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "external_id"),
        Index("ix_messages_author", "conversation_id", "author", "seq"),
        CheckConstraint("author IN ('customer', 'bot', 'agent', 'system', 'note')", name="author"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    author: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    external_id: Mapped[str | None] = mapped_column(String(128))
    turn_id: Mapped[str | None] = mapped_column(String(40), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[str | None] = mapped_column(Text)
    buttons: Mapped[list[Any] | None]
    attachments: Mapped[list[Any] | None]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class Turn(Base):
    """What one customer message (or a burst of them) led to. `outcome` is the API's turn without its replies."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        CheckConstraint(f"state IN {TURN_STATES}", name="state"),
        Index("ix_turns_state", "state", "next_try_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    text: Mapped[str] = mapped_column(Text, default="")
    handled_by: Mapped[str | None] = mapped_column(String(8))
    outcome: Mapped[dict[str, Any] | None]
    understood: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    notice_sent: Mapped[bool] = mapped_column(default=False)
    next_try_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class TurnEffect(Base):
    """An effect of a turn, written once: asked for again, the stored result is returned."""

    __tablename__ = "turn_effects"

    turn_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    use_case: Mapped[str] = mapped_column(String(40), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    result: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Outbound(Base):
    """A message on its way to a channel; retried with back-off until sent or failed for good."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sent', 'failed', 'held')", name="state"),
        Index("ix_outbox_due", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(String(300))
    sent_at: Mapped[datetime | None]


class Intake(Base):
    """What is known of a case, from the first fact on: the one truth that Rasa's slots are a projection of.

    `facts`: what the customer said or the records told (see desk.cases.facts); `dialogue`: the open question, how
    often each was asked, what was offered, refused and already explained; `decision`: the warranty decision shown.
    """

    __tablename__ = "intakes"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'ticketed', 'refused', 'closed')", name="state"),
        Index("ix_intakes_open", "conversation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    kind: Mapped[str] = mapped_column(String(16), default="repair")
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="SET NULL"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dialogue: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decision: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DialogueState(Base):
    """What the assistant remembers of a conversation outside a case: the open question, offers, failures, mood."""

    __tablename__ = "dialogue_states"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime]
