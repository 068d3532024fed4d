"""What a person does with a conversation: take it, write, note, pass it on, give it back to the assistant, close it.

Each command is one transaction. It names the version of the conversation that the person saw: when somebody was faster,
Stale is raised, which tells who has it now, and nothing has changed. The same command sent twice counts once.
"""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import assignment, audit
from desk.cases.deskwork import LEADERS, Desk, Done, Refused, Stale, at, cleaned
from desk.cases.dialogue import resume
from desk.cases.dialogue.turn import Heard
from desk.cases.dialogue.turn import Turn as DialogueTurn
from desk.records.models import AgentGroup, Intake, Message, Staff, Turn
from desk.talk import effects, rasa, routing, saying

RESOLUTIONS = ("solved", "answered", "ticket_opened", "callback_promised", "no_reply", "not_ours", "other")
LONGEST_NOTE = 500
SERVED_BEFORE = 2  # the priority of who goes back into the line: behind danger and VIPs, before the newcomers

__all__ = [
    "LEADERS", "LONGEST_NOTE", "RESOLUTIONS", "Done", "Refused", "Stale", "close", "give_back", "take", "transfer",
]


def take(conversation_id: str, staff_id: int, version: int) -> Done:
    """A person takes the conversation from the queue, or live from the assistant, whose late answer is then dropped.

    A leader may also take a colleague's. Raises Stale and Refused (closed, full, unknown).
    """
    with at(conversation_id, staff_id) as desk:
        if desk.owns:
            return desk.done()
        desk.seen(version)
        if desk.conversation.state == "closed":
            raise Refused("closed")
        if desk.conversation.state == "agent" and not desk.leads:
            raise Stale(desk.session, desk.conversation)
        _has_room(desk)
        if desk.conversation.state == "agent":
            before = desk.conversation.agent_id
            desk.move("queued", desk.conversation.handoff_reason or "taken_over", group=desk.conversation.queue_group)
            desk.tell(desk.note(texts.render("takeover.note.taken_over", who=desk.person.name)), before)
        if desk.conversation.state == "bot":
            desk.move("queued", "taken_over")
        desk.move("agent", "taken", agent_id=staff_id)
        desk.tell_customer("takeover.joined")
        return desk.done()


def transfer(
    conversation_id: str, staff_id: int, version: int, note: str, to: int | None = None, group: str | None = None
) -> Done:
    """Pass the conversation on: to the colleague `to`, else back into the line (of `group`). `note` says why.

    Raises Stale and Refused (not_yours, needs_note, nobody, self, no_group).
    """
    with at(conversation_id, staff_id) as desk:
        desk.seen(version)
        desk.needs_owner(or_leader=True)
        if desk.conversation.state != "agent":
            raise Refused("not_now")
        note = cleaned(note, LONGEST_NOTE, "needs_note")
        other = _colleague(desk, to) if to is not None else None
        why, before = desk.conversation.handoff_reason or "transferred", desk.conversation.agent_id
        if group is not None and desk.session.get(AgentGroup, group) is None:
            raise Refused("no_group")
        desk.move("queued", why, priority=min(desk.conversation.priority, SERVED_BEFORE), group=group)
        if other is not None:
            desk.move("agent", "transferred", agent_id=other.id)
        audit.note(
            desk.session,
            desk.actor,
            "conversation_transferred",
            "conversation",
            conversation_id,
            note[:300],
            to=other.id if other else None,
            group=group,
        )
        key = "takeover.note.to_person" if other else "takeover.note.to_queue"
        message = desk.note(texts.render(key, who=other.name if other else "", note=note))
        desk.tell(message, before, other.id if other else None)
        desk.tell_customer("takeover.passed_on")
        return desk.done(message)


def give_back(conversation_id: str, staff_id: int, version: int) -> Done:
    """Give the conversation back to the assistant, which says what it knows and goes on from the intake.

    Raises Stale and Refused (not_yours, assistant_down: then it stays with the person).
    """
    with at(conversation_id, staff_id) as desk:
        desk.seen(version)
        desk.needs_owner()
        known = _projection(desk.session, conversation_id)
    try:
        # Before the conversation moves: an assistant that cannot be reached must not get it.
        rasa.restore(conversation_id, {"intake": known})
    except rasa.Unavailable as error:
        raise Refused("assistant_down") from error
    with at(conversation_id, staff_id) as desk:
        desk.seen(version)
        desk.needs_owner()
        desk.move("bot", "given_back")
        return desk.done(_resume(desk))


def close(conversation_id: str, staff_id: int, version: int, resolution: str, note: str = "") -> Done:
    """End the conversation with what came of it, one of RESOLUTIONS; a new message opens it again.

    Raises Stale and Refused (not_yours, unknown_resolution).
    """
    if resolution not in RESOLUTIONS:
        raise Refused("unknown_resolution")
    with at(conversation_id, staff_id) as desk:
        if desk.conversation.state == "closed":
            return desk.done()
        desk.seen(version)
        desk.needs_owner(or_leader=True)
        desk.move("closed", resolution)
        audit.note(
            desk.session,
            desk.actor,
            "conversation_closed",
            "conversation",
            conversation_id,
            note[:300],
            resolution=resolution,
        )
        name = texts.render(f"takeover.resolutions.{resolution}")
        words_of_it = "，".join(part for part in (name, note.strip()[:LONGEST_NOTE]) if part)
        message = desk.note(texts.render("takeover.note.closed", why=words_of_it))
        if resolution not in ("no_reply", "not_ours"):
            desk.tell_customer("takeover.closed")
        return desk.done(message)


def _has_room(desk: Desk) -> None:
    """Nobody takes more than their limit; danger and leaders know none."""
    limit = desk.person.chat_limit
    if desk.conversation.priority == 0 or desk.leads or assignment.load_of(desk.session, desk.person.id) < limit:
        return
    raise Refused("full", limit=limit)


def _colleague(desk: Desk, staff_id: int) -> Staff:
    other = desk.session.get(Staff, staff_id)
    if other is None or not other.active:
        raise Refused("nobody")
    if other.id == desk.conversation.agent_id:
        raise Refused("self")
    return other


def _projection(session: Session, conversation_id: str) -> dict[str, Any] | None:
    intake = session.scalar(
        select(Intake)
        .where(Intake.conversation_id == conversation_id, Intake.state == "open")
        .order_by(Intake.id.desc())
        .limit(1)
    )
    return {"id": intake.id, **intake.facts} if intake else None


def _resume(desk: Desk) -> Message | None:
    """The assistant's first words are a turn of their own, so that the question in them is the open one."""
    conversation, now = desk.conversation, time.now()
    turn_id = f"tn-{uuid.uuid4().hex}"
    step = resume(desk.session, DialogueTurn(turn_id, conversation.id, "", Heard("inform"), now, conversation.channel))
    message = None
    for reply in step.replies:
        message = saying.say(
            desk.session, conversation, "bot", reply.text, turn_id=turn_id, buttons=reply.buttons or None
        )
    if message is None:
        return None
    outcome, transition = effects.merge([step.to_dict()])
    desk.session.add(
        Turn(
            id=turn_id,
            conversation_id=conversation.id,
            seq=message.seq,
            text="",
            state="answered",
            handled_by="bot",
            attempts=0,
            notice_sent=False,
            outcome=outcome,
            created_at=now,
            answered_at=now,
        )
    )
    desk.session.flush()
    if transition and routing.allowed(conversation.state, transition["to"]):
        routing.move(
            desk.session,
            conversation,
            transition["to"],
            "bot",
            transition.get("reason") or "",
            priority=transition.get("priority"),
            group=transition.get("group"),
        )
    return message
