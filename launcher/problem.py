"""What went wrong, told to the person who typed the command."""

from __future__ import annotations

import sys
from typing import NoReturn


class Problem(Exception):
    """Ends the command with a message: what happened, and what to do about it."""


def fail(problem: Problem) -> NoReturn:
    """Print the message and leave with status 1."""
    print(f"\n✗ {problem}\n", file=sys.stderr, flush=True)
    sys.exit(1)
