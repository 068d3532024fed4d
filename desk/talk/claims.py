"""A turn that is ours to ask: taken with the message that began it, or later, when its time has come."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Conversation, Message, Turn
from desk.settings import settings
from desk.talk import offered, words
from desk.talk.view import UNFINISHED

PICTURE = "[图片]"


@dataclass(frozen=True)
class Claim:
    """What Rasa is asked. `version` and `attempt` must be unchanged when its answer commits."""

    conversation_id: str
    turn_id: str
    text: str
    metadata: dict[str, Any]
    version: int
    attempt: int
    asked_before: bool

    @property
    def channel(self) -> str:
        return str(self.metadata["channel"])


_OLDEST = (
    select(Turn)
    .where(Turn.conversation_id == bindparam("conversation_id"), Turn.state.in_(UNFINISHED))
    .order_by(Turn.seq)
    .limit(1)
    .with_for_update()
)
_PAYLOAD = select(Message.payload).where(Message.turn_id == bindparam("turn_id"), Message.payload.is_not(None))
_ASKED = (
    select(Turn.outcome["asks"].as_string())
    .where(
        Turn.conversation_id == bindparam("conversation_id"), Turn.seq < bindparam("seq"), Turn.state == "answered"
    )
    .order_by(Turn.seq.desc())
    .limit(1)
)


def oldest(session: Session, conversation_id: str) -> Turn | None:
    """The conversation's first turn that is not done, its row locked."""
    return session.scalar(_OLDEST, {"conversation_id": conversation_id})


def of(session: Session, conversation: Conversation, turn: Turn) -> Claim:
    """Take `turn`, which has waited or was asked before."""
    asked_before = turn.state == "asked" or turn.attempts > 0
    turn.state, turn.attempts = "asked", turn.attempts + 1
    turn.next_try_at = time.now() + patience()
    asks = session.scalar(_ASKED, {"conversation_id": conversation.id, "seq": turn.seq})
    told = metadata(conversation.channel, conversation.id, turn.id, asks)
    text = _for_rasa(session, turn)
    return Claim(conversation.id, turn.id, text, told, conversation.version, turn.attempts, asked_before)


def patience() -> timedelta:
    """After so long a turn that was asked counts as forgotten by whoever asked."""
    return timedelta(seconds=2 * settings().rasa_timeout + 5)


def for_rasa(text: str) -> str:
    """The customer's words without a command in them."""
    return words.escaped(text) or PICTURE


def metadata(channel: str, conversation_id: str, turn_id: str, asks: str | None) -> dict[str, Any]:
    """What Rasa is told with a turn; `asks` is the question that is open."""
    return {
        "now": time.local(time.now()).isoformat(),
        "channel": channel,
        "asks": asks,
        "conversation": conversation_id,
        "turn_id": turn_id,
    }


def _for_rasa(session: Session, turn: Turn) -> str:
    """The payload of a button that is still the last offer, else the customer's words."""
    payload = session.scalar(_PAYLOAD, {"turn_id": turn.id})
    if payload and any(b.get("payload") == payload for b in offered.buttons(session, turn.conversation_id)):
        return payload
    return for_rasa(turn.text)
