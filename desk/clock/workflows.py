"""The pieces of work, as DBOS workflows. Each step is a transaction that is safe to play again, or one sending.

The engine keeps what each step got and returned: after a crash a workflow goes on behind its last finished step. These
are numbers and codes only; what was said, and to whom, is in the service database alone.
"""

import logging
from typing import Any

from dbos import DBOS

from desk.cases.followups import act, reach
from desk.cases.oncall import steps, telling
from desk.notify import media, post
from desk.notify.letter import NotTaken
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
    if _begin(follow_id):
        _finish(follow_id, _notice(follow_id))


@DBOS.step(name="follow_up.begin", **AGAIN)
def _begin(follow_id: int) -> bool:
    with db.transaction() as session:
        words = act.begin(session, follow_id)
    telling.spread(None)
    return words is not None


@DBOS.step(name="follow_up.notice")
def _notice(follow_id: int) -> str:
    with db.reading() as session:
        words = act.words_of(session, follow_id)
        found = reach.notice(session, words) if words else None
    if words is None or found is None:
        return "unset"
    teller, talk = found
    try:
        return teller(talk.account, talk.sender, words.notice, words.purpose, dict(words.blanks))
    except Exception:
        log.exception("notice_to_customer_broke")
        return "failed"


@DBOS.step(name="follow_up.finish", **AGAIN)
def _finish(follow_id: int, status: str) -> None:
    with db.transaction() as session:
        said = act.finish(session, follow_id, status)
    telling.spread(said)


@DBOS.workflow(name="notice")
def notice(notice_id: int, attempt: int) -> None:
    """One try to send a message to a colleague."""
    if _claim(notice_id, attempt):
        why, for_good = _send(notice_id)
        _record(notice_id, why, for_good)


@DBOS.step(name="notice.claim", **AGAIN)
def _claim(notice_id: int, attempt: int) -> bool:
    with db.transaction() as session:
        return post.claim(session, notice_id, attempt)


@DBOS.step(name="notice.send")
def _send(notice_id: int) -> tuple[str, bool]:
    with db.reading() as session:
        letter = post.letter_of(session, notice_id)
    if letter is None:
        return "不用再发", True
    try:
        media.send(letter)
    except NotTaken as error:
        log.warning("notice_not_taken", extra={"medium": letter.medium, "why": str(error)})
        return str(error) or "?", error.for_good
    except Exception as error:
        log.exception("notice_broke", extra={"medium": letter.medium})
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
