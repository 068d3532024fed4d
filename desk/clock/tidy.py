"""Forgetting what is over: the engine's own notes after a week, messages to colleagues after a quarter of a year."""

from datetime import timedelta

from sqlalchemy import delete

from desk import time
from desk.clock import engine
from desk.records import db
from desk.records.models import StaffNotice

NOTICES_KEPT = timedelta(days=90)


def once() -> None:
    """Tidy up."""
    engine.forget_finished()
    with db.transaction() as session:
        old = StaffNotice.created_at < time.now() - NOTICES_KEPT
        session.execute(delete(StaffNotice).where(old, StaffNotice.state != "pending"))
