"""Empty what is personal in rows that are named by their parents' ids."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, select, update
from sqlalchemy.orm import Session

from desk.cases import audit
from desk.cases.privacy import places
from desk.cases.privacy.places import Place
from desk.cases.review import training
from desk.records.models import Alarm, Base, Call, Message, StaffNotice, Ticket, Turn, Voicemail

PICTURES, SOUNDS = "media", "hotline"


def conversations(session: Session, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Remove what was said in these conversations. Returns the files to delete as (PICTURES or SOUNDS, name)."""
    if not ids:
        return []
    calls = select(Call.id).where(Call.conversation_id.in_(ids))
    files = [*_pictures(session, select(Message.attachments).where(Message.conversation_id.in_(ids))),
             *_sounds(session, calls)]
    _each(session, places.OF_MESSAGE, select(Message.id).where(Message.conversation_id.in_(ids)))
    _each(session, places.OF_CALL, calls)
    _alarms(session, select(Alarm.id).where(Alarm.conversation_id.in_(ids)))
    _each(session, places.OF_TURN, select(Turn.id).where(Turn.conversation_id.in_(ids)))
    training.forget(session, ids)
    _each(session, places.CONVERSATION, ids)
    audit.without_words(session, "conversation", ids)
    return files


def tickets(session: Session, ids: Sequence[int]) -> list[tuple[str, str]]:
    """Remove who and where from these tickets; what counts for statistics stays. Returns files as above."""
    if not ids:
        return []
    calls = select(Call.id).where(Call.ticket_id.in_(ids))
    files = [*_pictures(session, select(Ticket.attachments).where(Ticket.id.in_(ids))), *_sounds(session, calls)]
    _each(session, places.OF_CALL, calls)
    _alarms(session, select(Alarm.id).where(Alarm.ticket_id.in_(ids)))
    _each(session, places.TICKET, ids)
    audit.without_words(session, "ticket", list(session.scalars(select(Ticket.number).where(Ticket.id.in_(ids)))))
    return files


def notices(session: Session, words: Iterable[str]) -> None:
    """Empty what colleagues were told where it names one of `words` (ticket numbers, a telephone number)."""
    emptied = {StaffNotice.title: "", StaffNotice.text: places.GONE}
    for word in words:
        session.execute(update(StaffNotice).where(StaffNotice.text.contains(word, autoescape=True)).values(emptied))


def customer(session: Session, customer_id: int) -> None:
    """Remove what ties devices and channels to a customer."""
    _each(session, places.CUSTOMER, [customer_id])


def number(session: Session, phone: str) -> list[tuple[str, str]]:
    """Remove what came from a telephone number, whoever it was talked about with. Returns files as above."""
    calls = select(Call.id).where(Call.caller == phone)
    files = _sounds(session, calls)
    _each(session, places.OF_CALL, calls)
    for place in places.OF_NUMBER:
        _clear(session, place, [_table(place).c[place.by] == phone])
    return files


def openid(session: Session, account: str, name: str) -> None:
    """Remove what WeChat told of a follower; the follower's own row is the caller's."""
    for place in places.OF_OPENID:
        table = _table(place)
        _clear(session, place, [table.c.account == account, table.c.openid == name])


def _alarms(session: Session, ids: Select[Any]) -> None:
    _each(session, places.OF_ALARM, ids)
    audit.without_words(session, "alarm", [str(number) for number in session.scalars(ids)])


def _each(session: Session, found: Iterable[Place], ids: Sequence[Any] | Select[Any]) -> None:
    for place in found:
        _clear(session, place, [_table(place).c[place.by].in_(ids)])


def _clear(session: Session, place: Place, which: list[ColumnElement[bool]]) -> None:
    table = _table(place)
    if place.rows == "delete":
        session.execute(delete(table).where(*which))
        return
    if place.personal:
        session.execute(update(table).where(*which).values(**place.personal))
    for column, kept in place.trim.items():
        key = next(iter(table.primary_key.columns))
        for number, value in session.execute(select(key, table.c[column]).where(*which)).all():
            small = _trimmed(value or {}, kept) | {name: "" for name in place.blank if name in (value or {})}
            if value and small != value:
                session.execute(update(table).where(key == number).values({column: small}))


def _trimmed(value: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    return {
        name: _trimmed(part, kept) if isinstance(part, dict) else part for name, part in value.items() if name in kept
    }


def _pictures(session: Session, query: Select[Any]) -> list[tuple[str, str]]:
    found = [item for attachments in session.scalars(query) for item in attachments or [] if isinstance(item, dict)]
    return [(PICTURES, str(item["file"])) for item in found if item.get("file")]


def _sounds(session: Session, calls: Select[Any]) -> list[tuple[str, str]]:
    names = [*session.scalars(select(Call.recording).where(Call.id.in_(calls), Call.recording.is_not(None))),
             *session.scalars(select(Voicemail.file).where(Voicemail.call_id.in_(calls), Voicemail.file.is_not(None)))]
    return [(SOUNDS, str(name)) for name in names]


def _table(place: Place) -> Table:
    return Base.metadata.tables[place.table]
