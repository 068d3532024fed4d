"""What is stored and why, told once to every conversation, at first contact."""

from sqlalchemy.orm import Session

from desk import texts, time
from desk.records.models import Conversation, PrivacyNotice
from desk.settings import settings
from desk.talk import saying


def told(session: Session, conversation_id: str) -> bool:
    """Whether this customer has been told."""
    return session.get(PrivacyNotice, conversation_id) is not None


def note_told(session: Session, conversation_id: str) -> None:
    """Another message told it already (the greeting of a new follower)."""
    if not told(session, conversation_id):
        session.add(PrivacyNotice(conversation_id=conversation_id, told_at=time.now()))


def tell(session: Session, conversation: Conversation) -> bool:
    """Say it in one line if it has not been said; whether it was said now. `conversation` is locked."""
    if told(session, conversation.id):
        return False
    note_told(session, conversation.id)
    saying.say(session, conversation, "system", words(conversation.channel))
    return True


def words(channel: str) -> str:
    """The notice as it is told on `channel`."""
    return texts.render("privacy.notice", channel, company=settings().company)
