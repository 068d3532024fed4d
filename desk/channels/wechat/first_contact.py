"""What is stored and why, told to who writes for the first time: most followers were there before the desk was."""

from sqlalchemy.orm import Session

from desk.cases import privacy_notice
from desk.channels.wechat import settings
from desk.records.models import Conversation
from desk.talk import engine


def tell(conversation_id: str) -> None:
    """Tell it in this conversation, in one message, if it was never told there."""
    if settings.settings().privacy_notice and privacy_notice.tell_once(conversation_id):
        engine.current().send(conversation_id)


def tell_in(session: Session, conversation: Conversation) -> None:
    """The same inside a transaction that holds the conversation."""
    if settings.settings().privacy_notice:
        privacy_notice.tell(session, conversation)
