"""Who is signed in to the console, and who tried to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base


class StaffSession(Base):
    """One sign-in of a colleague on one browser. Only the token's SHA-256 is kept.

    `password_mark` is a digest of the password hash at sign-in: a new password ends every session.
    """

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    password_mark: Mapped[str] = mapped_column(String(64))
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SigninFailure(Base):
    """An attempt to sign in that was not (or not yet) found right; what slows guessing is counted from these."""

    __tablename__ = "signin_failures"
    __table_args__ = (Index("ix_signin_failures_login", "login", "at"), Index("ix_signin_failures_ip", "ip", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60))
    ip: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]
