"""How serious a complaint is: minor, important or major, by word lists in data; a repeated one rises a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from desk.rules.versions import Edition, Installed, Versions, load_versions
from desk.rules.yamlfile import Field

GRADES = ("minor", "important", "major")


@dataclass(frozen=True, slots=True)
class ComplaintRules:
    """A company's classes: for each the reasons with their words, and the times promised."""

    words: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    repeated: timedelta
    plan: timedelta
    head: timedelta


@dataclass(frozen=True, slots=True)
class Grade:
    """A class with the reasons for it, as the colleagues read them."""

    grade: str
    reasons: tuple[str, ...]


def load(own: Path | None = None) -> Versions[ComplaintRules]:
    """What `own`/complaints.yml says, or the shipped file. Raises PolicyError naming file, line and field."""
    return load_versions("complaints.yml", own, _rules)


def _rules(edition: Edition) -> ComplaintRules:
    top = edition.content.fields("repeated_days plan_hours head_days major important")
    return ComplaintRules(
        words={grade: tuple(_reason(item) for item in top[grade].items()) for grade in ("major", "important")},
        repeated=timedelta(days=top["repeated_days"].integer(1, 3660)),
        plan=timedelta(hours=top["plan_hours"].integer(1, 24)),
        head=timedelta(days=top["head_days"].integer(1, 30)),
    )


def _reason(item: Field) -> tuple[str, tuple[str, ...]]:
    parts = item.fields("why words")
    return parts["why"].text(), parts["words"].texts()


rules = Installed(load)
"""The classes for complaints received on a day."""


def judge(text: str, repeated: bool = False, unresolved: bool = False) -> Grade:
    """The class of a complaint told in `text`. `repeated`: not the first; `unresolved`: the repair did not help."""
    grade, reasons = "minor", []
    for name, known in rules().words.items():
        said = [why for why, words in known if any(word in text for word in words)]
        if said:
            grade = name if grade == "minor" else grade
            reasons += said
    if repeated or unresolved:
        grade = raised(grade)
        reasons.append("不是第一次投诉" if repeated else "问题修过还没解决")
    return Grade(grade, tuple(reasons or ["一般不满"]))


def raised(grade: str) -> str:
    """The class above."""
    return GRADES[min(GRADES.index(grade) + 1, len(GRADES) - 1)]
