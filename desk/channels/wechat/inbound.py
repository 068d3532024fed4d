"""A push becomes a turn, a line or a note in our records: once, however often WeChat delivers it."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import texts, time
from desk.channels.wechat import first_contact, following, notices, order, passive, people, progress, scans, settings
from desk.channels.wechat.messages import UNSUPPORTED, Push
from desk.records import db
from desk.records.models import Conversation, Message, WechatInbound, WechatMedia
from desk.talk import engine, inbox, offered, saying, words

_NUMBER = re.compile(r"[（(]?([1-9１-９①-⑨])[)）.、。]?")
_GO_ON = re.compile(r"[1１]|继续|继续看|下一页|更多")
_WIDE = str.maketrans("１２３４５６７８９①②③④⑤⑥⑦⑧⑨", "123456789123456789")
# A text that only points at what was offered is a tap: nothing will follow it.
_TAP = 0.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """Where a push went. `turn_id` is the turn whose answer it waits for; `reply` the passive reply given before."""

    inbound_id: int | None = None
    conversation_id: str | None = None
    turn_id: str | None = None
    new: bool = False
    deliveries: int = 1
    reply: str | None = None
    asks_bot: bool = False


IGNORED = Taken()


def take(account: str, push: Push) -> Taken:
    """Store what a push brings. When this returns it is not lost; a repeat changes nothing."""
    key = push.key
    if key is None or push.event in _IGNORED_EVENTS or len(push.openid) > 128:
        return IGNORED
    for _ in range(4):
        try:
            return _take(account, push, key)
        except IntegrityError:
            # Another delivery, or another message of a new follower, was stored at the same moment.
            continue
    raise RuntimeError("the push could not be stored")


def _take(account: str, push: Push, key: str) -> Taken:
    if _is_plain_text(push):
        # What most pushes are: the inbox itself knows a repeat.
        return _turn(account, push, key, _Said(push.text("Content")))
    seen = _seen(account, push, key)
    if seen is not None:
        return seen
    plan = _plan(account, push)
    if isinstance(plan, _Said):
        return _turn(account, push, key, plan)
    return _direct(account, push, key, plan)


def _is_plain_text(push: Push) -> bool:
    content = push.text("Content")
    pointing = content in UNSUPPORTED or _GO_ON.fullmatch(content) or _NUMBER.fullmatch(content)
    special = push.hostile or push.damaged or push.text("bizmsgmenuid") or pointing
    return push.kind == "text" and bool(content) and not special


# what a push means


@dataclass(frozen=True)
class _Said:
    """Words for the conversation: a turn of their own, or of the burst they belong to."""

    text: str
    attachments: list[dict[str, Any]] | None = None
    settle: float | None = None


_Act = Callable[[Session, str, Push], Conversation | None]


def _plan(account: str, push: Push) -> "_Said | _Act":
    if push.hostile or (push.damaged and not push.text("Content")):
        return _told("unreadable")
    if push.kind == "event":
        return _event(push)
    if push.kind == "text":
        return _text(account, push)
    if push.kind == "image":
        return _Said("", [{"type": "image", "media_id": push.text("MediaId"), "state": "waiting"}])
    if push.kind == "voice" and push.text("Recognition"):
        return _Said(push.text("Recognition"))
    if push.kind == "location":
        return _location(push)
    if push.kind == "link":
        return _told("link", title=push.text("Title")[:200])
    return _told(push.kind if push.kind in ("voice", "video", "shortvideo") else "unsupported")


def _text(account: str, push: Push) -> "_Said | _Act":
    content = push.text("Content")
    if content in UNSUPPORTED:
        return _told("unsupported")
    if _GO_ON.fullmatch(content) and _has_more(account, push.openid):
        return _go_on
    number = _NUMBER.fullmatch(content)
    if number:
        payload = _offered(account, push.openid, int(number[1].translate(_WIDE)))
        if payload is not None:
            return _Said(payload, settle=_TAP)
    return _Said(content, settle=_TAP if push.text("bizmsgmenuid") else None)


def _event(push: Push) -> "_Said | _Act":
    if push.event == "CLICK":
        said = _menu_words().get(push.text("EventKey"))
        return _Said(said, settle=_TAP) if said else _nothing
    return _EVENTS.get(push.event, _nothing)


def _location(push: Push) -> "_Said | _Act":
    place = {"type": "location", "latitude": push.text("Location_X"), "longitude": push.text("Location_Y")}
    label = push.text("Label")
    if label:
        return _Said(label, [{**place, "name": label}])
    return _told("place", say="place_without_name", latitude=place["latitude"], longitude=place["longitude"])


def _menu_words() -> dict[str, str]:
    entries = [item for entry in texts.data("wechat.menu") for item in entry.get("items", [entry])]
    return {item["key"]: item["says"] for item in entries if "says" in item}


def _has_more(account: str, openid: str) -> bool:
    with db.reading() as session:
        conversation = people.find_conversation(session, account, openid)
        if conversation is None:
            return False
        unsent = progress.unsent(session, conversation.id)
        if _verified(account):
            return any(outbound.state == "held" for outbound, _ in unsent)
        return bool(unsent or passive.open_turn(session, conversation.id))


def _verified(account: str) -> bool:
    found = settings.account(account)
    return found is not None and found.verified


def _offered(account: str, openid: str, number: int) -> str | None:
    with db.reading() as session:
        conversation = people.find_conversation(session, account, openid)
        buttons = offered.buttons(session, conversation.id) if conversation is not None else []
        return buttons[number - 1].get("payload") if number <= len(buttons) else None


# words: a turn


def _turn(account: str, push: Push, key: str, said: _Said) -> Taken:
    """Stored by the inbox first, which makes a repeat harmless; our own row follows and may be lost in a crash."""
    settle = settings.settings().settle if said.settle is None else said.settle
    try:
        received = engine.current().submit(
            people.CHANNEL, account, push.openid, said.text, key, attachments=said.attachments, settle=settle
        )
    except words.Refused as refused:
        return _direct(account, push, key, _refused(refused.code))
    people.remember(account, push.openid)
    first_contact.tell(received.conversation_id)
    bot = settle > 0
    taken = _noted(account, push, key, received, bot)
    if bot and received.new:
        order.put_right(received)
    return taken


def _noted(account: str, push: Push, key: str, received: inbox.Received, bot: bool) -> Taken:
    """Our own row of a push that the inbox has, where one is needed."""
    if _is_plain_text(push) and _verified(account):
        # Acknowledged and answered later: nothing more to keep of it.
        return Taken(None, received.conversation_id, received.turn_id, received.new, asks_bot=bot)
    with db.transaction() as session:
        inbound = _row(session, account, push, key)
        inbound.conversation_id, inbound.turn_id, inbound.done = received.conversation_id, received.turn_id, True
        if push.kind == "image":
            _fetch_later(session, account, push, received)
        return _taken(inbound, new=received.new, asks_bot=bot)


def _fetch_later(session: Session, account: str, push: Push, received: inbox.Received) -> None:
    message = session.scalar(
        select(Message.id).where(
            Message.conversation_id == received.conversation_id, Message.seq == received.seq
        )
    )
    if message is not None and not session.scalar(select(WechatMedia.id).where(WechatMedia.message_id == message)):
        session.add(
            WechatMedia(
                account=account, message_id=message, media_id=push.text("MediaId")[:256],
                url=push.text("PicUrl")[:500], next_try_at=time.now(),
            )
        )


# everything else: done in one transaction with its key


def _direct(account: str, push: Push, key: str, act: _Act) -> Taken:
    with db.transaction() as session:
        inbound = _row(session, account, push, key)
        people.user(session, account, push.openid)
        conversation = act(session, account, push)
        if conversation is not None:
            first_contact.tell_in(session, conversation)
            progress.release(session, conversation.id)
        inbound.done = True
        inbound.conversation_id = conversation.id if conversation is not None else None
        if act is _go_on and conversation is not None:
            inbound.turn_id = passive.open_turn(session, conversation.id)
        taken = _taken(inbound, new=True)
    if taken.conversation_id is not None:
        engine.current().send(taken.conversation_id)
    return taken


def _told(stored: str, *, say: str | None = None, **values: str) -> _Act:
    """Keep the message for people to see, and say what the customer can do instead, unless a person is there."""

    def act(session: Session, account: str, push: Push) -> Conversation:
        conversation = people.conversation(session, account, push.openid)
        key = "video" if stored == "shortvideo" else stored
        note(session, conversation, texts.render(f"wechat.stored.{stored}", **values), push)
        if conversation.state in ("bot", "closed"):
            saying.say(session, conversation, "system", texts.render(f"wechat.{say or key}", people.CHANNEL))
        return conversation

    return act


def note(session: Session, conversation: Conversation, text: str, push: Push) -> None:
    """A customer's line that asks nothing of the assistant."""
    conversation.last_seq += 1
    conversation.last_message_at = time.now()
    session.add(
        Message(
            conversation_id=conversation.id, seq=conversation.last_seq, author="customer", external_id=push.key,
            text=text, created_at=time.now(),
        )
    )
    session.flush()


