"""What administrators leave behind: one-time links, saved settings, the versions of policy files."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base


class PasswordLink(Base):
    """A link by which a colleague sets a password, once. Only the token's SHA-256 is kept."""

    __tablename__ = "password_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SavedSetting(Base):
    """A setting that is changed in the console and not in the environment, such as how long data are kept."""

    __tablename__ = "saved_settings"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime]


class PolicyVersion(Base):
    """A policy file as it was put in place; `content` None: the company's file was taken away again."""

    __tablename__ = "policy_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(80), index=True)
    content: Mapped[str | None] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[datetime]
