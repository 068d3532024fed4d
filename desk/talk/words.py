"""What a customer may send: checked and cleaned before it is stored, escaped before it reaches Rasa."""

import re
from typing import Any

LONGEST = 2000
MOST_ATTACHMENTS = 9

# Control characters but newline and tab, direction overrides (they make text look like another), the byte order mark.
_UNWANTED = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_RUNS = re.compile(r"([^\W\d_a-zA-Z]{1,4}?)\1{5,}")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")


class Refused(ValueError):
    """A message that is not taken; `code` is empty, too_long, nul, not_text or attachments."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(text: str, attachments: list[Any] | None = None) -> str:
    """`text` without control characters and outer space.

    Raises Refused when nothing is left (and nothing is attached), for more than LONGEST characters, for NUL and for
    code points that are no characters.
    """
    if len(attachments or []) > MOST_ATTACHMENTS:
        raise Refused("attachments")
    if len(text) > LONGEST:
        raise Refused("too_long")
    if "\0" in text:
        raise Refused("nul")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused("not_text")
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)).replace("\t", " ").strip()
    if not text and not attachments:
        raise Refused("empty")
    return text


def key(value: str, longest: int = 128) -> str:
    """An outside identifier (sender, message id) as it may be stored. Raises Refused."""
    if not value.strip():
        raise Refused("empty")
    if len(value) > longest:
        raise Refused("too_long")
    if not value.isprintable():
        raise Refused("not_text")
    return value


def without_runs(text: str) -> str:
    """`text` with five times of what is said over and over (嗯嗯嗯嗯嗯嗯嗯嗯): more tells nothing and costs time."""
    return _RUNS.sub(lambda found: found.group(1) * 5, text)


def escaped(text: str) -> str:
    """`text` as Rasa may read it: without runs; a leading slash would be taken for a command, so it becomes its wide
    form."""
    text = without_runs(text)
    stripped = text.lstrip()
    return "／" + stripped[1:] if stripped.startswith("/") else text
