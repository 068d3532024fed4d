"""One turn: claimed, asked of Rasa outside any transaction, and its answer committed if it may still be given."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, select, update
from sqlalchemy.orm import Session

from desk import texts, time
from desk.records import db
from desk.records.models import Conversation, Turn
from desk.settings import settings
from desk.talk import claims, doubt, effects, metrics, queue, rasa, routing, saying, tables, view
from desk.talk.claims import Claim
from desk.talk.view import UNFINISHED

BACKOFF = (1.0, 2.0, 4.0, 8.0)
# An assistant that stays down is, to agents and reports, one that could not answer.
DOWN_REASON = "low_confidence"

_C, _T, _LATER = tables.conversations.c, tables.turns.c, tables.turns.alias("later")
_OURS = (
    select(
        _C.id.label("conversation_id"), _C.channel, _C.state, _C.version, _C.last_seq,
        _T.id, _T.created_at, _T.notice_sent,
        exists()
        .where(_LATER.c.conversation_id == _T.conversation_id, _LATER.c.id != _T.id, _LATER.c.state.in_(UNFINISHED))
        .label("more"),
    )
    .join_from(tables.turns, tables.conversations, _T.conversation_id == _C.id)
    .where(_T.id == bindparam("turn_id"), _T.state == "asked", _T.attempts == bindparam("attempt"))
    .with_for_update(of=tables.conversations)  # the conversation first, as everywhere: no two wait for each other
)
_TURN_DONE = update(tables.turns).where(
    _T.id == bindparam("of"), _T.state == "asked", _T.attempts == bindparam("attempt")
)

log = logging.getLogger(__name__)

Answered = Callable[[str, str, dict[str, Any]], None]


class _Overtaken(Exception):
    """Somebody else has taken the turn up since; nothing of this answer is kept."""


def work(conversation_id: str, claim: Claim | None = None, answered: Answered | None = None) -> float | None:
    """Do the next thing for a conversation: answer its oldest open turn, or find that its time has not come.

    The caller holds the conversation's lock; `claim` is that of the oldest turn, if it was taken with its message.
    `answered` is given the ids of conversation and turn and the API's Turn when the assistant has answered. Returns the
    seconds after which there is more to do (0: at once), None when all is answered.
    """
    found = claim or _claim(conversation_id)
    if not isinstance(found, Claim):
        return found
    return _ask(found, answered)


def _ask(claim: Claim, answered: Answered | None) -> float | None:
    try:
        answer = _answer(claim)
    except rasa.Unavailable as error:
        facts = {"turn": claim.turn_id, "kind": error.kind, "attempt": claim.attempt}
        log.warning("assistant_unavailable", extra=facts)
        return _not_answered(claim)
    shown, delay = _commit(claim, answer)
    if shown is not None and answered is not None:
        answered(claim.conversation_id, claim.turn_id, shown)
    return delay


def unfinished(also_asked: bool) -> list[str]:
    """Conversations with a turn to take up again: one whose time has come; with `also_asked` also any that was being
    asked, since whoever asked may be dead."""
    now = time.now()
    with db.reading() as session:
        rows = session.execute(
            select(Turn.conversation_id, Turn.state, Turn.next_try_at).where(Turn.state.in_(UNFINISHED))
        ).all()
    due = (
        row.conversation_id
        for row in rows
        if row.next_try_at is None or row.next_try_at <= now or (also_asked and row.state == "asked")
    )
    return list(dict.fromkeys(due))


def _claim(conversation_id: str) -> Claim | float | None:
    with db.transaction() as session:
        conversation = saying.locked(session, conversation_id)
        turn = claims.oldest(session, conversation_id)
        if conversation is None or turn is None:
            return None
        routing.reopen(session, conversation)
        if conversation.state != "bot":
            _to_person(session, conversation, turn)
            return 0.0
        now = time.now()
        if turn.state == "waiting" and turn.next_try_at is not None and turn.next_try_at > now:
            return max(0.02, (turn.next_try_at - now).total_seconds())
        if turn.attempts and rasa.resting(conversation_id) and not _down_for_long(turn, now):
            return 1.0
        return claims.of(session, conversation, turn)


def _answer(claim: Claim) -> rasa.Answer:
    if claim.asked_before:
        kept = rasa.kept(claim.conversation_id, claim.turn_id)
        if kept is not None:
            return kept
    return rasa.ask(claim.conversation_id, claim.turn_id, claim.text, claim.metadata)


def _commit(claim: Claim, answer: rasa.Answer) -> tuple[dict[str, Any] | None, float | None]:
    """Store the answer; the API's Turn if it could be given, and the seconds after which there is more to do."""
    try:
        return _commit_if_ours(claim, answer)
    except _Overtaken:
        return None, 0.0


