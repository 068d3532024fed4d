"""Splits a message where one wish may end and the next begin."""

from __future__ import annotations

import re
from itertools import pairwise

_BREAK = re.compile(
    r"[，。！？；,!?;~\n]+|\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+"
    r"|(?=另外|顺便|还有就是|还有|对了|再就是|然后|同时|并且|而且|以及|再帮|再给|再问|外加)"
)
_SHORTEST = 2


def places(text: str) -> list[tuple[int, int]]:
    """Start and end of the clauses of `text` in order; a scrap of one character goes with the clause before it."""
    breaks = [(0, 0), *(found.span() for found in _BREAK.finditer(text)), (len(text), len(text))]
    clauses: list[tuple[int, int]] = []
    for (_, start), (end, _) in pairwise(breaks):
        part = text[start:end]
        if not part.strip():
            continue
        start += len(part) - len(part.lstrip())
        end -= len(part) - len(part.rstrip())
        if end - start < _SHORTEST and clauses:
            clauses[-1] = (clauses[-1][0], end)
        else:
            clauses.append((start, end))
    return clauses
