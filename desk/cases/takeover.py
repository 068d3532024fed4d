"""What a person does with a conversation: take it, write, note, pass it on, give it back to the assistant, close it.

Each command is one transaction. It names the version of the conversation that the person saw: when somebody was faster,
Stale is raised, which tells who has it now, and nothing has changed. The same command sent twice counts once.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit
from desk.cases.dialogue import resume
from desk.cases.dialogue.turn import Heard
from desk.cases.dialogue.turn import Turn as DialogueTurn
from desk.records import db
from desk.records.models import Conversation, Intake, Message, Staff, Turn
from desk.talk import effects, engine, rasa, routing, saying, words

LEADERS = ("supervisor", "admin")
RESOLUTIONS = ("solved", "answered", "ticket_opened", "callback_promised", "no_reply", "not_ours", "other")
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Done:
    """A command that took effect: how the conversation stands now, and the line it added, if any."""

    conversation_id: str
    state: str
    version: int
    seq: int | None = None


class Refused(Exception):
    """The command may not be carried out; `code` is for programs, the message for the person."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(texts.render(f"takeover.refused.{code}", **values))
        self.code = code


class Stale(Refused):
    """Somebody else moved the conversation first: look again. `owner` is who has it now, if a person has."""

    def __init__(self, session: Session, conversation: Conversation) -> None:
        holder = session.get(Staff, conversation.agent_id) if conversation.agent_id else None
        self.owner = holder.name if holder else None
        self.state, self.version = conversation.state, conversation.version
        super().__init__(f"stale_{conversation.state}", who=self.owner or "")
        self.code = "stale"


@dataclass(frozen=True)
class _Desk:
    """One command at work: its session, the locked conversation, and who acts."""

    session: Session
    conversation: Conversation
    person: Staff

    @property
    def actor(self) -> str:
        return f"staff:{self.person.id}"

    @property
    def leads(self) -> bool:
        return self.person.role in LEADERS

    @property
    def owns(self) -> bool:
        return self.conversation.state == "agent" and self.conversation.agent_id == self.person.id

    def seen(self, version: int) -> None:
        if self.conversation.version != version:
            raise Stale(self.session, self.conversation)

    def needs_owner(self, or_leader: bool = False) -> None:
        if not self.owns and not (or_leader and self.leads):
            raise Refused("not_yours")

    def move(self, to: str, reason: str, **more: Any) -> None:
        try:
            routing.move(self.session, self.conversation, to, self.actor, reason, **more)
        except routing.ChangedMeanwhile as error:
            self.session.refresh(self.conversation)
            raise Stale(self.session, self.conversation) from error
        except routing.NotAllowed as error:
            raise Refused("not_now") from error

    def tell_customer(self, key: str) -> None:
        line = texts.render(key, self.conversation.channel, who=self.person.name)
        saying.say(self.session, self.conversation, "system", line)

    def note(self, text: str) -> Message:
        return saying.say(self.session, self.conversation, "note", text, staff_id=self.person.id)

    def done(self, message: Message | None = None) -> Done:
        found = self.conversation
        return Done(found.id, found.state, found.version, message.seq if message else None)


def take(conversation_id: str, staff_id: int, version: int) -> Done:
    """A person takes the conversation from the queue, or live from the assistant, whose late answer is then dropped.

    A leader may also take a colleague's. Raises Stale and Refused (closed, not_yours, unknown).
    """
    with _at(conversation_id, staff_id) as desk:
        if desk.owns:
            return desk.done()
        desk.seen(version)
        if desk.conversation.state == "closed":
            raise Refused("closed")
        if desk.conversation.state == "agent":
            if not desk.leads:
                raise Stale(desk.session, desk.conversation)
            desk.move("queued", desk.conversation.handoff_reason or "taken_over")
        if desk.conversation.state == "bot":
            desk.move("queued", "taken_over")
        desk.move("agent", "taken", agent_id=staff_id)
        desk.tell_customer("takeover.joined")
        return desk.done()


