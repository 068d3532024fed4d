"""One command of a colleague on a conversation: locked, with who acts, refused in words, sent after the commit.

Each command is one transaction. It names the version of the conversation that the person saw: when somebody was faster,
Stale is raised, which tells who has it now, and nothing has changed. The same command sent twice counts once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases.permissions import LEADERS
from desk.records import db
from desk.records.models import Conversation, Mention, Message, Staff
from desk.talk import engine, routing, saying, words

__all__ = ["LEADERS", "Desk", "Done", "Refused", "Stale", "at", "cleaned", "message_key", "sent_before"]


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
class Desk:
    """One command at work: its session, the locked conversation, and who acts."""

    session: Session
    conversation: Conversation
    person: Staff

    @property
    def actor(self) -> str:
        """Who acts, as the audit log names them."""
        return f"staff:{self.person.id}"

    @property
    def leads(self) -> bool:
        """Whether they also decide for others."""
        return self.person.role in LEADERS

    @property
    def owns(self) -> bool:
        """Whether the conversation is in their hands."""
        return self.conversation.state == "agent" and self.conversation.agent_id == self.person.id

    def seen(self, version: int) -> None:
        """The page showed this version. Raises Stale when it is not the present one."""
        if self.conversation.version != version:
            raise Stale(self.session, self.conversation)

    def needs_owner(self, or_leader: bool = False) -> None:
        """Raises Refused for everybody but the owner (and leaders, if so)."""
        if not self.owns and not (or_leader and self.leads):
            raise Refused("not_yours")

    def move(self, to: str, reason: str, **more: Any) -> None:
        """`routing.move` by this person. Raises Stale and Refused."""
        try:
            routing.move(self.session, self.conversation, to, self.actor, reason, **more)
        except routing.ChangedMeanwhile as error:
            self.session.refresh(self.conversation)
            raise Stale(self.session, self.conversation) from error
        except routing.NotAllowed as error:
            raise Refused("not_now") from error

    def tell_customer(self, key: str) -> None:
        """A line of ours to the customer; {who} is this person."""
        line = texts.render(key, self.conversation.channel, who=self.person.name)
        saying.say(self.session, self.conversation, "system", line)

    def note(self, text: str) -> Message:
        """A line that only colleagues see."""
        return saying.say(self.session, self.conversation, "note", text, staff_id=self.person.id)

    def tell(self, message: Message, *people: int | None) -> None:
        """These colleagues are told of a note, as if they were named in it; nobody is told of what they did."""
        for staff_id in {one for one in people if one is not None} - {self.person.id}:
            self.session.add(
                Mention(message_id=message.id, staff_id=staff_id, conversation_id=message.conversation_id)
            )

    def done(self, message: Message | None = None) -> Done:
        """How it stands now."""
        found = self.conversation
        return Done(found.id, found.state, found.version, message.seq if message else None)


@contextmanager
def at(conversation_id: str, staff_id: int) -> Iterator[Desk]:
    """The conversation, locked, with the person who acts; after the commit it is sent and shown."""
    with db.transaction() as session:
        conversation = saying.locked(session, conversation_id)
        person = session.get(Staff, staff_id)
        if conversation is None or person is None or not person.active:
            raise Refused("unknown")
        yield Desk(session, conversation, person)
    engine.current().send(conversation_id)
    engine.current().wake(conversation_id)


def message_key(desk: Desk, key: str) -> str:
    """The stored form of the sender's own id of a message."""
    return f"staff:{desk.person.id}:{key}"


def sent_before(desk: Desk, key: str) -> Message | None:
    """The message that this colleague has sent under `key` already."""
    same = (Message.conversation_id == desk.conversation.id, Message.external_id == message_key(desk, key))
    return desk.session.scalar(select(Message).where(*same))


def cleaned(text: str, longest: int, empty: str = "empty") -> str:
    """`text` as it may be stored. Raises Refused (`empty`, too_long, not_text)."""
    try:
        text = words.clean(text)
    except words.Refused as error:
        code = {"empty": empty, "too_long": "too_long"}.get(error.code, "not_text")
        raise Refused(code, limit=longest) from error
    if len(text) > longest:
        raise Refused("too_long", limit=longest)
    return text
