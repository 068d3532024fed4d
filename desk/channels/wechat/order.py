"""Messages of one burst in the order in which they were written, where WeChat's pushes overtook each other."""

from sqlalchemy import ColumnElement, select

from desk.records import db
from desk.records.models import Message, Turn
from desk.talk import saying
from desk.talk.inbox import Received

_ID = "msgid:"


def put_right(received: Received) -> None:
    """Sort the burst that `received` joined by WeChat's message ids, which grow; nothing where its turn has begun."""
    with db.reading() as session:
        keys = session.scalars(select(Message.external_id).where(*_of(received.turn_id)).order_by(Message.seq))
        if _is_right(_numbers(list(keys))):
            return
    with db.transaction() as session:
        if saying.locked(session, received.conversation_id) is None:
            return
        turn = session.get_one(Turn, received.turn_id, with_for_update=True, populate_existing=True)
        lines = list(session.scalars(select(Message).where(*_of(turn.id)).order_by(Message.seq)))
        numbers = _numbers([line.external_id for line in lines])
        gathering = turn.state == "waiting" and turn.attempts == 0 and turn.text == _together(lines)
        if not gathering or _is_right(numbers):
            return
        places = [line.seq for line in lines]
        lines = [line for _, line in sorted(zip(numbers, lines, strict=True), key=lambda pair: pair[0])]
        for line in lines:
            line.seq = -line.seq  # no two may have one number, not even for a moment
        session.flush()
        for line, place in zip(lines, places, strict=True):
            line.seq = place
        turn.text = _together(lines)


def _of(turn_id: str) -> tuple[ColumnElement[bool], ...]:
    return Message.turn_id == turn_id, Message.author == "customer"


def _numbers(keys: list[str | None]) -> list[int]:
    """WeChat's ids; empty when one is of another kind, so that nothing is sorted."""
    plain = [key.removeprefix(_ID) for key in keys if key is not None and key.startswith(_ID)]
    return [int(number) for number in plain] if len(plain) == len(keys) and all(map(str.isdigit, plain)) else []


def _is_right(numbers: list[int]) -> bool:
    return numbers == sorted(numbers)


def _together(lines: list[Message]) -> str:
    return "\n".join(line.text for line in lines)
