"""The same 600 examples for both contenders: `examples.yml`, taken from data/nlu once by a fixed rule.

Kept as a file, so that numbers stay comparable while the training data grow. `python -m bench.corpus` takes them anew.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT / "bench" / "examples.yml"
SIZE = 600
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def training_data() -> str:
    """The examples as a Rasa file."""
    return EXAMPLES.read_text(encoding="utf-8")


def intents() -> list[str]:
    """The intents of the examples."""
    return [block["intent"] for block in yaml.safe_load(training_data())["nlu"]]


@cache
def examples(intent: str) -> list[str]:
    """The examples of one intent."""
    blocks = yaml.safe_load(training_data())["nlu"]
    return next(sorted(_texts(block["examples"])) for block in blocks if block["intent"] == intent)


def take(size: int = SIZE) -> dict[str, list[str]]:
    """Plain utterances by intent, `size` in all: each intent gives in turn the one whose hash comes next."""
    waiting = {intent: sorted(texts, key=_order) for intent, texts in sorted(_all().items())}
    chosen: dict[str, list[str]] = {intent: [] for intent in waiting}
    while sum(map(len, chosen.values())) < size and any(waiting.values()):
        for intent, texts in waiting.items():
            if texts and sum(map(len, chosen.values())) < size:
                chosen[intent].append(texts.pop(0))
    return {intent: texts for intent, texts in chosen.items() if texts}


def as_training_data(chosen: dict[str, list[str]]) -> str:
    """Examples by intent as a Rasa file."""
    nlu = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in chosen.items()]
    return yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False)


def _all() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted((PROJECT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" in block:
                found.setdefault(block["intent"], set()).update(_texts(block["examples"]))
    return found


def _texts(listed: str | list[dict[str, str]]) -> set[str]:
    lines = listed.splitlines() if isinstance(listed, str) else [item["text"] for item in listed]
    plain = (_ENTITY.sub(r"\1", line.strip().removeprefix("- ").strip()) for line in lines)
    return {text for text in plain if text and not text.startswith("/")}


def _order(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    EXAMPLES.write_text(as_training_data(take()), encoding="utf-8")
