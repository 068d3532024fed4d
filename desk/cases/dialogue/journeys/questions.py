"""Several questions in one message: each is answered by its own words, in their order."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from desk import texts
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import info, verdict

CLAUSES = re.compile(r"[，,。.！!；;？?～~\n]+|\s+(?=[一-鿿])")
ASKING = re.compile(r"[吗么呢]$|多少|几|哪|啥|什么|怎么|有没有|能不能|要不要|多久|贵不贵|是不是|[没不]$")
Question = tuple[str, str]


def asked(case: Case) -> list[Question]:
    """Intent and words of each question in the message, in order; one of a kind."""
    found: dict[str, Question] = {}
    for clause in filter(None, map(str.strip, CLAUSES.split(case.said.plain))):
        kind = _kind(clause) if ASKING.search(clause) else None
        if kind is not None and kind not in found:
            found[kind] = (str(texts.data("asked")[kind]["intent"]), clause)
    return list(found.values())


def _kind(clause: str) -> str | None:
    if "师傅" in clause or re.search(r"过保|保修|在保|质保", clause) or re.search(r"几点.{0,2}(来|到|上门)", clause):
        return None
    return next(
        (name for name, entry in texts.data("asked").items() if any(words in clause for words in entry["words"])), None
    )


def answer(case: Case, questions: list[Question]) -> bool:
    """Answer these; under a verdict that already tells the price, that one is left out. False when none was left."""
    before = len(case.lines)
    for intent, words in questions:
        if intent == "ask_price" and verdict.must_pay(case) and case.pending == "payment":
            continue
        with _only(case, words):
            info.answer(case, intent)
    return len(case.lines) > before


def beside(case: Case, questions: list[Question]) -> None:
    """Answer these beside what was said; the open question stays last."""
    kept, buttons = list(case.lines), case.buttons
    case.lines = []
    answer(case, questions)
    lines = [line for line in case.lines if line not in kept]
    case.lines = [*kept[:-1], *lines, *kept[-1:]] if kept else lines
    case.buttons = buttons or case.buttons


@contextmanager
def _only(case: Case, words: str) -> Iterator[None]:
    """The case as if only these words had been said."""
    whole, case.said = case.said, replace(case.said, plain=words)
    try:
        yield
    finally:
        case.said = whole
