"""Reading the answer to the open question."""

from desk.cases.dialogue.answers import agreement, code, contact, things
from desk.cases.dialogue.answers.reading import ASKED, NOT, TAKEN, does_not_know, read, refuses

READERS = (agreement, code, contact, things)

__all__ = ["ASKED", "NOT", "READERS", "TAKEN", "does_not_know", "read", "refuses"]
