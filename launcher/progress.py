"""Lines that show what is being done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """One line on the terminal, at once."""
    print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what begins, and how long it took when it is done."""
    say(f"• {text} …")
    began = time.monotonic()
    yield
    say(f"  ✓ {time.monotonic() - began:.1f} s")