def transfer(
    conversation_id: str, staff_id: int, version: int, note: str, to: int | None = None, group: str | None = None
) -> Done:
    """Pass the conversation on: to the colleague `to`, else back into the line (of `group`). `note` says why.

    Raises Stale and Refused (not_yours, needs_note, nobody, self).
    """
    with _at(conversation_id, staff_id) as desk:
        desk.seen(version)
        desk.needs_owner(or_leader=True)
        if desk.conversation.state != "agent":
            raise Refused("not_now")
        note = _words(note, LONGEST_NOTE, "needs_note")
        other = _colleague(desk, to) if to is not None else None
        why = desk.conversation.handoff_reason or "transferred"
        priority = min(desk.conversation.priority, 1)  # who has waited once does not start at the end of the line
        desk.move("queued", why, priority=priority, group=group)
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
        desk.tell_customer("takeover.passed_on")
        return desk.done(message)


def give_back(conversation_id: str, staff_id: int, version: int) -> Done:
    """Give the conversation back to the assistant, which says what it knows and goes on from the intake.

    Raises Stale and Refused (not_yours, assistant_down: then it stays with the person).
    """
    with _at(conversation_id, staff_id) as desk:
        desk.seen(version)
        desk.needs_owner()
        known = _projection(desk.session, conversation_id)
    try:
        # Before the conversation moves: an assistant that cannot be reached must not get it.
        rasa.restore(conversation_id, {"intake": known})
    except rasa.Unavailable as error:
        raise Refused("assistant_down") from error
    with _at(conversation_id, staff_id) as desk:
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
    with _at(conversation_id, staff_id) as desk:
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


def say(conversation_id: str, staff_id: int, version: int, text: str, key: str) -> Done:
    """Write to the customer on the customer's own channel. `key` is the sender's own id of the message: again, it is
    the same message. Raises Stale and Refused (not_yours, empty, too_long)."""
    with _at(conversation_id, staff_id) as desk:
        before = _sent_before(desk, key)
        if before is not None:
            return desk.done(before)
        desk.seen(version)
        desk.needs_owner()
        text = _words(text, words.LONGEST)
        message = saying.say(desk.session, desk.conversation, "agent", text, staff_id=staff_id)
        message.external_id = _key(desk, key)
        return desk.done(message)


def note(conversation_id: str, staff_id: int, text: str, key: str) -> Done:
    """Write something that only colleagues see; everybody may. Raises Refused (empty, too_long)."""
    with _at(conversation_id, staff_id) as desk:
        before = _sent_before(desk, key)
        if before is not None:
            return desk.done(before)
        message = desk.note(_words(text, words.LONGEST))
        message.external_id = _key(desk, key)
        return desk.done(message)


@contextmanager
def _at(conversation_id: str, staff_id: int) -> Iterator[_Desk]:
    """The conversation, locked, with the person who acts; after the commit it is sent and shown."""
    with db.transaction() as session:
        conversation = saying.locked(session, conversation_id)
        person = session.get(Staff, staff_id)
        if conversation is None or person is None or not person.active:
            raise Refused("unknown")
        yield _Desk(session, conversation, person)
    engine.current().send(conversation_id)
    engine.current().wake(conversation_id)


def _colleague(desk: _Desk, staff_id: int) -> Staff:
    other = desk.session.get(Staff, staff_id)
    if other is None or not other.active:
        raise Refused("nobody")
    if other.id == desk.conversation.agent_id:
        raise Refused("self")
    return other


def _key(desk: _Desk, key: str) -> str:
    return f"staff:{desk.person.id}:{key}"


def _sent_before(desk: _Desk, key: str) -> Message | None:
    same = (Message.conversation_id == desk.conversation.id, Message.external_id == _key(desk, key))
    return desk.session.scalar(select(Message).where(*same))


def _words(text: str, longest: int, empty: str = "empty") -> str:
    try:
        text = words.clean(text)
    except words.Refused as error:
        code = {"empty": empty, "too_long": "too_long"}.get(error.code, "not_text")
        raise Refused(code, limit=longest) from error
    if len(text) > longest:
        raise Refused("too_long", limit=longest)
    return text


def _projection(session: Session, conversation_id: str) -> dict[str, Any] | None:
    intake = session.scalar(
        select(Intake)
        .where(Intake.conversation_id == conversation_id, Intake.state == "open")
        .order_by(Intake.id.desc())
        .limit(1)
    )
    return {"id": intake.id, **intake.facts} if intake else None


def _resume(desk: _Desk) -> Message | None:
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