def _refused(code: str) -> _Act:
    def act(session: Session, account: str, push: Push) -> Conversation:
        conversation = people.conversation(session, account, push.openid)
        line = texts.render("talk.too_long", people.CHANNEL, limit=words.LONGEST) if code == "too_long" else (
            texts.render("talk.empty", people.CHANNEL)
        )
        saying.say(session, conversation, "system", line)
        return conversation

    return act


def _go_on(session: Session, account: str, push: Push) -> Conversation:
    """More of what is waiting: let the outbox send it, or the passive reply take it."""
    return people.conversation(session, account, push.openid)


def _nothing(session: Session, account: str, push: Push) -> None:
    return None


_EVENTS: dict[str, _Act] = {
    "subscribe": following.followed,
    "unsubscribe": following.left,
    "SCAN": scans.scanned,
    "scancode_waitmsg": scans.nameplate,
    "TEMPLATESENDJOBFINISH": notices.reported,
    "subscribe_msg_popup_event": notices.agreed,
    "subscribe_msg_change_event": notices.agreed,
    "subscribe_msg_sent_event": notices.reported,
}
# They come often and ask nothing.
_IGNORED_EVENTS = frozenset({"LOCATION", "VIEW", "view_miniprogram"})


# our row of a push


def forget_old() -> int:
    """Delete the keys of pushes older than three days; WeChat repeats within seconds. Returns how many."""
    with db.transaction() as session:
        old = delete(WechatInbound).where(WechatInbound.received_at < time.now() - timedelta(days=3))
        return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _seen(account: str, push: Push, key: str) -> Taken | None:
    """The earlier delivery of this push, counted; None when there was none, or it was not finished."""
    with db.reading() as session:
        if _find(session, account, push, key) is None:
            return None
    with db.transaction() as session:
        inbound = _find(session, account, push, key)
        if inbound is None or not inbound.done:
            return None
        inbound.deliveries += 1
        return _taken(inbound, new=False)


def _row(session: Session, account: str, push: Push, key: str) -> WechatInbound:
    found = _find(session, account, push, key)
    if found is None:
        found = WechatInbound(account=account, openid=push.openid, key=key, received_at=time.now())
        session.add(found)
        session.flush()
    else:
        found.deliveries += 1
    return found


def _find(session: Session, account: str, push: Push, key: str) -> WechatInbound | None:
    return session.scalar(
        select(WechatInbound)
        .where(WechatInbound.account == account, WechatInbound.openid == push.openid, WechatInbound.key == key)
        .with_for_update()
    )


def _taken(inbound: WechatInbound, *, new: bool, asks_bot: bool = False) -> Taken:
    return Taken(
        inbound.id, inbound.conversation_id, inbound.turn_id, new, inbound.deliveries or 1, inbound.reply, asks_bot
    )
