"""Splits a message where one wish may end and the next begin."""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"[，。！？；,!?;~\n]+|\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+"
    r"|(?=另外|顺便|还有就是|还有|对了|再就是|然后|同时|并且|而且|以及|再帮|再给|再问|外加)"
)
_SHORTEST = 2


def split(text: str) -> list[str]:
    """The clauses of `text` in order; a scrap of one character goes with the clause before it."""
    clauses: list[str] = []
    for part in _BREAK.split(text):
        part = part.strip()
        if not part:
            continue
        if len(part) < _SHORTEST and clauses:
            clauses[-1] += part
        else:
            clauses.append(part)
    return clauses
