"""Who did what, when, why: written beside the change itself, in its transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, update
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import AuditEntry


def note(
    session: Session, actor: str, action: str, subject: str, subject_id: object, reason: str = "", **data: Any
) -> None:
    """Add one line to the audit log."""
    session.add(
        AuditEntry(
            at=time.now(),
            actor=actor,
            action=action,
            subject=subject,
            subject_id=str(subject_id),
            reason=reason,
            data=data,
        )
    )


def without_words(session: Session, subject: str, ids: Sequence[Any] | Select[Any]) -> None:
    """Take the reasons out of what was written of these subjects, because they may quote a person who asked to be
    forgotten. Who did what and when stays; nothing else ever changes the log."""
    told = (AuditEntry.subject == subject, AuditEntry.subject_id.in_(ids), AuditEntry.reason != "")
    session.execute(update(AuditEntry).where(*told).values(reason=""))
