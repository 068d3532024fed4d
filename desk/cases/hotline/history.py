"""The last calls, for people who look after the telephone: numbers masked."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from desk import time
from desk.language import phones
from desk.records import db
from desk.records.models import Call, CallTurn, Ticket, Voicemail


@dataclass(frozen=True)
class Past:
    """A call that was: `seconds` None while it lasts, `words` line by line with who said them."""

    at: datetime
    caller: str
    seconds: float | None
    outcome: str
    next: str
    danger: str | None
    ticket: str | None
    message_seconds: float | None
    words: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a terminal."""
        lasted = "…" if self.seconds is None else f"{self.seconds:.0f}s"
        parts = [f"{time.local(self.at):%m-%d %H:%M:%S}", self.caller or "-", lasted, self.outcome, f"→{self.next}"]
        parts += [self.ticket] if self.ticket else []
        parts += [f"!{self.danger}"] if self.danger else []
        parts += [f"voicemail {self.message_seconds:.0f}s"] if self.message_seconds is not None else []
        return "  ".join(parts)


def recent(last: int) -> list[Past]:
    """The newest calls, newest first."""
    with db.reading() as session:
        rows = session.execute(
            select(Call, Ticket.number, Voicemail.seconds)
            .outerjoin(Ticket, Ticket.id == Call.ticket_id)
            .outerjoin(Voicemail, Voicemail.call_id == Call.id)
            .order_by(Call.started_at.desc())
            .limit(last)
        ).all()
        turns = session.execute(
            select(CallTurn.call_id, CallTurn.kind, CallTurn.text)
            .where(CallTurn.call_id.in_([call.id for call, _, _ in rows]))
            .order_by(CallTurn.id)
        ).all()
    words: dict[str, list[str]] = {}
    for call_id, kind, text in turns:
        words.setdefault(call_id, []).append(f"{kind}: {text}")
    return [
        Past(
            call.started_at, phones.mask(call.caller or ""),
            (call.ended_at - call.started_at).total_seconds() if call.ended_at else None, call.outcome or "",
            call.next, call.danger, number, seconds, words.get(call.id, []),
        )
        for call, number, seconds in rows
    ]