def _commit_if_ours(claim: Claim, answer: rasa.Answer) -> tuple[dict[str, Any] | None, float | None]:
    with db.transaction() as session:
        found = session.execute(_OURS, {"turn_id": claim.turn_id, "attempt": claim.attempt}).one_or_none()
        if found is None:
            return None, 0.0
        outcome, transition = effects.outcome(session, claim.turn_id)
        understood = {"understood": answer.parse or None, "answered_at": time.now(), "next_try_at": None}
        doubt.keep(session, found.conversation_id, claim.turn_id, claim.text, answer.parse, claim.metadata.get("asks"))
        if found.state != "bot" or found.version != claim.version:
            dropped = {"state": "dropped", "handled_by": _shown(found.state), "outcome": outcome}
            _done(session, claim, dropped | understood)
            metrics.DROPPED.inc()
            return None, 0.0
        replies = _replies(answer)
        stored = {**outcome, **_say(session, found, replies)}
        handled_by = _moved(session, found, transition)
        done = {"state": "answered", "handled_by": handled_by, "outcome": stored}
        _done(session, claim, done | understood)
    metrics.TURNS.labels(handled_by).inc()
    metrics.TURN_SECONDS.observe(max(0.0, (understood["answered_at"] - found.created_at).total_seconds()))
    shown = view.answered(found.conversation_id, found.id, handled_by, replies, outcome) if replies else None
    return shown, 0.0 if found.more else None


def _done(session: Session, claim: Claim, values: dict[str, Any]) -> None:
    changed = session.execute(_TURN_DONE, {"of": claim.turn_id, "attempt": claim.attempt, **values})
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise _Overtaken


def _replies(answer: rasa.Answer) -> list[dict[str, Any]]:
    """What is to be said: text, buttons and what a channel has of its own; empty bubbles are left out."""
    replies = []
    for reply in answer.replies:
        text = str(reply.get("text") or "").strip()
        buttons = [
            {"title": str(button["title"]), "payload": str(button["payload"])}
            for button in reply.get("buttons") or []
            if button.get("title") and button.get("payload")
        ]
        if text or buttons:
            replies.append({"text": text, "buttons": buttons, "custom": reply.get("custom")})
    return replies


def _say(session: Session, found: Row[Any], replies: list[dict[str, Any]]) -> dict[str, Any]:
    """Store the bubbles; what the outcome keeps of them."""
    if not replies:
        return {}
    saying.bubbles(session, found.conversation_id, found.channel, found.last_seq, found.id, replies)
    custom = {str(found.last_seq + at): reply["custom"] for at, reply in enumerate(replies, 1) if reply["custom"]}
    return {"custom": custom} if custom else {}


def _moved(session: Session, found: Row[Any], wanted: dict[str, Any] | None) -> str:
    """Do the transition that the actions asked for, if it is possible; who handles the conversation now."""
    if not wanted or not routing.allowed(found.state, wanted["to"]):
        return _shown(found.state)
    conversation = saying.locked(session, found.conversation_id)
    assert conversation is not None
    routing.move(
        session, conversation, wanted["to"], "bot", wanted.get("reason") or "",
        priority=wanted.get("priority"), group=wanted.get("group"),
    )
    return _shown(conversation.state)


