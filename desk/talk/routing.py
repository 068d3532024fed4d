"""Who handles a conversation: the assistant, the queue, a person, or nobody any more. Changed here and nowhere else."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import AuditEntry, Conversation

ALLOWED: dict[str, frozenset[str]] = {
    "bot": frozenset({"queued", "closed"}),
    "queued": frozenset({"agent", "closed"}),
    "agent": frozenset({"bot", "queued", "closed"}),
    "closed": frozenset({"bot"}),
}


class NotAllowed(Exception):
    """This state does not lead to that one."""


class ChangedMeanwhile(Exception):
    """Somebody else moved the conversation first; look again before deciding."""


def allowed(state: str, to: str) -> bool:
    """Whether a conversation in `state` may go to `to`."""
    return to in ALLOWED[state]


def move(
    session: Session,
    conversation: Conversation,
    to: str,
    actor: str,
    reason: str,
    expected_version: int | None = None,
    *,
    agent_id: int | None = None,
    priority: int | None = None,
    group: str | None = None,
) -> None:
    """Hand `conversation` over to `to` (bot, queued, agent, closed), raise its version and write the audit log.

    `agent_id` is needed for agent; `priority` (1 first) and `group` count for queued. `expected_version` is what the
    caller saw; None trusts the loaded row. Raises NotAllowed or ChangedMeanwhile, and then nothing has changed.
    """
    before, version = conversation.state, conversation.version if expected_version is None else expected_version
    if not allowed(before, to):
        raise NotAllowed(f"{before} → {to}")
    if to == "agent" and agent_id is None:
        raise NotAllowed("agent needs agent_id")
    values: dict[str, object] = {
        "state": to,
        "version": version + 1,
        "agent_id": agent_id if to == "agent" else None,
        "queued_at": time.now() if to == "queued" else None,
    }
    if to == "queued":
        values |= {"handoff_reason": reason[:32], "queue_group": group}
        values |= {"priority": priority} if priority is not None else {}
    if to in ("bot", "closed"):
        values |= {"handoff_reason": None, "queue_group": None, "priority": 3}
    session.flush()
    mine = (Conversation.id == conversation.id, Conversation.version == version, Conversation.state == before)
    if session.execute(update(Conversation).where(*mine).values(**values)).rowcount != 1:  # type: ignore[attr-defined]
        raise ChangedMeanwhile(conversation.id)
    session.refresh(conversation)
    session.add(
        AuditEntry(
            at=time.now(), actor=actor, action="conversation_moved", subject="conversation",
            subject_id=conversation.id, reason=reason[:300],
            data={"from": before, "to": to, "version": version + 1, "agent_id": agent_id},
        )
    )


def take(
    session: Session, conversation: Conversation, agent_id: int, actor: str, expected_version: int | None = None
) -> None:
    """A person takes the conversation: from the queue, or live from the assistant (by way of the queue).

    Raises NotAllowed (a colleague has it, or it is closed) or ChangedMeanwhile.
    """
    if conversation.state == "bot":
        move(session, conversation, "queued", actor, "taken_over", expected_version)
        expected_version = None
    move(session, conversation, "agent", actor, "taken", expected_version, agent_id=agent_id)


def reopen(session: Session, conversation: Conversation) -> None:
    """A new message opens a closed conversation again; any other is left as it is."""
    if conversation.state == "closed":
        move(session, conversation, "bot", "customer", "new_message")
