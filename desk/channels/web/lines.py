"""A conversation as its customer sees it: lines by number, and how it stands."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import shared_files
from desk.channels.web import cards
from desk.channels.web.sessions import CHANNEL
from desk.records import db
from desk.records.models import ChatRead, Conversation, Message, Rating, Staff, Turn
from desk.talk import nudge
from desk.talk.view import UNFINISHED

MOST_LINES = 200
NOTHING: dict[str, Any] = {
    "conversation": None, "state": "bot", "agent": None, "typing": False, "read": 0, "survey": False, "messages": [],
}


def conversation_of(session: Session, sender: str) -> Conversation | None:
    """The visitor's conversation, if they have spoken."""
    return session.scalar(
        select(Conversation).where(
            Conversation.channel == CHANNEL, Conversation.account == "", Conversation.sender == sender
        )
    )


def after(sender: str, seq: int) -> dict[str, Any]:
    """How the conversation stands, and its lines after number `seq`, the last MOST_LINES of them."""
    with db.reading() as session:
        conversation = conversation_of(session, sender)
        if conversation is None:
            return NOTHING
        lines = _lines(session, conversation.id, seq)
        agent = session.get(Staff, conversation.agent_id) if conversation.agent_id else None
        return {
            "conversation": conversation.id,
            "state": conversation.state,
            "agent": agent.name if agent else None,
            "typing": _typing(session, conversation),
            "read": _read(session, conversation.id),
            "survey": conversation.state == "closed" and not rated(session, conversation),
            "messages": [_line(session, line) for line in lines],
        }


def read_up_to(sender: str, seq: int) -> str | None:
    """The customer has seen what was said up to line `seq`. The conversation's id if that was news."""
    now = time.now()
    with db.transaction() as session:
        conversation = conversation_of(session, sender)
        if conversation is None:
            return None
        unread = session.scalars(
            select(Message).where(
                Message.conversation_id == conversation.id, Message.seq <= seq, Message.read_at.is_(None),
                Message.author.in_(("bot", "agent", "system")),
            )
        ).all()
        for message in unread:
            message.read_at, message.delivered_at = now, message.delivered_at or now
        return conversation.id if unread else None


def rated(session: Session, conversation: Conversation) -> bool:
    """Whether the customer has rated since the last thing that was said."""
    at = session.scalar(select(func.max(Rating.at)).where(Rating.conversation_id == conversation.id))
    return at is not None and (conversation.last_message_at is None or at >= conversation.last_message_at)


def _lines(session: Session, conversation_id: str, seq: int) -> list[Message]:
    return list(
        session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.seq > seq, Message.author != "note")
            .order_by(Message.seq.desc())
            .limit(MOST_LINES)
        )
    )[::-1]


def _line(session: Session, line: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "seq": line.seq, "author": line.author, "text": line.text, "at": time.local(line.created_at).isoformat(),
    }
    if line.author == "customer":
        shown["id"] = line.external_id
    if line.author == "agent" and line.staff_id:
        shown["name"] = session.get_one(Staff, line.staff_id).name
    if line.buttons:
        shown["buttons"] = [{"title": button["title"], "payload": button["payload"]} for button in line.buttons]
    photos = [
        {"n": n, "width": found.get("width"), "height": found.get("height")}
        for n, found in enumerate(line.attachments or []) if found.get("type") == "image" and found.get("file")
    ]
    if photos:
        shown["photos"] = photos
    shared = [
        {"n": n, "name": found["name"], "size": shared_files.size_words(found)}
        for n, found in enumerate(line.attachments or []) if found.get("type") == "file"
    ]
    if shared:
        shown["files"] = shared
    if line.author == "bot" and line.turn_id:
        shown |= cards.of(session, line)
    if line.author == "agent" and (offered := cards.quotes_of(session, line)):
        shown["cards"] = offered
    return shown


def _typing(session: Session, conversation: Conversation) -> bool:
    if conversation.state != "bot":
        return nudge.types(conversation.id, "agent")
    open_turns = (Turn.conversation_id == conversation.id, Turn.state.in_(UNFINISHED), Turn.notice_sent.is_(False))
    return session.scalar(select(Turn.id).where(*open_turns).limit(1)) is not None


def _read(session: Session, conversation_id: str) -> int:
    """Up to which line somebody of ours has seen it: a colleague opened it, or it was answered."""
    opened = session.scalar(select(func.max(ChatRead.seq)).where(ChatRead.conversation_id == conversation_id))
    answered = session.scalar(
        select(func.max(Message.seq)).where(
            Message.conversation_id == conversation_id, Message.author.in_(("bot", "agent"))
        )
    )
    return max(opened or 0, answered or 0)
