"""Labelled messages as training data: a YAML file that the launcher trains on, and rows for a spreadsheet."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from desk.cases.review import messages
from desk.records.models import DoubtfulMessage
from desk.settings import settings

COLUMNS = ("编号", "消息", "助手认为", "把握", "意思", "第二个意思")
_SKIP = "略过"
# What Rasa reads as marks inside an example.
_MARKS = str.maketrans("[]{}()", "［］｛｝（）")


def file() -> Path:
    """Where the next training finds what was labelled."""
    return settings().data_dir / "nlu" / "reviewed.yml"


def write(session: Session) -> int:
    """Write all labelled messages to `file()`, in one step; returns how many."""
    query = select(DoubtfulMessage).where(*messages.LABELLED).order_by(DoubtfulMessage.id)
    by_intent: dict[str, list[dict[str, Any]]] = {}
    for message in session.scalars(query):
        by_intent.setdefault(str(message.label), []).append(_example(message))
    entries = [{"intent": intent, "examples": examples} for intent, examples in sorted(by_intent.items())]
    path = file()
    if not entries:
        path.unlink(missing_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True), encoding="utf-8")
    fresh.replace(path)
    return sum(len(examples) for examples in by_intent.values())


def forget(session: Session, conversations: Sequence[str]) -> None:
    """Delete what these conversations left for review, and write the file anew if some of it is in there."""
    theirs = DoubtfulMessage.conversation_id.in_(conversations)
    learnt = session.scalar(select(DoubtfulMessage.id).where(theirs, DoubtfulMessage.label.is_not(None)).limit(1))
    session.execute(delete(DoubtfulMessage).where(theirs))
    if learnt is not None:
        write(session)


def _example(message: DoubtfulMessage) -> dict[str, Any]:
    """One example; its entities are nobody's labels, so the tagger leaves it out."""
    metadata: dict[str, Any] = {"reviewed": True}
    if message.second_label:
        metadata["secondary"] = message.second_label
    return {"text": " ".join(message.text.translate(_MARKS).split()) + "\n", "metadata": metadata}


def table(rows: Iterable[DoubtfulMessage]) -> list[list[str]]:
    """Rows under COLUMNS; the last two are empty, for the person who labels."""
    return [
        [str(row.id), row.text, str(row.predicted[0]["name"]), f"{row.confidence:.2f}", "", ""] for row in rows
    ]


def read_rows(rows: Iterable[list[str]]) -> list[tuple[int, str | None, str | None]]:
    """Number, intent and second intent of each labelled row; the intent is None for one put aside (略过).

    Intents may be written by their code or their Chinese name. Raises ValueError that names the row.
    """
    found = []
    for at, row in enumerate(rows, start=1):
        number, _, _, _, first, second = [cell.strip() for cell in [*row, *[""] * len(COLUMNS)][: len(COLUMNS)]]
        if not first:
            continue
        if not number.isdecimal():
            raise ValueError(f"第 {at} 行：编号应是数字")
        found.append((int(number), _code(at, first), _code(at, second)))
    return found


def _code(at: int, words: str) -> str | None:
    """The intent that a person wrote; None for nothing and for 略过."""
    if words in ("", _SKIP) or words in messages.intents():
        return None if words in ("", _SKIP) else words
    for code, name in messages.intents().items():
        if name == words:
            return code
    raise ValueError(f"第 {at} 行：没有“{words}”这个意思")
