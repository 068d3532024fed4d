"""The link in a message by which a person takes an alarm: signed with the alarm's own key, good for one alarm."""

import base64
import hashlib
import hmac
from datetime import timedelta

from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Alarm
from desk.settings import settings

GOOD_FOR = timedelta(hours=24)
GROUP = 0  # whose link it is when a whole group got the message


def link(alarm: Alarm, person_id: int = GROUP) -> str:
    """The address of the page where `person_id` takes `alarm`."""
    return f"{settings().base_url}/oncall/{token(alarm, person_id)}"


def token(alarm: Alarm, person_id: int) -> str:
    """alarm.person.signature."""
    return f"{alarm.id}.{person_id}.{_signature(alarm, person_id)}"


def read(session: Session, given: str) -> tuple[Alarm, int] | None:
    """The alarm and person of a token; None when it is not ours, or too old."""
    parts = given.split(".")
    if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()) or len(parts[0]) > 12:
        return None
    alarm, person_id = session.get(Alarm, int(parts[0])), int(parts[1][:12])
    if alarm is None or not hmac.compare_digest(parts[2].encode(), _signature(alarm, person_id).encode()):
        return None
    return (alarm, person_id) if time.now() - alarm.raised_at < GOOD_FOR else None


def _signature(alarm: Alarm, person_id: int) -> str:
    digest = hmac.new(alarm.key.encode(), f"{alarm.id}:{person_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
