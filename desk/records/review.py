"""Messages that the assistant was not sure of, and what a person says they mean."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base


class DoubtfulMessage(Base):
    """One message with its personal data made unreadable. Decided when `labelled_at` is set: trained on if it then has
    a `label`, put aside if not."""

    __tablename__ = "doubtful_messages"
    __table_args__ = (Index("ix_doubtful_messages_open", "labelled_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str] = mapped_column(String(40), unique=True)
    text: Mapped[str] = mapped_column(Text)
    asks: Mapped[str | None] = mapped_column(String(40))
    predicted: Mapped[list[Any]]
    confidence: Mapped[float]
    created_at: Mapped[datetime]
    label: Mapped[str | None] = mapped_column(String(40))
    second_label: Mapped[str | None] = mapped_column(String(40))
    labelled_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    labelled_at: Mapped[datetime | None]
