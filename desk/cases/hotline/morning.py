"""What a night leaves to do: promised calls, voicemails, calls that broke off. Each stays until it is worked off."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit, callbacks, handoff
from desk.records.models import Call, Callback, CallTurn, Conversation, Ticket, Voicemail

Kind = Literal["callback", "voicemail", "call"]
Result = Literal["done", "later", "cancelled"]
MOST = 200
LONGEST_NOTE = 300


class Refused(Exception):
    """The entry cannot be worked off so; the message is for the person."""


@dataclass(frozen=True)
class Entry:
    """One thing to do. `at`: when it is `promised` for, or when it came in; `late`: the promise is broken already."""

    kind: Kind
    id: str
    at: datetime
    phone: str | None
    why: str
    said: list[str] = field(default_factory=list)
    ticket: str | None = None
    conversation_id: str | None = None
    sound: str | None = None
    seconds: float = 0.0
    danger: str | None = None
    late: bool = False
    promised: bool = False


def entries(session: Session) -> list[Entry]:
    """Everything that is open: dangers first, then by time. A call with a voicemail stands there once."""
    found = [*_callbacks(session), *_voicemails(session), *_calls(session)]
    left = {entry.conversation_id for entry in found if entry.kind == "voicemail"}
    kept = [entry for entry in found if entry.kind != "callback" or entry.conversation_id not in left]
    return sorted(kept, key=lambda entry: (entry.danger is None, entry.at))[:MOST]


def _callbacks(session: Session) -> list[Entry]:
    """The newest promise of each conversation: one that was missed is shown until it is made up for."""
    rows = session.execute(
        select(Callback, Ticket.number)
        .outerjoin(Ticket, Ticket.id == Callback.ticket_id)
        .where(Callback.state.in_(("promised", "missed")))
        .order_by(Callback.id)
        .limit(MOST)
    )
    newest = {row.conversation_id: (row, number) for row, number in rows}
    now = time.now()
    return [
        Entry(
            "callback", str(row.id), row.due_at, row.phone, row.reason, ticket=number,
            conversation_id=row.conversation_id, late=callbacks.late(row, now), promised=True,
        )
        for row, number in newest.values()
    ]


def _voicemails(session: Session) -> list[Entry]:
    rows = session.execute(
        select(Voicemail, Call, Ticket.number)
        .join(Call, Call.id == Voicemail.call_id)
        .outerjoin(Ticket, Ticket.id == Call.ticket_id)
        .where(Voicemail.handled_at.is_(None))
        .order_by(Voicemail.created_at)
        .limit(MOST)
    )
    found = []
    for voicemail, call, number in rows:
        promise = callbacks.open_of(session, call.conversation_id or "")
        found.append(
            Entry(
                "voicemail", str(voicemail.id), promise.due_at if promise else voicemail.created_at, call.caller,
                voicemail.state, [voicemail.transcript] if voicemail.transcript else [], number, call.conversation_id,
                str(voicemail.id) if voicemail.file else None, voicemail.seconds, voicemail.danger,
                late=promise is not None and callbacks.late(promise, time.now()), promised=promise is not None,
            )
        )
    return found


def _calls(session: Session) -> list[Entry]:
    rows = session.scalars(
        select(Call)
        .where(Call.outcome.in_(("half", "missed")), Call.handled_at.is_(None), Call.caller.is_not(None))
        .order_by(Call.started_at)
        .limit(MOST)
    ).all()
    said = _said(session, [call.id for call in rows])
    return [
        Entry(
            "call", call.id, call.started_at, call.caller, call.outcome or "", said.get(call.id, []),
            conversation_id=call.conversation_id, danger=call.danger,
        )
        for call in rows
    ]


def _said(session: Session, call_ids: list[str]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    about = (CallTurn.call_id.in_(call_ids), CallTurn.kind == "heard")
    for call_id, text in session.execute(select(CallTurn.call_id, CallTurn.text).where(*about).order_by(CallTurn.id)):
        said.setdefault(call_id, []).append(text)
    return said


def work_off(session: Session, kind: Kind, entry_id: str, staff_id: int, result: Result, note: str = "") -> None:
    """A colleague has dealt with an entry: `done`, not reached and to be tried again `later`, or `cancelled`.

    What is put off is promised anew. Raises Refused.
    """
    note = note.strip()[:LONGEST_NOTE]
    if result == "cancelled" and not note:
        raise Refused(texts.render("console.morning.needs_note"))
    actor = f"staff:{staff_id}"
    if kind == "callback":
        promise = session.get(Callback, int(entry_id), with_for_update=True) if entry_id.isdigit() else None
        if promise is None or promise.state not in ("promised", "missed"):
            raise Refused(texts.render("console.morning.gone"))
        _answer(session, promise, result, actor)
    else:
        _work_off_call(session, kind, entry_id, staff_id, result, note)
    audit.note(session, actor, f"morning_{result}", kind, entry_id, note)


def _work_off_call(
    session: Session, kind: Kind, entry_id: str, staff_id: int, result: Result, note: str
) -> None:
    row: Call | Voicemail | None
    if kind == "voicemail":
        row = session.get(Voicemail, int(entry_id), with_for_update=True) if entry_id.isdigit() else None
    else:
        row = session.get(Call, entry_id, with_for_update=True)
    if row is None or row.handled_at is not None:
        raise Refused(texts.render("console.morning.gone"))
    call = row if isinstance(row, Call) else session.get_one(Call, row.call_id)
    promise = callbacks.open_of(session, call.conversation_id or "")
    if promise is not None:
        _answer(session, promise, result, f"staff:{staff_id}")
    elif result == "later":
        _promise(session, call)
    # A voicemail stays with its promise; a call that broke off goes on as a promise.
    if result != "later" or isinstance(row, Call):
        row.handled_at, row.handled_by, row.handled_note = time.now(), staff_id, note


def _answer(session: Session, promise: Callback, result: Result, actor: str) -> None:
    if result == "later":
        promise.state, promise.settled_at, promise.until = "promised", None, None
        promise.due_at = handoff.first_callback_time()
    else:
        callbacks.settle(session, promise, "kept" if result == "done" else "cancelled", actor)


def _promise(session: Session, call: Call) -> None:
    if call.caller is None or call.conversation_id is None:
        raise Refused(texts.render("console.morning.no_number"))
    conversation = session.get_one(Conversation, call.conversation_id)
    handoff.promise_callback(session, conversation, handoff.first_callback_time(), call.caller, "hotline")


def phone_of(session: Session, kind: Kind, entry_id: str, staff_id: int) -> str | None:
    """The number to call for an open entry, in full; that it was looked at is written down. None for what is done."""
    entry = next((one for one in entries(session) if (one.kind, one.id) == (kind, entry_id)), None)
    if entry is None or entry.phone is None:
        return None
    audit.note(session, f"staff:{staff_id}", "contact_shown", kind, entry_id)
    return entry.phone


def sound_of(session: Session, voicemail_id: int) -> str | None:
    """The file of a voicemail, under the hotline's folder; None when there is none (any more)."""
    row = session.get(Voicemail, voicemail_id)
    return row.file if row else None
