"""Forgetting what is over: the engine's own notes after a week, messages to colleagues after a quarter of a year,
customers' words and contact data after the time that the company has set."""

import logging
from datetime import timedelta

from sqlalchemy import delete

from desk import time
from desk.cases import photo_folder
from desk.cases.privacy import retention
from desk.clock import engine
from desk.records import db
from desk.records.models import StaffNotice
from desk.talk import rasa

NOTICES_KEPT = timedelta(days=90)

log = logging.getLogger(__name__)


def once() -> None:
    """Tidy up."""
    engine.forget_finished()
    with db.transaction() as session:
        old = StaffNotice.created_at < time.now() - NOTICES_KEPT
        session.execute(delete(StaffNotice).where(old, StaffNotice.state != "pending"))
    keep_no_longer()
    swept = photo_folder.sweep()
    if swept:
        log.info("photos_swept", extra={"files": swept})


def keep_no_longer() -> None:
    """Clear what has been kept long enough; what the assistant cannot forget now waits for the next time."""
    try:
        while retention.run().more:
            pass
    except rasa.Unavailable as error:
        log.warning("retention_waits", extra={"why": str(error)})
