"""What the WeChat channel keeps: tokens, who follows, what came in, what was sent, pictures and notices."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base


class WechatAccount(Base):
    """An Official Account's access token, shared by all processes, and what its operator must be told.

    `lease_until`: until then one process fetches a new token and the others wait for it.
    """

    __tablename__ = "wechat_accounts"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str | None] = mapped_column(Text)
    token_until: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    alarm_code: Mapped[int | None]
    alarm_text: Mapped[str | None] = mapped_column(String(300))
    alarm_at: Mapped[datetime | None]


class WechatUser(Base):
    """A follower of whom WeChat told us."""

    __tablename__ = "wechat_users"
    __table_args__ = (UniqueConstraint("account", "openid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str] = mapped_column(String(128))
    follows: Mapped[bool | None]
    followed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    notices_off: Mapped[bool] = mapped_column(default=False)


class WechatInbound(Base):
    """A push by its key, so that it counts once. `reply` is the passive reply given, given again when asked again."""

    __tablename__ = "wechat_inbound"
    __table_args__ = (UniqueConstraint("account", "openid", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str] = mapped_column(String(128))
    key: Mapped[str] = mapped_column(String(128))
    deliveries: Mapped[int] = mapped_column(default=1)
    done: Mapped[bool] = mapped_column(default=False)
    conversation_id: Mapped[str | None] = mapped_column(String(40))
    turn_id: Mapped[str | None] = mapped_column(String(40))
    reply: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(index=True)


class WechatSent(Base):
    """How far a message of the outbox has reached the phone: how many of its parts, and whether all."""

    __tablename__ = "wechat_sent"

    outbound_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True)
    parts: Mapped[int] = mapped_column(default=0)
    done: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class WechatMedia(Base):
    """A picture to fetch within the three days that WeChat keeps it; `file` is below the data folder's media."""

    __tablename__ = "wechat_media"
    __table_args__ = (
        UniqueConstraint("message_id"),
        CheckConstraint("state IN ('waiting', 'stored', 'failed')", name="state"),
        Index("ix_wechat_media_due", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    media_id: Mapped[str] = mapped_column(String(256))
    url: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    file: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(String(120))


class WechatNotice(Base):
    """A template message or subscription notice; `status` is what WeChat tells of it later."""

    __tablename__ = "wechat_notices"
    __table_args__ = (
        UniqueConstraint("account", "purpose"),
        CheckConstraint("kind IN ('template', 'subscribe')", name="kind"),
        Index("ix_wechat_notices_message", "account", "msgid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str] = mapped_column(String(128))
    purpose: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(10))
    template_id: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    msgid: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(80), default="sending")
    created_at: Mapped[datetime]


class WechatConsent(Base):
    """How many subscription notices of a template a follower still allows."""

    __tablename__ = "wechat_consents"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    openid: Mapped[str] = mapped_column(String(128), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    left: Mapped[int] = mapped_column(default=0)
