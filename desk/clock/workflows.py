"""The pieces of work, as DBOS workflows. Each step is a transaction that is safe to play again, or one sending.

The engine keeps what each step returned: after a crash a workflow goes on behind its last finished step.
"""

import logging
from typing import Any

from dbos import DBOS

from desk.cases.followups import act, reach
from desk.cases.followups.reach import Words
from desk.cases.oncall import steps, telling
from desk.notify import media, post
from desk.notify.letter import Letter, NotTaken
from desk.records import db

# A transaction that failed (the database was away, two were in each other's way) is tried again.
AGAIN: dict[str, Any] = {"retries_allowed": True, "max_attempts": 6, "interval_seconds": 0.5, "backoff_rate": 2.0}

log = logging.getLogger(__name__)


@DBOS.workflow(name="alarm_step")
def alarm_step(step_id: int) -> None:
    """Tell the next person of an alarm."""
    _alarm_step(step_id)


@DBOS.step(name="alarm_step.run", **AGAIN)
def _alarm_step(step_id: int) -> None:
    with db.transaction() as session:
        steps.run(session, step_id)
    telling.spread(None)


@DBOS.workflow(name="follow_up")
def follow_up(follow_id: int) -> None:
    """One thing that is due after a ticket."""
    words = _begin(follow_id)
    if words is None:
        return
    status = _notice(words)
    _finish(follow_id, words, status)


@DBOS.step(name="follow_up.begin", **AGAIN)
def _begin(follow_id: int) -> dict[str, Any] | None:
    with db.transaction() as session:
        words = act.begin(session, follow_id)
    telling.spread(None)
    return words.to_dict() if words else None


@DBOS.step(name="follow_up.notice")
def _notice(stored: dict[str, Any]) -> str:
    words = Words.from_dict(stored)
    with db.reading() as session:
        found = reach.notice(session, words)
    if found is None:
        return "unset"
    teller, talk = found
    try:
        return teller(talk.account, talk.sender, words.notice, words.purpose, dict(words.blanks))
    except Exception:
        log.exception("notice_to_customer_broke")
        return "failed"


@DBOS.step(name="follow_up.finish", **AGAIN)
def _finish(follow_id: int, stored: dict[str, Any], status: str) -> None:
    with db.transaction() as session:
        said = act.finish(session, follow_id, Words.from_dict(stored), status)
    telling.spread(said)


@DBOS.workflow(name="notice")
def notice(notice_id: int, attempt: int) -> None:
    """One try to send a message to a colleague."""
    letter = _claim(notice_id, attempt)
    if letter is None:
        return
    why, for_good = _send(letter)
    _record(notice_id, why, for_good)


@DBOS.step(name="notice.claim", **AGAIN)
def _claim(notice_id: int, attempt: int) -> dict[str, Any] | None:
    with db.transaction() as session:
        letter = post.claim(session, notice_id, attempt)
        return vars(letter) if letter else None


@DBOS.step(name="notice.send")
def _send(letter: dict[str, Any]) -> tuple[str, bool]:
    try:
        media.send(Letter(**letter))
    except NotTaken as error:
        log.warning("notice_not_taken", extra={"medium": letter["medium"], "why": str(error)})
        return str(error) or "?", error.for_good
    except Exception as error:
        log.exception("notice_broke", extra={"medium": letter["medium"]})
        return type(error).__name__, False
    return "", False


@DBOS.step(name="notice.record", **AGAIN)
def _record(notice_id: int, why: str, for_good: bool) -> None:
    told = None
    with db.transaction() as session:
        if why:
            post.not_taken(session, notice_id, why, for_good)
        else:
            telling.lock(session, notice_id)
            found = post.sent(session, notice_id)
            told = telling.accepted(session, found) if found else None
    telling.spread(told)
