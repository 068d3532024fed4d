"""What comes in: stored before it is acknowledged, once, and made into a turn."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import time
from desk.records import db
from desk.talk import claims, offered, routing, saying, senders, words
from desk.talk.tables import conversations, identities, messages, outbox, turns
from desk.talk.view import UNFINISHED

SETTLE = 1.2
LONGEST_BURST = 3  # times the settle time: somebody who never stops typing is answered all the same

_C, _M, _T, _I = conversations.c, messages.c, turns.c, identities.c
# An imported openid names no account, so it counts for each of the firm's accounts.
_KNOWN = (
    select(_I.customer_id)
    .where(
        _I.channel == bindparam("channel"), _I.external_id == bindparam("sender"),
        _I.account.in_((bindparam("account"), "")),
    )
    .order_by(_I.account.desc(), _I.customer_id.desc())
    .limit(1)
)
_OF_CONVERSATION = _T.conversation_id == _C.id
_UNFINISHED = exists().where(_OF_CONVERSATION, _T.state.in_(UNFINISHED)).correlate(conversations)
_ASKS = (
    select(_T.outcome["asks"].as_string())
    .where(_OF_CONVERSATION, _T.state == "answered")
    .order_by(_T.seq.desc())
    .limit(1)
    .correlate(conversations)
)
_SAME = (_M.conversation_id == _C.id, _M.external_id == bindparam("external_id"))
_CONVERSATION = (
    select(
        _C.id, _C.channel, _C.state, _C.version, _C.last_seq, _C.customer_id,
        select(_M.turn_id).where(*_SAME).correlate(conversations).scalar_subquery().label("same_turn"),
        select(_M.seq).where(*_SAME).correlate(conversations).scalar_subquery().label("same_seq"),
        _UNFINISHED.label("behind"),
        _ASKS.scalar_subquery().label("asks"),
        _KNOWN.scalar_subquery().label("known"),
    )
    .where(_C.channel == bindparam("channel"), _C.account == bindparam("account"), _C.sender == bindparam("sender"))
    .with_for_update(of=conversations)
)
_NEW_CONVERSATION = insert(conversations)
_CONVERSATION_HEARD = update(conversations).where(_C.id == bindparam("of"))
_LATEST_TURN = (
    select(_T.id, _T.state, _T.attempts, _T.next_try_at, _T.text, _T.created_at)
    .where(_T.conversation_id == bindparam("conversation_id"))
    .order_by(_T.seq.desc())
    .limit(1)
    .with_for_update()
)
_NEW_TURN = insert(turns)
_TURN_GROWN = update(turns).where(_T.id == bindparam("turn_id"))
_NEW_MESSAGE = insert(messages)
_RELEASE = (
    update(outbox)
    .where(outbox.c.conversation_id == bindparam("of"), outbox.c.state == "held")
    .values(state="pending", next_try_at=bindparam("now"))
)


@dataclass(frozen=True)
class Received:
    """Where a message went. `new` is False for one that was stored before; `settle` seconds until its turn starts."""

    conversation_id: str
    turn_id: str
    seq: int
    new: bool
    settle: float = 0.0


@dataclass(frozen=True)
class _Said:
    """One message as it came in."""

    text: str
    external_id: str | None
    attachments: list[dict[str, Any]] | None
    settle: float
    taken: Callable[[claims.Claim], None] | None


def receive(
    channel: str,
    account: str,
    sender: str,
    text: str,
    external_id: str | None = None,
    *,
    attachments: list[dict[str, Any]] | None = None,
    settle: float = 0.0,
    taken: Callable[[claims.Claim], None] | None = None,
) -> Received:
    """Store one customer message; when this returns it will not be lost.

    The same (`channel`, `account`, `sender`, `external_id`) again changes nothing and tells the first one's turn.
    With `settle` > 0 what follows within that many seconds joins the same turn. Raises words.Refused, and then nothing
    has changed. Call desk.talk.engine.current().wake(conversation) afterwards, or engine.submit which does both.

    With `taken`, a turn that may be asked at once is claimed in the same commit, and `taken` is told before it.
    """
    text = words.clean(text, attachments)
    words.key(sender)
    if external_id is not None:
        words.key(external_id)
    said = _Said(text, external_id, attachments, settle, taken)
    for _ in range(4):
        try:
            with db.transaction() as session:
                conversation = _conversation(session, channel, account, sender, external_id)
                if conversation.same_turn is not None:
                    return Received(conversation.id, conversation.same_turn, conversation.same_seq, new=False)
                return _store(session, conversation, said)
        except IntegrityError:
            # Another process stored the same sender's first message, or this very message, at the same moment.
            continue
    raise RuntimeError("the message could not be stored")


def _conversation(session: Session, channel: str, account: str, sender: str, external_id: str | None) -> Row[Any]:
    """The sender's conversation, locked and open, with what is known of this message."""
    names = {"channel": channel, "account": account, "sender": sender}
    look = {**names, "external_id": external_id}
    found = session.execute(_CONVERSATION, look).one_or_none()
    if found is not None and (found.state != "closed" or found.same_turn is not None):
        return found
    if found is None:
        session.execute(_NEW_CONVERSATION, {**names, "id": f"cv-{uuid.uuid4().hex}", "created_at": time.now()})
    else:
        closed = saying.locked(session, found.id)
        assert closed is not None
        routing.reopen(session, closed)
    return session.execute(_CONVERSATION, look).one()


