"""Followers and their conversations in our records."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.records import db
from desk.records.models import Conversation, WechatUser
from desk.talk import saying

CHANNEL = "wechat"
_MOST_MET = 50_000
_met: set[tuple[str, str]] = set()


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
    if (account, openid) in _met:
        return True
    same = (WechatUser.account == account, WechatUser.openid == openid)
    return session.scalar(select(WechatUser.id).where(*same)) is not None


def remember(account: str, openid: str) -> None:
    """Note that this follower exists; costs nothing once this process knows it."""
    if (account, openid) in _met:
        return
    with db.transaction() as session:
        user(session, account, openid)
    if len(_met) >= _MOST_MET:
        _met.clear()
    _met.add((account, openid))


def forget() -> None:
    """Ask the database again who exists."""
    _met.clear()


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
