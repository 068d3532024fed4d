"""What the lines need without anybody asking: turns given out, idle agents relieved, the waiting told where they stand.

Giving out follows each nudge, so that nobody waits for a timer; the rest is looked at every LOOK_EVERY seconds. Any
number of processes may do it: each step locks what it changes and looks again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from anyio import to_thread
from sqlalchemy.orm import Session

from desk import time
from desk.cases import assignment, waiting
from desk.records import db
from desk.talk import engine, nudge

LOOK_EVERY = 15.0
TOGETHER = 0.2  # seconds in which several nudges are one

log = logging.getLogger(__name__)

Step = Callable[[Session, datetime], list[str]]


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Dispatch for as long as the application serves."""
    task = asyncio.create_task(_forever(), name="dispatch")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def once(*steps: Step) -> list[str]:
    """Do these steps, each in a transaction, and send what they said; returns the conversations that changed."""
    changed: list[str] = []
    for step in steps:
        with db.transaction() as session:
            found = step(session, time.now())
        for conversation_id in found:
            engine.current().send(conversation_id)
            engine.current().wake(conversation_id)
        changed += found
    return changed


async def _forever() -> None:
    looked = time.monotonic()
    with nudge.Overhearing() as ears:
        while True:
            await ears.heard(LOOK_EVERY)
            await asyncio.sleep(TOGETHER)
            steps: list[Step] = []
            if time.monotonic() - looked >= LOOK_EVERY:
                looked = time.monotonic()
                steps = [assignment.requeue_idle, waiting.tell_again]
            try:
                await to_thread.run_sync(_look, steps)
            except Exception:
                log.exception("dispatch_failed")


def _look(steps: list[Step]) -> None:
    once(*steps)
    with db.reading() as session:
        waits = assignment.waits(session)
    if waits:
        once(assignment.give_out)
