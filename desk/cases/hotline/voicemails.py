"""Messages after the tone: stored, promised a call, listened to by the recogniser, and looked through for danger."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import time
from desk.cases import handoff
from desk.cases.hotline import calls
from desk.records import db
from desk.records.models import Call, CallTurn, Conversation, Voicemail

MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Waiting:
    """A voicemail that nobody has listened to yet."""

    id: int
    call_id: str
    file: str


def leave(call_id: str, file: str, seconds: float) -> datetime | None:
    """Keep a message, once a call, and promise to call back. The promised time; None without a number to call."""
    try:
        return _leave(call_id, file, seconds)
    except IntegrityError:  # the same message is being kept at the same moment
        return _leave(call_id, file, seconds)


def _leave(call_id: str, file: str, seconds: float) -> datetime | None:
    with db.transaction() as session:
        call = session.get_one(Call, call_id)
        found = session.scalar(select(Voicemail).where(Voicemail.call_id == call_id))
        if found is None:
            session.add(Voicemail(call_id=call_id, file=file, seconds=seconds, created_at=time.now()))
            session.flush()
        if not call.caller or call.conversation_id is None:
            return None
        at = handoff.first_callback_time()
        conversation = session.get_one(Conversation, call.conversation_id)
        handoff.promise_callback(session, conversation, at, call.caller, "voicemail", ticket_id=call.ticket_id)
        return at


def waiting(limit: int = 10) -> list[Waiting]:
    """Messages to be listened to, oldest first."""
    with db.reading() as session:
        rows = session.scalars(
            select(Voicemail)
            .where(Voicemail.state == "waiting", Voicemail.file.is_not(None))
            .order_by(Voicemail.id)
            .limit(limit)
        ).all()
        return [Waiting(row.id, row.call_id, row.file or "") for row in rows]


def heard(voicemail_id: int, text: str, danger: str | None) -> None:
    """What the recogniser made of it. A danger in it becomes an A ticket and an alarm."""
    with db.transaction() as session:
        row = session.get_one(Voicemail, voicemail_id)
        row.state, row.transcript, row.danger = "heard", text, danger
        call_id = row.call_id
    if danger is not None:
        calls.emergency_ticket(call_id, danger, text)


def not_heard(voicemail_id: int) -> None:
    """The recogniser failed; after MOST_ATTEMPTS people listen instead."""
    with db.transaction() as session:
        row = session.get_one(Voicemail, voicemail_id)
        row.attempts += 1
        if row.attempts >= MOST_ATTEMPTS:
            row.state = "unheard"


def forget_before(limit: datetime, folder: Path) -> int:
    """Delete what was said in calls older than `limit`: sound, transcripts, lines. How many files went."""
    with db.transaction() as session:
        old = select(Call.id).where(Call.started_at < limit)
        return _forget(session, list(session.scalars(old)), folder)


def _forget(session: Session, call_ids: list[str], folder: Path) -> int:
    voicemails = session.scalars(select(Voicemail).where(Voicemail.call_id.in_(call_ids))).all()
    recorded = session.scalars(select(Call).where(Call.id.in_(call_ids), Call.recording.is_not(None))).all()
    names = [row.file for row in voicemails if row.file] + [row.recording for row in recorded]
    for voicemail in voicemails:
        voicemail.file, voicemail.transcript = None, ""
    for call in recorded:
        call.recording = None
    session.execute(delete(CallTurn).where(CallTurn.call_id.in_(call_ids)))
    for name in names:
        (folder / str(name)).unlink(missing_ok=True)
    return len(names)
