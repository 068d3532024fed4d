"""How agents work side by side: groups, who is there, canned replies, what each has read, who was mentioned."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base

ASSIGNMENTS = ("pull", "round_robin")
PRESENCES = ("online", "busy", "away", "offline")


class AgentGroup(Base):
    """A line of its own: `code` stands in Staff.groups and Conversation.queue_group.

    `skills` are the product types and handoff reasons that lead here. `assignment`: agents take from the line, or are
    given in turn. Who leaves a customer without an answer for `idle_minutes` loses the conversation to the line.
    """

    __tablename__ = "agent_groups"
    __table_args__ = (
        CheckConstraint(f"assignment IN {ASSIGNMENTS}", name="assignment"),
        CheckConstraint("idle_minutes > 0", name="idle_minutes"),
    )

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    assignment: Mapped[str] = mapped_column(String(12), default="pull")
    skills: Mapped[list[Any]] = mapped_column(default=list)
    idle_minutes: Mapped[int] = mapped_column(default=10)
    active: Mapped[bool] = mapped_column(default=True)


class StaffSeen(Base):
    """When a colleague's console was last heard of, and when they were last given a conversation.

    What they chose to be stands in Staff.presence; who was not heard of for a while is offline all the same.
    """

    __tablename__ = "staff_seen"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
    assigned_at: Mapped[datetime | None]


class CannedReply(Base):
    """A text that agents send often, with variables such as {客户称呼}; without a group it is everybody's."""

    __tablename__ = "canned_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    shortcut: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    group_code: Mapped[str | None] = mapped_column(ForeignKey("agent_groups.code", ondelete="CASCADE"), index=True)


class ChatRead(Base):
    """Up to which line a colleague has read a conversation."""

    __tablename__ = "chat_reads"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seq: Mapped[int] = mapped_column(default=0)


class Mention(Base):
    """A colleague who was named in an internal note; `seen_at` when they looked."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_unseen", "staff_id", "seen_at"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[datetime | None]


class WaitTold(Base):
    """What a waiting customer was last told of the line: so many before them, about so many minutes."""

    __tablename__ = "waits_told"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    minutes: Mapped[int | None]
    told_at: Mapped[datetime]
