"""Whether the clock keeps up: how long the oldest thing that is due has waited for it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import AlarmStep, FollowUp, StaffNotice

# A second is usual, some are nothing; after so many it does not run.
STANDS_STILL = 120.0


def seconds(session: Session) -> float:
    """Seconds since the oldest due alarm step, message to a colleague, or follow-up; 0 when nothing is due."""
    now = time.now()
    oldest = (
        select(func.min(AlarmStep.due_at)).where(AlarmStep.state == "waiting", AlarmStep.due_at <= now),
        select(func.min(StaffNotice.next_try_at)).where(
            StaffNotice.state == "pending", StaffNotice.next_try_at <= now
        ),
        select(func.min(FollowUp.due_at)).where(FollowUp.state == "waiting", FollowUp.due_at <= now),
    )
    found: list[datetime] = [at for query in oldest if (at := session.scalar(query)) is not None]
    return max(((now - at).total_seconds() for at in found), default=0.0)
