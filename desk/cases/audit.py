"""Who did what, when, why: written beside the change itself, in its transaction."""

from typing import Any

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
