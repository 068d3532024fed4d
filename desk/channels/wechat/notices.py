"""Template messages and subscription notices, and what WeChat tells of them later."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import time
from desk.channels.wechat import people, settings
from desk.channels.wechat.client import Refused, Unreachable, client
from desk.channels.wechat.messages import Push
from desk.records import db
from desk.records.models import WechatConsent, WechatNotice

# What WeChat allows in a value, by the field's name without its number.
_LONGEST = {"thing": 20, "phrase": 5, "character_string": 32, "number": 32, "name": 10, "const": 20, "short_thing": 10}
_NO_CHINESE = re.compile(r"[^\x20-\x7e]")
_ONLY_CHINESE = re.compile(r"[^\u4e00-\u9fff]")
_STOP = frozenset({43004, 43019, 48002})
NO_CONSENT = 43101


def tell(account: str, openid: str, name: str, purpose: str, values: dict[str, str], url: str = "") -> str:
    """Send the notice `name` (of AFTERCARE_WECHAT_TEMPLATES) once for `purpose` (e.g. "TK20261121-0001:scheduled").

    `values` fill the template's blanks. Returns sent, already, off (the follower wants none, or left), unset (no such
    template), no_consent, or failed.
    """
    found = settings.account(account)
    template = found.templates.get(name) if found is not None else None
    caller = client(account)
    if template is None or caller is None:
        return "unset"
    notice_id = _open(account, openid, name, purpose, template, values)
    if isinstance(notice_id, str):
        return notice_id
    kind, data = template.get("kind", "template"), fields(template, values)
    try:
        if kind == "subscribe":
            msgid = ""
            caller.subscribe_notice(openid, template["id"], data, url)
        else:
            msgid = caller.template(openid, template["id"], data, url, once=f"n{notice_id}")
    except Refused as refused:
        return _refused(account, openid, notice_id, refused)
    except Unreachable:
        _status(notice_id, "failed:unreachable")
        return "failed"
    _status(notice_id, "sent", msgid)
    return "sent"


def fields(template: dict[str, str], values: dict[str, str]) -> dict[str, Any]:
    """The template's data: each field that is not kind or id names a blank of `values`."""
    return {
        field: {"value": _fit(field, values.get(blank, ""))}
        for field, blank in template.items()
        if field not in ("kind", "id")
    }


def agreed(session: Session, account: str, push: Push) -> None:
    """A follower allowed or refused further notices."""
    for entry in _entries(push):
        template_id, said = entry.get("TemplateId", ""), entry.get("SubscribeStatusString", "")
        if not template_id:
            continue
        key = (account, push.openid, template_id)
        consent = session.get(WechatConsent, key, with_for_update=True)
        if consent is None:
            consent = WechatConsent(account=account, openid=push.openid, template_id=template_id, left=0)
            session.add(consent)
        consent.left = consent.left + 1 if said == "accept" else 0


def reported(session: Session, account: str, push: Push) -> None:
    """WeChat tells whether a notice reached its reader."""
    entries = [{"MsgID": push.text("MsgID"), "Status": push.text("Status")}] if push.text("MsgID") else _entries(push)
    for entry in entries:
        status = entry.get("Status") or entry.get("ErrorStatus") or ""
        notice = _reported(session, account, push.openid, entry.get("MsgID", ""))
        if notice is not None:
            notice.status = ("delivered" if status == "success" else f"failed:{status}")[:80]
        if "user block" in status:
            people.user(session, account, push.openid).notices_off = True


def _reported(session: Session, account: str, openid: str, msgid: str) -> WechatNotice | None:
    mine = (WechatNotice.account == account, WechatNotice.openid == openid)
    found = session.scalar(select(WechatNotice).where(*mine, WechatNotice.msgid == msgid).with_for_update())
    if found is None:
        # The report can be here before the answer that names the message.
        open_ones = select(WechatNotice).where(*mine, WechatNotice.status == "sending").order_by(WechatNotice.id)
        found = session.scalar(open_ones.limit(1).with_for_update())
        if found is not None:
            found.msgid = msgid
    return found


def _entries(push: Push) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for name in ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent"):
        inner = push.fields.get(name)
        entries = inner.get("List", []) if isinstance(inner, dict) else []
        found += entries if isinstance(entries, list) else [entries]
    return [entry for entry in found if isinstance(entry, dict)]


def _open(
    account: str, openid: str, name: str, purpose: str, template: dict[str, str], values: dict[str, str]
) -> int | str:
    try:
        with db.transaction() as session:
            follower = people.user(session, account, openid)
            if follower.notices_off or follower.follows is False:
                return "off"
            if template.get("kind") == "subscribe":
                consent = session.get(WechatConsent, (account, openid, template["id"]), with_for_update=True)
                if consent is None or consent.left < 1:
                    return "no_consent"
                consent.left -= 1
            notice = WechatNotice(
                account=account, openid=openid, purpose=f"{name}:{purpose}"[:128],
                kind=template.get("kind", "template"), template_id=template["id"], data=dict(values),
                created_at=time.now(),
            )
            session.add(notice)
            session.flush()
            return notice.id
    except IntegrityError:
        return "already"


def _refused(account: str, openid: str, notice_id: int, refused: Refused) -> str:
    if refused.code in _STOP:
        with db.transaction() as session:
            people.user(session, account, openid).notices_off = True
    _status(notice_id, f"failed:{refused.code}")
    return {NO_CONSENT: "no_consent", **dict.fromkeys(_STOP, "off")}.get(refused.code, "failed")


def _status(notice_id: int, status: str, msgid: str = "") -> None:
    with db.transaction() as session:
        notice = session.get_one(WechatNotice, notice_id, with_for_update=True)
        notice.msgid = msgid or notice.msgid
        if notice.status == "sending":
            notice.status = status[:80]


def _fit(field: str, value: str) -> str:
    kind = field.rstrip("0123456789")
    if kind == "phrase":
        value = _ONLY_CHINESE.sub("", value)
    if kind in ("character_string", "number"):
        value = _NO_CHINESE.sub("", value)
    longest = _LONGEST.get(kind, 20)
    return value if len(value) <= longest else value[: longest - 1] + "…" if kind == "thing" else value[:longest]
