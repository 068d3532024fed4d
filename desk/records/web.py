"""What the website channel keeps beside conversations: who was told what is stored, and the keys it signs with."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base


class PrivacyNotice(Base):
    """A conversation whose customer was told what is stored of it, once."""

    __tablename__ = "privacy_notices"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    told_at: Mapped[datetime]


class SigningKey(Base):
    """A random key that all processes on this database share, by what it signs."""

    __tablename__ = "signing_keys"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
