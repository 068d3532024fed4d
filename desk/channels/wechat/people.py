"""Followers and their conversations in our records."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Conversation, WechatUser
from desk.talk import saying

CHANNEL = "wechat"


def user(session: Session, account: str, openid: str) -> WechatUser:
    """The follower's row, made when it is not there, locked until the transaction ends."""
    same = (WechatUser.account == account, WechatUser.openid == openid)
    row = session.scalar(select(WechatUser).where(*same).with_for_update())
    if row is None:
        row = WechatUser(account=account, openid=openid)
        session.add(row)
        session.flush()
    return row


def known(session: Session, account: str, openid: str) -> bool:
    """Whether WeChat ever told us of this follower."""
    same = (WechatUser.account == account, WechatUser.openid == openid)
    return session.scalar(select(WechatUser.id).where(*same)) is not None


def wrote(row: WechatUser) -> None:
    """They sent a message: WeChat allows five answers in 48 hours."""
    row.quota_left, row.window_until = 5, time.now() + timedelta(hours=48)


def tapped(row: WechatUser) -> None:
    """They tapped the menu, followed or scanned: three answers within a minute, unless more was allowed already."""
    now = time.now()
    if row.window_until is None or row.window_until <= now:
        row.quota_left, row.window_until = 3, now + timedelta(minutes=1)
    else:
        row.quota_left = max(row.quota_left, 3)


def find_conversation(session: Session, account: str, openid: str) -> Conversation | None:
    """The follower's conversation, if there is one."""
    return session.scalar(
        select(Conversation).where(
            Conversation.channel == CHANNEL, Conversation.account == account, Conversation.sender == openid
        )
    )


def conversation(session: Session, account: str, openid: str) -> Conversation:
    """The follower's conversation, made when there is none, locked until the transaction ends.

    Two that make it at the same moment: one gets IntegrityError and does its transaction again.
    """
    found = find_conversation(session, account, openid)
    if found is None:
        found = Conversation(
            id=f"cv-{uuid.uuid4().hex}", channel=CHANNEL, account=account, sender=openid, created_at=time.now(),
            state="bot", version=0, last_seq=0, priority=3,
        )
        session.add(found)
        session.flush()
    locked = saying.locked(session, found.id)
    assert locked is not None
    return locked
