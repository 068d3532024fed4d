"""What the outbox sends on WeChat: customer-service messages within their quota, in order, never a part twice."""

import logging
from typing import Any

from desk import time
from desk.cases import photos
from desk.channels.wechat import people, progress, settings, wording
from desk.channels.wechat.client import ALARM_CODES, BUSY_CODES, TOKEN_CODES, Client, Refused, Unreachable, client
from desk.channels.wechat.messages import sanitised
from desk.records import db
from desk.records.models import Message
from desk.talk.senders import Held, Letter, NeverDeliverable, TryLater

A_MESSAGE_ALLOWS = 5
OUT_OF_WINDOW, OUT_OF_QUOTA, NO_MENU = 45015, 45047, 40200
_LEFT, _WRONG_OPENID = 43004, 40003
_UNWANTED = frozenset({43019, 48002})
_OUR_MISTAKE = frozenset({44002, 44004, 45001, 45002, 47001, 40004, 40005, 40007, 40009})
_ALARM_PAUSE, _DAY_PAUSE = 300.0, 1800.0
# A push and its quota may cross: 45047 on the very first answer is not believed at once.
_CROSSING = 10.0

log = logging.getLogger(__name__)


def deliver(letter: Letter) -> None:
    """Send one message of the outbox, and with it those right behind it that fit. See desk.talk.senders for errors."""
    account = settings.account(letter.account)
    with db.reading() as session:
        if progress.finished(session, letter.outbound_id):
            return
        if not people.known(session, letter.account, letter.sender):
            return  # an integrator speaks for this channel by the API, and fetches the answers there
    if account is None:
        raise TryLater("公众号没有配置", _ALARM_PAUSE)
    if not account.verified:
        raise Held("未认证的公众号只能在客户来消息时回复")
    caller = client(letter.account)
    if caller is None:
        raise TryLater("公众号没有配置 AppID 和 AppSecret", _ALARM_PAUSE)
    _send(letter, account, caller)


def _send(letter: Letter, account: settings.Account, caller: Client) -> None:
    with db.reading() as session:
        first = session.get_one(Message, letter.message_id)
        rows = progress.unsent(session, letter.conversation_id, first.seq)
        done = progress.parts_done(session, letter.outbound_id)
    own = [row for row in rows if row[0].id == letter.outbound_id]
    # What was begun in parts is ended in the same parts.
    together = wording.batch(own if done else rows)
    if together.picture is not None:
        return _picture(letter, caller, together.picture)
    parts = [sanitised(part) for part in together.parts()] or [""]
    for number in range(done, len(parts)):
        last = number == len(parts) - 1
        content = parts[number]
        if not last and _allowed(letter) == 1:
            content = wording.continued(content)
        if last and together.buttons:
            _with_buttons(letter, account, caller, content, together.buttons)
        elif content:
            _once(letter, caller, wording.text(content))
        with db.transaction() as session:
            begun = progress.of(session, letter.outbound_id)
            begun.parts, begun.at = number + 1, time.now()
            if last:
                progress.finish(session, together.outbound_ids)


def _picture(letter: Letter, caller: Client, found: dict[str, Any]) -> None:
    """Upload it, and send what WeChat calls it."""
    file = photos.path(found)
    if file is None:
        raise NeverDeliverable("图片已经删除，发不出去")
    try:
        media_id = caller.upload("image", "photo.jpg", file.read_bytes())
    except Unreachable as error:
        raise TryLater(str(error)) from error
    except Refused as refused:
        raise _meaning(letter, refused) from refused
    _once(letter, caller, wording.image(media_id))
    with db.transaction() as session:
        progress.of(session, letter.outbound_id).parts = 1
        progress.finish(session, [letter.outbound_id])


def _allowed(letter: Letter) -> int:
    """How many more WeChat lets us send by our own count; WeChat decides."""
    if letter.last_inbound_at is None:
        return 0
    with db.reading() as session:
        return A_MESSAGE_ALLOWS - progress.sent_since(session, letter.conversation_id, letter.last_inbound_at)


def _with_buttons(
    letter: Letter, account: settings.Account, caller: Client, content: str, buttons: list[dict[str, str]]
) -> None:
    if account.buttons == "menu":
        try:
            return _once(letter, caller, wording.menu(content, buttons, letter.message_id), may_fall_back=True)
        except Refused:
            log.info("wechat_menu_not_allowed", extra={"account": letter.account})
    return _once(letter, caller, wording.text(wording.numbered(content, buttons)))


def _once(letter: Letter, caller: Client, message: dict[str, object], *, may_fall_back: bool = False) -> None:
    try:
        caller.send(letter.sender, message)
    except Unreachable as error:
        raise TryLater(str(error)) from error
    except Refused as refused:
        if may_fall_back and refused.code == NO_MENU:
            raise
        raise _meaning(letter, refused) from refused


def _meaning(letter: Letter, refused: Refused) -> Exception:
    """What a refusal asks of the outbox."""
    code = refused.code
    if code == OUT_OF_QUOTA and letter.attempt == 1 and _just_wrote(letter):
        return TryLater("45047", 1.0)
    if code in (OUT_OF_WINDOW, OUT_OF_QUOTA):
        return Held(f"微信限制（{code}）：客户下次来消息时发出")
    if code in BUSY_CODES:
        return TryLater(f"微信繁忙（{code}）")
    if code == 45009:
        return TryLater("微信接口当天次数用完（45009）", _DAY_PAUSE)
    if code in TOKEN_CODES:
        return TryLater(f"微信不认凭证（{code}）")
    if code in ALARM_CODES:
        return TryLater(f"公众号配置要处理（{code}）", _ALARM_PAUSE)
    if code == _LEFT:
        _left(letter)
        return NeverDeliverable("客户已取消关注，发不到了（43004）")
    if code == _WRONG_OPENID:
        return NeverDeliverable("这个 openid 不属于本公众号（40003）")
    if code in _UNWANTED:
        _left(letter, notices_only=True)
        return NeverDeliverable(f"客户不接收消息（{code}）")
    if code in _OUR_MISTAKE:
        log.error("wechat_refused_content", extra={"code": code, "outbound": letter.outbound_id})
        return NeverDeliverable(f"微信不接受这条内容（{code}）")
    return TryLater(f"微信报错 {code}")


def _just_wrote(letter: Letter) -> bool:
    heard = letter.last_inbound_at
    return heard is not None and (time.now() - heard).total_seconds() < _CROSSING


def _left(letter: Letter, *, notices_only: bool = False) -> None:
    with db.transaction() as session:
        row = people.user(session, letter.account, letter.sender)
        row.notices_off = True
        if not notices_only:
            row.follows, row.left_at = False, row.left_at or time.now()
