"""Labelled utterances: from Rasa's training data and from labelled JSON lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.nlu.training_data.training_data import TrainingData


@dataclass(frozen=True)
class Span:
    """An entity at `text[start:end]`."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True)
class Utterance:
    """One customer message with its labels; `accepted` are other intents that are not wrong either.

    `annotated`: its entities are labelled, too; those of a message that was reviewed in service are not.
    """

    text: str
    intent: str
    entities: tuple[Span, ...] = ()
    secondary: str | None = None
    accepted: tuple[str, ...] = ()
    register: str = ""
    annotated: bool = True


def from_rasa(training_data: TrainingData) -> list[Utterance]:
    """The training examples that carry an intent; `metadata: {secondary: …}` becomes `secondary`."""
    return [_from_message(message.data) for message in training_data.intent_examples]


def read_training(folder: Path | str = "data/nlu") -> list[Utterance]:
    """Read every training file under `folder`, in the order of their names."""
    from rasa.shared.nlu.training_data.loading import load_data

    utterances: list[Utterance] = []
    for path in sorted(Path(folder).glob("*.yml")):
        utterances += from_rasa(load_data(str(path)))
    return utterances


def read_labelled(path: Path | str) -> list[Utterance]:
    """Read JSON lines with text, intent, secondary_intent, alt_intents, entities and register."""
    with open(path, encoding="utf-8") as lines:
        return [_from_row(json.loads(line)) for line in lines if line.strip()]


def _from_message(data: dict[str, Any]) -> Utterance:
    metadata = data.get("metadata") or {}
    labels = {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}
    return Utterance(
        text=data["text"],
        intent=data["intent"],
        entities=_spans(data.get("entities") or []),
        secondary=labels.get("secondary"),
        register=labels.get("register") or "",
        annotated=not labels.get("reviewed"),
    )


def _from_row(row: dict[str, Any]) -> Utterance:
    return Utterance(
        text=row["text"],
        intent=row["intent"],
        entities=_spans(row.get("entities") or []),
        secondary=row.get("secondary_intent"),
        accepted=tuple(row.get("alt_intents") or ()),
        register=row.get("register") or "",
    )


def _spans(entities: list[dict[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(each["entity"], each["start"], each["end"]) for each in entities)
