"""A supervisor gives a conversation to somebody: out of the line, from the assistant, or from a colleague."""

from desk import texts
from desk.cases import audit, takeover
from desk.cases.deskwork import Desk, Done, Refused, at
from desk.records.models import Staff


def assign(conversation_id: str, leader_id: int, version: int, to: int, note: str = "") -> Done:
    """The colleague `to` has the conversation from now on, and reads `note`; who had it is told, and the customer.

    Raises Stale and Refused (not_yours for who does not lead, nobody, self, closed).
    """
    with at(conversation_id, leader_id) as desk:
        desk.seen(version)
        if not desk.leads:
            raise Refused("not_yours")
        state = desk.conversation.state
        if state == "closed":
            raise Refused("closed")
        if state != "agent":
            return _give(desk, to, note.strip()[: takeover.LONGEST_NOTE])
    why = note.strip() or texts.render("console.wall.reassigned_note")
    return takeover.transfer(conversation_id, leader_id, version, why, to)


def _give(desk: Desk, to: int, note: str) -> Done:
    other = desk.session.get(Staff, to)
    if other is None or not other.active:
        raise Refused("nobody")
    if desk.conversation.state == "bot":
        desk.move("queued", "taken_over")
    desk.move("agent", "assigned", agent_id=to)
    audit.note(desk.session, desk.actor, "conversation_assigned", "conversation", desk.conversation.id, to=to)
    said = texts.render("console.wall.assigned_note", who=other.name, by=desk.person.name)
    message = desk.note(f"{said}{note}")
    desk.tell(message, to)
    return desk.done(message)
