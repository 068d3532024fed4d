"""What is stored and why, told once to every conversation, at first contact."""

from sqlalchemy.orm import Session

from desk import texts, time
from desk.records import db
from desk.records.models import Conversation, PrivacyNotice
from desk.settings import settings
from desk.talk import saying

_MOST_KNOWN = 50_000
_known: set[str] = set()  # who was told, as this process has seen; it never becomes untrue


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


def tell_once(conversation_id: str) -> bool:
    """As `tell`, in a transaction of its own; whether it was said now. Costs nothing once this process knows.

    Called after a message was stored: a crash in between leaves it to the next one.
    """
    if conversation_id in _known:
        return False
    said_now = False
    with db.reading() as session:
        known = told(session, conversation_id)
    if not known:
        with db.transaction() as session:
            conversation = saying.locked(session, conversation_id)
            said_now = conversation is not None and tell(session, conversation)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known.add(conversation_id)
    return said_now


def words(channel: str) -> str:
    """The notice as it is told on `channel`."""
    return texts.render("privacy.notice", channel, company=settings().company)
