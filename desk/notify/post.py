"""Notices on their way: stored first, then sent, tried again after a failure, and shown when they failed for good."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.notify import media
from desk.notify.letter import Letter, NotTaken
from desk.records.models import OncallPerson, StaffNotice

# Seconds until the next try; a danger cannot wait for the longer ones.
URGENT = (3.0, 6.0, 12.0, 24.0, 45.0, 60.0, 120.0)
CALM = (30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0)


def queue(
    session: Session,
    key: str,
    purpose: str,
    person: OncallPerson | None,
    title: str,
    text: str,
    link: str = "",
    alarm_id: int | None = None,
    step: int | None = None,
) -> list[StaffNotice]:
    """One notice for each way to `person` (None: each group robot); with no way set up, one for the log.

    Those that `key` has already are not doubled.
    """
    urgent = alarm_id is not None
    found = media.ways(person, urgent) if person else [(name, "") for name in media.group_ways()]
    made = []
    for medium, address in found or [(media.CONSOLE, "")]:
        own = f"{key}:{person.id if person else 'group'}:{medium}"[:160]
        if session.scalar(select(StaffNotice.id).where(StaffNotice.key == own)) is not None:
            continue
        now = time.now()
        notice = StaffNotice(
            key=own, purpose=purpose, medium=medium, address=address, title=title[:120], text=text, link=link,
            person_id=person.id if person else None, alarm_id=alarm_id, step=step, next_try_at=now, created_at=now,
        )
        session.add(notice)
        made.append(notice)
    session.flush()
    return made


def claim(session: Session, notice_id: int, attempt: int) -> bool:
    """Begin this attempt; False when it was begun before, or the notice is not to be sent any more."""
    notice = session.get(StaffNotice, notice_id, with_for_update=True)
    if notice is None or notice.state != "pending" or notice.attempts > attempt:
        return False
    notice.attempts = attempt + 1
    return True


def letter_of(session: Session, notice_id: int) -> Letter | None:
    """What is to be sent; None when it is not to be sent any more."""
    notice = session.get(StaffNotice, notice_id)
    if notice is None or notice.state != "pending":
        return None
    person = session.get(OncallPerson, notice.person_id) if notice.person_id else None
    return Letter(
        notice.key, notice.medium, notice.address, notice.purpose, notice.title, notice.text, notice.link,
        person.name if person else "", notice.alarm_id, notice.person_id,
    )


def sent(session: Session, notice_id: int) -> StaffNotice | None:
    """The medium has taken it. The notice, the first time that this is said."""
    notice = session.get(StaffNotice, notice_id, with_for_update=True)
    if notice is None or notice.state == "sent":
        return None
    notice.state, notice.sent_at, notice.error = "sent", time.now(), None
    return notice


def not_taken(session: Session, notice_id: int, why: str, for_good: bool) -> None:
    """It was not taken: plan the next try, or give up."""
    notice = session.get(StaffNotice, notice_id, with_for_update=True)
    if notice is None or notice.state != "pending":
        return
    notice.error = why[:300]
    waits = URGENT if notice.alarm_id is not None else CALM
    if for_good or notice.attempts > len(waits):
        notice.state = "failed"
        return
    notice.next_try_at = time.now() + timedelta(seconds=waits[notice.attempts - 1])


def send_now(person: OncallPerson | None, medium: str, address: str, title: str, text: str) -> str:
    """Send a message at once, outside the queue: "" when it was taken, else why not. For tests of the settings."""
    name, who = (person.name, person.id) if person else ("", None)
    key = f"test:{time.now().isoformat()}:{medium}"
    try:
        media.send(Letter(key, medium, address, "test", title, text, name=name, person_id=who))
    except NotTaken as error:
        return str(error)
    return ""
