"""Buttons count only while they are what was offered last, so that no customer text can inject a command."""

from itertools import takewhile

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from desk.language import yesno
from desk.records.models import Message

_MOST_BUBBLES = 20
_LAST = (
    select(Message.author, Message.turn_id, Message.buttons)
    .where(Message.conversation_id == bindparam("conversation_id"), Message.author.in_(("bot", "agent")))
    .order_by(Message.seq.desc())
    .limit(_MOST_BUBBLES)
)


def buttons(session: Session, conversation_id: str) -> list[dict[str, str]]:
    """The buttons under the last answer of this conversation; none after a person wrote."""
    said = session.execute(_LAST, {"conversation_id": conversation_id}).all()
    if not said:
        return []
    latest = said[0]
    answer = said[:1] if latest.turn_id is None else takewhile(lambda row: row.turn_id == latest.turn_id, said)
    bubbles = [row.buttons or [] for row in answer if row.author == "bot"]
    return [] if latest.author == "agent" else [button for bubble in reversed(bubbles) for button in bubble]


def match(session: Session, conversation_id: str, text: str) -> dict[str, str] | None:
    """The offered button that `text` is the payload or the title of; a plain yes is the one marked `yes`."""
    text, offers = text.strip(), buttons(session, conversation_id)
    for button in offers:
        if text in (button.get("payload"), button.get("title")) and button.get("payload"):
            return button
    agreed = next((button for button in offers if button.get("yes")), None)
    return agreed if agreed is not None and yesno.read(text) == "yes" else None