def _store(session: Session, conversation: Row[Any], said: _Said) -> Received:
    now = time.now()
    seq = conversation.last_seq + 1
    button = offered.match(session, conversation.id, said.text) if conversation.last_seq else None
    shown, settle = (button["title"], 0.0) if button else (said.text, said.settle)
    turn_id = _longer_turn(session, conversation.id, shown, now, settle)
    if turn_id is None:
        turn_id = f"tn-{uuid.uuid4().hex}"
        new = {"id": turn_id, "conversation_id": conversation.id, "seq": seq, "text": shown, "created_at": now}
        at_once = said.taken is not None and not settle and conversation.state == "bot" and not conversation.behind
        tried = {"state": "asked", "attempts": 1} if at_once else {"state": "waiting", "attempts": 0}
        next_try_at = now + (claims.patience() if at_once else timedelta(seconds=settle))
        session.execute(_NEW_TURN, {**new, **tried, "next_try_at": next_try_at if at_once or settle else None})
        if said.taken is not None and at_once:
            payload = button["payload"] if button else claims.for_rasa(shown)
            said.taken(_claim(conversation, turn_id, payload))
    message = {
        "conversation_id": conversation.id, "seq": seq, "author": "customer", "external_id": said.external_id,
        "turn_id": turn_id, "text": shown, "payload": button["payload"] if button else None,
        "attachments": said.attachments or None, "created_at": now,
    }
    session.execute(_NEW_MESSAGE, message)
    _note(session, conversation, seq, now)
    return Received(conversation.id, turn_id, seq, new=True, settle=settle)


def _claim(conversation: Row[Any], turn_id: str, text: str) -> claims.Claim:
    told = claims.metadata(conversation.channel, conversation.id, turn_id, conversation.asks)
    return claims.Claim(conversation.id, turn_id, text, told, conversation.version, attempt=1, asked_before=False)


def _longer_turn(
    session: Session, conversation_id: str, shown: str, now: datetime, settle: float
) -> str | None:
    """Put `shown` into the conversation's turn that still gathers messages, and tell its id.

    None when there is none or it would get too long.
    """
    if not settle:
        return None
    turn = session.execute(_LATEST_TURN, {"conversation_id": conversation_id}).one_or_none()
    gathering = turn is not None and turn.state == "waiting" and turn.attempts == 0
    if turn is None or not gathering or turn.next_try_at is None or turn.next_try_at <= now:
        return None
    if len(turn.text) >= words.LONGEST:
        return None
    latest = turn.created_at + timedelta(seconds=settle * LONGEST_BURST)
    grown = {"text": f"{turn.text}\n{shown}", "next_try_at": min(now + timedelta(seconds=settle), latest)}
    session.execute(_TURN_GROWN, {"turn_id": turn.id, **grown})
    return str(turn.id)


def _note(session: Session, conversation: Row[Any], seq: int, now: datetime) -> None:
    """The conversation was heard of: its numbers, its customer if known by now, and what waited for that."""
    heard = {"last_seq": seq, "last_message_at": now, "customer_id": conversation.customer_id or conversation.known}
    session.execute(_CONVERSATION_HEARD, {"of": conversation.id, **heard})
    if senders.sender_of(conversation.channel) is not None:
        session.execute(_RELEASE, {"of": conversation.id, "now": now})
