"""What only the operator can put right, said so that they can: kept per account, in the audit log, shown by doctor."""

import logging
import re

from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit
from desk.records import db
from desk.records.models import WechatAccount

# What to do, by WeChat's code.
ADVICE = {
    40001: "AppSecret 不对，或凭证一直无效：请核对 AFTERCARE_WECHAT_APPID 和 AFTERCARE_WECHAT_SECRET。",
    40013: "AppID 不对：请核对 AFTERCARE_WECHAT_APPID。",
    40125: "AppSecret 不对：请核对 AFTERCARE_WECHAT_SECRET；重置过的话要换成新的。",
    40164: "服务器出口 IP {ip} 不在白名单：请到公众平台“开发接口管理→IP 白名单”加上它；出口 IP 会变的要先固定。",
    89503: "这个 IP 要公众号管理员在微信里确认：请管理员留意模板消息并点“同意”。",
    45009: "今天的接口调用次数用完了：明天自动恢复；急用可在公众平台清零。",
    48001: "这个账号没有该接口的权限：未认证的号请设 AFTERCARE_WECHAT_VERIFIED=0；刚认证的要等权限生效。",
    48004: "接口被封禁：请登录公众平台查看通知。",
    50002: "账号功能受限：请登录公众平台查看通知。",
    42007: "管理员改了密码：请在公众平台重新授权。",
}
_IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")

LOOK_EVERY = 5.0

log = logging.getLogger(__name__)
_looked: dict[str, float] = {}


def account_row(session: Session, account: str) -> WechatAccount:
    """The account's row, made when it is not there, locked until the transaction ends."""
    row = session.get(WechatAccount, account, with_for_update=True)
    if row is None:
        row = WechatAccount(account=account)
        session.add(row)
        session.flush()
    return row


def ring(account: str, code: int, message: str) -> None:
    """Note that WeChat refused with `code`; written once until it changes or is over."""
    found = _IP.search(message)
    advice = ADVICE.get(code, "请按微信的错误码查看公众平台文档。").format(ip=found[0] if found else "（见下）")
    text = f"微信报错 {code}：{advice}（{message[:120]}）"[:300]
    _looked.pop(account, None)
    with db.transaction() as session:
        row = account_row(session, account)
        if row.alarm_code == code:
            return
        row.alarm_code, row.alarm_text, row.alarm_at = code, text, time.now()
        audit.note(session, "system", "wechat_alarm", "wechat_account", account or "default", text[:300], code=code)
    log.error("wechat_alarm", extra={"account": account, "code": code, "advice": advice})


def over(account: str) -> None:
    """WeChat took a call: whatever was wrong is right again. Looks every few seconds, not at each call."""
    now = time.monotonic()
    if now < _looked.get(account, 0.0) + LOOK_EVERY:
        return
    _looked[account] = now
    with db.reading() as session:
        row = session.get(WechatAccount, account)
        if row is None or row.alarm_code is None:
            return
    with db.transaction() as session:
        row = account_row(session, account)
        row.alarm_code = row.alarm_text = row.alarm_at = None
        audit.note(session, "system", "wechat_alarm_over", "wechat_account", account or "default")


def current(account: str) -> str | None:
    """What is wrong with the account now, in words for its operator; None when nothing is."""
    with db.reading() as session:
        row = session.get(WechatAccount, account)
        return row.alarm_text if row is not None else None
