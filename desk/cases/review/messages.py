"""Doubtful messages (see desk.talk.doubt): listed, and labelled by a person."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit
from desk.records.models import DoubtfulMessage

# A message whose customer was erased is empty: nobody sees it, nothing is learnt from it.
_OPEN = (DoubtfulMessage.labelled_at.is_(None), DoubtfulMessage.text != "")
LABELLED = (DoubtfulMessage.label.is_not(None), DoubtfulMessage.text != "")


def intents() -> dict[str, str]:
    """The intents that a message can be given, with their names for people."""
    return dict(texts.data("console.intents"))


def waiting(session: Session, most: int = 50, after: int = 0) -> list[DoubtfulMessage]:
    """Messages that nobody has labelled, the newest first; `after` skips so many."""
    newest = DoubtfulMessage.created_at.desc(), DoubtfulMessage.id.desc()
    query = select(DoubtfulMessage).where(*_OPEN).order_by(*newest)
    return list(session.scalars(query.offset(after).limit(most)))


def counts(session: Session) -> tuple[int, int]:
    """How many wait for a label, and how many are to be trained on."""
    wait = select(func.count()).select_from(DoubtfulMessage).where(*_OPEN)
    ready = select(func.count()).select_from(DoubtfulMessage).where(*LABELLED)
    return session.scalar(wait) or 0, session.scalar(ready) or 0


def label(
    session: Session, number: int, intent: str | None, actor: str, by: int | None = None, second: str | None = None
) -> DoubtfulMessage:
    """Say what a message means; without an intent it is put aside. A later label replaces the earlier one.

    Raises LookupError for a message that is not there, ValueError for an intent that does not exist.
    """
    message = session.get(DoubtfulMessage, number)
    if message is None:
        raise LookupError(texts.render("console.review.gone"))
    for name in (intent, second):
        if name and name not in intents():
            raise ValueError(texts.render("console.review.unknown", name=name))
    message.label, message.second_label = intent or None, (second or None) if intent and second != intent else None
    message.labelled_by, message.labelled_at = by, time.now()
    audit.note(session, actor, "label_message", "message", number, label=intent or "")
    return message
