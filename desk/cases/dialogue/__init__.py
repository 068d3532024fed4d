"""The assistant's side of a conversation: what to answer, what to ask next, what to do."""

from desk.cases.dialogue.engine import resume, take
from desk.cases.dialogue.turn import Entity, Heard, Reply, Step, Turn

__all__ = ["Entity", "Heard", "Reply", "Step", "Turn", "resume", "take"]
