"""Standard words for faults, beside the customer's own."""

import re
from functools import cache
from importlib.resources import files

import yaml


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    raw = yaml.safe_load(files("desk.cases").joinpath("symptoms.yml").read_text("utf-8"))
    return tuple((word, re.compile("|".join(patterns))) for word, patterns in raw.items())


def standard(text: str) -> list[str]:
    """The standard words that `text` means but does not contain."""
    return [word for word, pattern in _patterns() if word not in text and pattern.search(text)]


def meant(text: str) -> frozenset[str]:
    """The standard words that `text` contains or means."""
    return frozenset(word for word, pattern in _patterns() if word in text or pattern.search(text))


def sounds_like_fault(text: str) -> bool:
    """Whether `text` tells of a fault by the standard words or their patterns."""
    return bool(meant(text))


def names() -> list[str]:
    """Every standard word."""
    return [word for word, _ in _patterns()]
