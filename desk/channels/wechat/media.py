"""Pictures that followers send: fetched while WeChat has them, checked by content, stored without their metadata."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from desk import time
from desk.cases import photos
from desk.channels.wechat import people
from desk.channels.wechat import settings as wechat
from desk.channels.wechat.client import LARGEST_MEDIA, TIMEOUT, Refused, Unreachable, client
from desk.records import db
from desk.records.models import Message, WechatMedia
from desk.talk import engine, saying

_BACKOFF = (10.0, 30.0, 120.0, 600.0, 3600.0)
_MOST_ATTEMPTS = 40  # about a day and a half, of the three days that WeChat keeps it
_GONE = frozenset({40007, 45001})

log = logging.getLogger(__name__)


class NoPicture(Exception):
    """The picture is not to be had."""


def fetch_due(limit: int = 20) -> int:
    """Fetch the pictures whose time has come; how many were stored. Many processes may call it."""
    with db.reading() as session:
        due = session.scalars(
            select(WechatMedia.id)
            .where(WechatMedia.state == "waiting", WechatMedia.next_try_at <= time.now())
            .order_by(WechatMedia.next_try_at)
            .limit(limit)
        ).all()
    return sum(_fetch(media_id) for media_id in due)


def _fetch(row_id: int) -> bool:
    with db.transaction() as session:
        row = session.scalar(select(WechatMedia).where(WechatMedia.id == row_id).with_for_update(skip_locked=True))
        if row is None or row.state != "waiting" or row.next_try_at > time.now():
            return False
        row.attempts += 1
        row.next_try_at = time.now() + timedelta(seconds=_BACKOFF[min(row.attempts, len(_BACKOFF)) - 1])
        account, media_id, url, last = row.account, row.media_id, row.url, row.attempts >= _MOST_ATTEMPTS
    try:
        stored = photos.keep(_content(account, media_id, url), people.CHANNEL)
    except (NoPicture, photos.NoPicture) as problem:
        return _ended(row_id, error=str(problem))
    except Refused as refused:
        return _ended(row_id, error=f"微信报错 {refused.code}") if last or refused.code in _GONE else False
    except Unreachable as problem:
        return _ended(row_id, error=str(problem)) if last else False
    return _ended(row_id, stored=stored)


def _content(account: str, media_id: str, url: str) -> bytes:
    """By the API where the account may, else from the message's address. Raises Refused, Unreachable, NoPicture."""
    caller = client(account)
    if caller is not None:
        try:
            return caller.media(media_id)
        except Refused as refused:
            if refused.code != 48001 or not _trusted(url):
                raise
    if not _trusted(url):
        raise NoPicture("没有下载权限")
    return _public(url)


def _trusted(url: str) -> bool:
    # Only WeChat's own picture servers: a push must not make us call anything else.
    host = urlsplit(url).hostname or ""
    return urlsplit(url).scheme in ("http", "https") and host in wechat.settings().picture_hosts


def _public(url: str) -> bytes:
    try:
        with requests.get(url, timeout=TIMEOUT, stream=True, allow_redirects=False) as response:
            if response.status_code != 200:
                raise Unreachable(f"HTTP {response.status_code}")
            found = bytearray()
            for chunk in response.iter_content(65536):
                found += chunk
                if len(found) > LARGEST_MEDIA:
                    raise NoPicture("图片太大")
            return bytes(found)
    except requests.RequestException as error:
        raise Unreachable(type(error).__name__) from error


def _ended(row_id: int, *, stored: dict[str, Any] | None = None, error: str | None = None) -> bool:
    with db.transaction() as session:
        row = session.get_one(WechatMedia, row_id, with_for_update=True)
        row.state, row.error = ("stored" if stored else "failed"), error
        row.file = stored["file"] if stored else None
        message = session.get_one(Message, row.message_id)
        told = photos.with_offer(session, stored) if stored else {"state": row.state, "error": error}
        message.attachments = [
            {**item, **told} if item.get("media_id") == row.media_id else item for item in message.attachments or []
        ]
        flag_modified(message, "attachments")
        conversation = saying.locked(session, message.conversation_id)
        if conversation is not None:
            photos.offer_late(session, conversation, told)
        conversation_id = message.conversation_id
    if stored and "offer" in told:
        engine.current().send(conversation_id)
    if error:
        log.warning("wechat_media_failed", extra={"why": error})
    return stored is not None
