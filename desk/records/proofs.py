"""Codes sent by text message, by which a customer proves whose phone they hold."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base


class IdentityCode(Base):
    """A code that was asked for. The code itself is not kept: it follows from `nonce` and the firm's own key."""

    __tablename__ = "identity_codes"
    __table_args__ = (
        Index("ix_identity_codes_phone_at", "phone", "asked_at"),
        Index("ix_identity_codes_conversation_at", "conversation_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    phone: Mapped[str] = mapped_column(String(32))
    nonce: Mapped[str] = mapped_column(String(43))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
