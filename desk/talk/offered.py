"""Buttons count only while they are what was offered last, so that no customer text can inject a command."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.records.models import Message


def buttons(session: Session, conversation_id: str) -> list[dict[str, str]]:
    """The buttons under the last answer of this conversation; none after a person wrote."""
    latest = session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author.in_(("bot", "agent")))
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if latest is None or latest.author == "agent":
        return []
    answer = [latest]
    if latest.turn_id is not None:
        same = (Message.conversation_id == conversation_id, Message.turn_id == latest.turn_id, Message.author == "bot")
        answer = list(session.scalars(select(Message).where(*same).order_by(Message.seq)))
    return [button for message in answer for button in message.buttons or []]


def match(session: Session, conversation_id: str, text: str) -> dict[str, str] | None:
    """The offered button that `text` is the payload or the title of."""
    text = text.strip()
    for button in buttons(session, conversation_id):
        if text in (button.get("payload"), button.get("title")) and button.get("payload"):
            return button
    return None
