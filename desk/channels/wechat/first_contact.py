"""What is stored and why, told to who writes for the first time: most followers were there before the desk was."""

from sqlalchemy.orm import Session

from desk.cases import privacy_notice
from desk.channels.wechat import settings
from desk.records import db
from desk.records.models import Conversation
from desk.talk import engine, saying

_MOST_TOLD = 50_000
_told: set[str] = set()


def tell(conversation_id: str) -> None:
    """Tell it in this conversation, in one message, if it was never told there; costs nothing once this process knows.

    A crash before it leaves it to the next message.
    """
    if conversation_id in _told or not settings.settings().privacy_notice:
        return
    with db.reading() as session:
        known = privacy_notice.told(session, conversation_id)
    if not known:
        with db.transaction() as session:
            conversation = saying.locked(session, conversation_id)
            if conversation is not None:
                privacy_notice.tell(session, conversation)
        engine.current().send(conversation_id)
    if len(_told) >= _MOST_TOLD:
        _told.clear()
    _told.add(conversation_id)


def tell_in(session: Session, conversation: Conversation) -> None:
    """The same inside a transaction that holds the conversation."""
    if settings.settings().privacy_notice:
        privacy_notice.tell(session, conversation)


def forget() -> None:
    """Ask the database again who was told."""
    _told.clear()
