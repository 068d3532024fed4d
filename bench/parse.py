"""Memory and processor time of understanding 10,000 different messages, one after the other.

    .venv-rasa/bin/python -m bench.parse MODEL.tar.gz [--messages N]

The model answers in this process as it does in a server, through Rasa's own parse.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from pathlib import Path

from bot import logs
from bot.light import without_tensorflow

without_tensorflow()

from rasa.core.agent import Agent  # noqa: E402

_TESTS = Path("tests/understanding")
_EVERY = 1000


def texts(count: int) -> list[str]:
    """Held-out utterances, made different by numbers, fillers and cuts."""
    lines = [line for path in sorted(_TESTS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    known = [json.loads(line)["text"] for line in lines]
    chance = random.Random(0)
    made = []
    for number in range(count):
        text = chance.choice(known)
        place = chance.randrange(len(text) + 1)
        made.append(text[:place] + chance.choice(["", "嗯", "那个", f" {number} ", "，"]) + text[place:])
    return made


def resident() -> float:
    """This process's memory in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise LookupError("no VmRSS in /proc/self/status")


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("model", type=Path)
    options.add_argument("--messages", type=int, default=10_000)
    chosen = options.parse_args()
    logs.configure()
    agent = Agent.load(str(chosen.model))
    spent = []
    for number, text in enumerate(texts(chosen.messages), start=1):
        start = time.process_time()
        await agent.parse_message(text)
        spent.append((time.process_time() - start) * 1e3)
        if number == 1 or number % _EVERY == 0:
            print(f"after {number:>6} messages: {resident():.1f} MB", flush=True)
    spent.sort()
    print(f"CPU ms a message: p50 {statistics.median(spent):.1f}, p95 {spent[int(0.95 * len(spent))]:.1f}")


if __name__ == "__main__":
    asyncio.run(main())
