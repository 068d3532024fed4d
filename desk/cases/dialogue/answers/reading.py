"""How answers to the open question are read.

Each reader gets the case and whether it may guess. It returns TAKEN (the fact is in the intake), ASKED (it has
answered and asked itself) or NOT (this is no answer). Readers first look for plain evidence; guessing is for the
second look, when the message is no other request either.
"""

from collections.abc import Callable

from desk.cases.dialogue.case import Case
from desk.texts import data

TAKEN, ASKED, NOT = "taken", "asked", "not"


Reader = Callable[[Case, bool], str]


READERS: dict[str, Reader] = {}


def reads(*names: str) -> Callable[[Reader], Reader]:
    """Register a reader for these questions."""

    def register(reader: Reader) -> Reader:
        for name in names:
            READERS[name] = reader
        return reader

    return register


def read(case: Case, guess: bool) -> str:
    """Read the message as the answer to the open question."""
    reader = READERS.get(case.pending or "")
    return reader(case, guess) if reader else NOT


def does_not_know(case: Case) -> bool:
    """不知道 / 找不到 / 晚点看看, as an answer."""
    said = case.said
    if said.plain.strip("。.！! ") in ("无", "没", "没得", "木有", "冇", "没有"):
        return True
    return (said.intent == "dont_know" and said.confidence >= 0.4) or said.has(*data("understanding.dont_know"))


def refuses(case: Case) -> bool:
    """不想给, as an answer to a question for data."""
    return case.said.has(*data("understanding.refuse")) or (case.said.intent == "deny" and case.said.confidence >= 0.5)
