"""What customers read and hear: catalogues of texts, by key, with a variant for the ear where it differs."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _tree() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for entry in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yml"):
            _merge(yaml.safe_load(entry.read_text("utf-8")) or {}, merged)
    return merged


def _merge(tree: dict[str, Any], into: dict[str, Any]) -> None:
    """Branches of the same name in several files are one."""
    for key, value in tree.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(value, into[key])
        else:
            into[key] = value


@cache
def catalogue() -> dict[str, Any]:
    """Every customer text by its dotted key."""
    found: dict[str, Any] = {}
    _flatten(_tree(), "", found)
    return found


def _flatten(tree: dict[str, Any], prefix: str, into: dict[str, Any]) -> None:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and "text" not in value:
            _flatten(value, f"{name}.", into)
        else:
            into[name] = value


def render(key: str, channel: str = "web", **values: Any) -> str:
    """The text `key` for `channel` with its blanks filled.

    On the phone `ear.{key}` comes first. Raises KeyError for a key that no catalogue has, or a blank left unfilled.
    """
    entry = (catalogue().get(f"ear.{key}") if channel == "phone" else None) or catalogue()[key]
    if isinstance(entry, dict):
        entry = entry.get(channel) or entry["text"]
    return str(entry).strip().format(**values)


def has(key: str) -> bool:
    """Whether a catalogue has `key`."""
    return key in catalogue()


@cache
def data(key: str) -> Any:
    """A raw entry: a text, a list of words, or a whole branch of the catalogue."""
    found: Any = _tree()
    for name in key.split("."):
        found = found[name]
    return found
