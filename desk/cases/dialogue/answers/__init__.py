"""Reading the answer to the open question."""

from desk.cases.dialogue.answers import agreement, contact, things
from desk.cases.dialogue.answers.reading import ASKED, NOT, TAKEN, does_not_know, read, refuses

READERS = (agreement, contact, things)

__all__ = ["ASKED", "NOT", "READERS", "TAKEN", "does_not_know", "read", "refuses"]
