"""One turn: claimed, asked of Rasa outside any transaction, and its answer committed if it may still be given."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.records import db
from desk.records.models import Conversation, Message, Turn
from desk.settings import settings
from desk.talk import effects, metrics, offered, queue, rasa, routing, saying, words
from desk.talk.view import UNFINISHED

BACKOFF = (1.0, 2.0, 4.0, 8.0)
# An assistant that stays down is, to agents and reports, one that could not answer.
DOWN_REASON = "low_confidence"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A turn that is ours to ask. `version` and `attempt` must be unchanged when its answer commits."""

    conversation_id: str
    turn_id: str
    text: str
    metadata: dict[str, Any]
    version: int
    attempt: int
    asked_before: bool


def work(conversation_id: str) -> float | None:
    """Do the next thing for a conversation: answer its oldest open turn, or find that its time has not come.

    The caller holds the conversation's lock. Returns the seconds after which there is more to do (0: at once), None
    when all is answered.
    """
    claim = _claim(conversation_id)
    if not isinstance(claim, Claim):
        return claim
    try:
        answer = _answer(claim)
    except rasa.Unavailable as error:
        facts = {"turn": claim.turn_id, "kind": error.kind, "attempt": claim.attempt}
        log.warning("assistant_unavailable", extra=facts)
        return _not_answered(claim)
    return _commit(claim, answer)


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
        turn = _oldest(session, conversation_id)
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
        asked_before = turn.state == "asked" or turn.attempts > 0
        turn.state, turn.attempts = "asked", turn.attempts + 1
        turn.next_try_at = now + timedelta(seconds=2 * settings().rasa_timeout + 5)
        return Claim(
            conversation_id, turn.id, _for_rasa(session, turn), _metadata(session, conversation, turn),
            conversation.version, turn.attempts, asked_before,
        )


def _oldest(session: Session, conversation_id: str) -> Turn | None:
    return session.scalar(
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.state.in_(UNFINISHED))
        .order_by(Turn.seq)
        .limit(1)
        .with_for_update()
    )


def _for_rasa(session: Session, turn: Turn) -> str:
    """The payload of a button that is still the last offer, else the customer's words without a command in them."""
    payload = session.scalar(select(Message.payload).where(Message.turn_id == turn.id, Message.payload.is_not(None)))
    if payload and any(b.get("payload") == payload for b in offered.buttons(session, turn.conversation_id)):
        return payload
    return words.escaped(turn.text) or "[图片]"


def _metadata(session: Session, conversation: Conversation, turn: Turn) -> dict[str, Any]:
    before = session.scalar(
        select(Turn)
        .where(Turn.conversation_id == conversation.id, Turn.seq < turn.seq, Turn.state == "answered")
        .order_by(Turn.seq.desc())
        .limit(1)
    )
    return {
        "now": time.local(time.now()).isoformat(),
        "channel": conversation.channel,
        "asks": (before.outcome or {}).get("asks") if before else None,
        "conversation": conversation.id,
        "turn_id": turn.id,
    }


def _answer(claim: Claim) -> rasa.Answer:
    if claim.asked_before:
        kept = rasa.kept(claim.conversation_id, claim.turn_id)
        if kept is not None:
            return kept
    return rasa.ask(claim.conversation_id, claim.turn_id, claim.text, claim.metadata)


def _commit(claim: Claim, answer: rasa.Answer) -> float | None:
    with db.transaction() as session:
        found = _still_ours(session, claim)
        if found is None:
            return 0.0
        conversation, turn = found
        turn.understood = answer.parse or None
        turn.outcome, transition = effects.outcome(session, turn.id)
        if conversation.state != "bot" or conversation.version != claim.version:
            turn.state, turn.handled_by = "dropped", _shown(conversation.state)
            turn.answered_at, turn.next_try_at = time.now(), None
            metrics.DROPPED.inc()
            return 0.0
        _say(session, conversation, turn, answer)
        _transition(session, conversation, transition)
        _finish(turn, _shown(conversation.state))
        return None if _oldest(session, conversation.id) is None else 0.0


def _still_ours(session: Session, claim: Claim) -> tuple[Conversation, Turn] | None:
    conversation = saying.locked(session, claim.conversation_id)
    turn = session.get(Turn, claim.turn_id, populate_existing=True)
    if conversation is None or turn is None or turn.state != "asked" or turn.attempts != claim.attempt:
        return None
    return conversation, turn


def _say(session: Session, conversation: Conversation, turn: Turn, answer: rasa.Answer) -> None:
    custom: dict[str, Any] = {}
    for reply in answer.replies:
        text = str(reply.get("text") or "").strip()
        buttons = [
            {"title": str(button["title"]), "payload": str(button["payload"])}
            for button in reply.get("buttons") or []
            if button.get("title") and button.get("payload")
        ]
        if text or buttons:
            message = saying.say(session, conversation, "bot", text, turn_id=turn.id, buttons=buttons)
            if reply.get("custom"):
                custom[str(message.seq)] = reply["custom"]
    if custom:
        turn.outcome = {**(turn.outcome or {}), "custom": custom}


def _transition(session: Session, conversation: Conversation, wanted: dict[str, Any] | None) -> None:
    if not wanted or not routing.allowed(conversation.state, wanted["to"]):
        return
    routing.move(
        session, conversation, wanted["to"], "bot", wanted.get("reason") or "",
        priority=wanted.get("priority"), group=wanted.get("group"),
    )


def _to_person(session: Session, conversation: Conversation, turn: Turn) -> None:
    """The assistant is silent: the person sees the message; who waits is told the place in line once."""
    outcome, _ = effects.outcome(session, turn.id)
    if conversation.state == "queued" and not _told(session, conversation):
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
