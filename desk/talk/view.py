"""A turn as integrators see it (the API's Turn), and what is pending of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.records import db
from desk.records.models import Message, Turn
from desk.talk import effects

UNFINISHED = ("waiting", "asked")


def turn(session: Session, found: Turn, said: list[Message] | None = None) -> dict[str, Any]:
    """`found` as a dict of the API's Turn; `said` are its messages, if the caller has them.

    A turn that the assistant has not answered yet shows what the customer was told meanwhile, if anything.
    """
    if said is None:
        said = list(session.scalars(select(Message).where(Message.turn_id == found.id).order_by(Message.seq)))
    answers = [message for message in said if message.author == "bot"]
    answers = answers or [message for message in said if message.author == "system"]
    outcome = {name: (found.outcome or {}).get(name, value) for name, value in effects.EMPTY.items()}
    return {
        "conversation": found.conversation_id,
        "turn_id": found.id,
        "handled_by": found.handled_by or "bot",
        "replies": [reply(message) for message in answers],
        **outcome,
    }


def answered(
    conversation_id: str, turn_id: str, handled_by: str, replies: list[dict[str, Any]], outcome: dict[str, Any]
) -> dict[str, Any]:
    """As `turn`, of a turn that was answered just now by these bubbles."""
    return {
        "conversation": conversation_id,
        "turn_id": turn_id,
        "handled_by": handled_by,
        "replies": [_shown(said["text"], said["buttons"]) for said in replies],
        **{name: outcome.get(name, value) for name, value in effects.EMPTY.items()},
    }


def reply(message: Message) -> dict[str, Any]:
    """One answer: its text, and its buttons when it has some."""
    return _shown(message.text, message.buttons)


def _shown(text: str, buttons: list[Any] | None) -> dict[str, Any]:
    offered = [{"title": button["title"], "payload": button["payload"]} for button in buttons or []]
    return {"text": text, "buttons": offered} if offered else {"text": text}


def finished(turn_id: str) -> dict[str, Any] | None:
    """The turn, when nothing more is to be waited for: it is done, or the assistant is down and the customer was told
    so (then it is shown as it stands). None while it is in work, and for an unknown id."""
    with db.reading() as session:
        found = session.get(Turn, turn_id)
        if found is None or (found.state in UNFINISHED and not _held_up(session, found)):
            return None
        return turn(session, found)


def as_it_stands(turn_id: str) -> dict[str, Any] | None:
    """The turn, done or not; None for an unknown id."""
    with db.reading() as session:
        found = session.get(Turn, turn_id)
        return None if found is None else turn(session, found)


def _held_up(session: Session, found: Turn) -> bool:
    head = session.scalar(
        select(Turn)
        .where(Turn.conversation_id == found.conversation_id, Turn.state.in_(UNFINISHED))
        .order_by(Turn.seq)
        .limit(1)
    )
    return head is not None and head.state == "waiting" and head.attempts > 0
