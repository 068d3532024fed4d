"""Nudges wake who listens: in this process at once, in another one by PostgreSQL."""

import asyncio
import subprocess
import sys
import textwrap
import threading

import pytest

from desk.records import db
from desk.talk import bridge, nudge


def test_what_is_told_between_reading_and_waiting_is_heard() -> None:
    async def listen() -> tuple[set[str], set[str]]:
        with nudge.Listening("cv-1") as ears:
            threading.Thread(target=nudge.tell, args=("cv-1",)).start()
            await asyncio.sleep(0.05)
            return await ears.heard(5), await ears.heard(0.05)

    assert asyncio.run(listen()) == ({"cv-1"}, set())


def test_other_topics_do_not_wake() -> None:
    async def listen() -> set[str]:
        with nudge.Listening("cv-1") as ears:
            nudge.tell("cv-2")
            return await ears.heard(0.05)

    assert asyncio.run(listen()) == set()


def test_who_overhears_is_told_every_topic() -> None:
    async def listen() -> set[str]:
        with nudge.Overhearing() as ears:
            nudge.tell("cv-1")
            nudge.tell(nudge.CONSOLE)
            await asyncio.sleep(0)
            return await ears.heard(5)

    assert asyncio.run(listen()) == {"cv-1", "console"}


def test_typing_wakes_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    nudge.typing("cv-typing", "agent")
    assert nudge.types("cv-typing", "agent") and not nudge.types("cv-typing", "customer")
    nudge.stopped_typing("cv-typing", "agent")
    assert not nudge.types("cv-typing", "agent")
    monkeypatch.setattr(nudge, "TYPING_SECONDS", -1.0)
    nudge.typing("cv-typing", "agent")
    assert not nudge.types("cv-typing", "agent")


def test_another_process_is_heard_and_hears(postgres_url: str) -> None:
    other = textwrap.dedent(f"""
        import asyncio
        from desk.records import db
        from desk.talk import bridge, nudge
        db.use({postgres_url!r})
        async def main():
            with nudge.Listening("cv-question") as ears:
                for _ in range(200):
                    nudge.typing("cv-ready", "agent")
                    if await ears.heard(0.1):
                        nudge.tell("cv-answer")
                        await asyncio.sleep(0.5)
                        return
        with bridge.open():
            asyncio.run(main())
    """)

    async def listen() -> tuple[set[str], set[str], bool]:
        with nudge.Listening("cv-ready") as ready, nudge.Listening("cv-answer") as answer:
            process = subprocess.Popen([sys.executable, "-c", other])
            try:
                first = await ready.heard(30)
                typing = nudge.types("cv-ready", "agent")
                nudge.tell("cv-question")
                return first, await answer.heard(20), typing
            finally:
                process.wait(30)

    db.use(postgres_url)
    try:
        with bridge.open():
            assert asyncio.run(listen()) == ({"cv-ready"}, {"cv-answer"}, True)
    finally:
        db.use(None)