def _still_ours(session: Session, claim: Claim) -> tuple[Conversation, Turn] | None:
    conversation = saying.locked(session, claim.conversation_id)
    turn = session.get(Turn, claim.turn_id, populate_existing=True)
    if conversation is None or turn is None or turn.state != "asked" or turn.attempts != claim.attempt:
        return None
    return conversation, turn


def _to_person(session: Session, conversation: Conversation, turn: Turn) -> None:
    """The assistant is silent: the person sees the message; who waits is told the place in line once. Not in danger."""
    from desk.cases import danger  # what it needs of people on call needs the turns

    outcome, _ = effects.outcome(session, turn.id)
    urgent = danger.heard(session, conversation, turn.text, turn.id)
    if urgent is not None:
        outcome |= {"handoff": {"reason": "emergency"}, "tickets": [*outcome["tickets"], urgent.number]}
    elif conversation.state == "queued" and not _told(session, conversation):
        ahead = (queue.position(session, conversation) or 1) - 1
        key = "talk.waiting" if ahead else "talk.waiting_first"
        saying.say(
            session, conversation, "system", texts.render(key, conversation.channel, ahead=ahead), turn_id=turn.id
        )
        outcome["told_place"] = True
    turn.outcome = outcome
    _finish(turn, conversation.state)


def _told(session: Session, conversation: Conversation) -> bool:
    since = select(Turn).where(Turn.conversation_id == conversation.id, Turn.handled_by == "queued")
    if conversation.queued_at is not None:
        since = since.where(Turn.answered_at >= conversation.queued_at)
    return any((turn.outcome or {}).get("told_place") for turn in session.scalars(since))


def _not_answered(claim: Claim) -> float:
    """Put the turn back, tell the customer once, and after too long a time hand the conversation to people."""
    with db.transaction() as session:
        found = _still_ours(session, claim)
        if found is None:
            return 0.0
        conversation, turn = found
        now = time.now()
        turn.state = "waiting"
        turn.outcome = {"failing_since": now.isoformat(), **(turn.outcome or {})}
        turn.next_try_at = now + timedelta(seconds=BACKOFF[min(turn.attempts, len(BACKOFF)) - 1])
        if conversation.state != "bot":
            return 0.0
        if _down_for_long(turn, now):
            _hand_over(session, conversation, turn)
            return 0.0
        if not turn.notice_sent:
            turn.notice_sent = True
            metrics.NOTICES.inc()
            line = texts.render("talk.outage", conversation.channel)
            saying.say(session, conversation, "system", line, turn_id=turn.id)
        return max(0.02, (turn.next_try_at - now).total_seconds())


def _down_for_long(turn: Turn, now: datetime) -> bool:
    since = (turn.outcome or {}).get("failing_since")
    if since is None:
        return False
    return (now - datetime.fromisoformat(since)).total_seconds() >= settings().down_to_human_after


def _hand_over(session: Session, conversation: Conversation, turn: Turn) -> None:
    routing.move(session, conversation, "queued", "system", DOWN_REASON)
    saying.say(session, conversation, "note", "智能助手无法连接，超过时限，自动转人工。")
    outcome, _ = effects.outcome(session, turn.id)
    line = texts.render("talk.outage_to_human", conversation.channel)
    saying.say(session, conversation, "system", line, turn_id=turn.id)
    turn.outcome = {**outcome, "handoff": outcome["handoff"] or {"reason": DOWN_REASON}, "told_place": True}
    _finish(turn, "queued")


def _finish(turn: Turn, handled_by: str) -> None:
    turn.state, turn.handled_by = "answered", handled_by
    turn.answered_at, turn.next_try_at = time.now(), None
    metrics.TURNS.labels(handled_by).inc()
    metrics.TURN_SECONDS.observe(max(0.0, (turn.answered_at - turn.created_at).total_seconds()))


def _shown(state: str) -> str:
    """Who handles a conversation in `state`, as the API says it: a closed one is still the assistant's."""
    return "bot" if state == "closed" else state
