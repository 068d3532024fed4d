"""Calls at once through AudioSocket: answered, first words, from the caller's last word to ours, barge-in. One table.

    .venv/bin/python -m bench.hotline [--calls 20]

The hotline runs as its own process, beside a desk with the real dialogue behind a small understanding; recogniser and
synthesis are stand-ins that answer at once, so their own time is not in the figures. Shared machines make these slower.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.fakes import speech
from tests.fakes.desk_process import KEY, PROJECT, Desk, free_port
from tests.fakes.exchange import Caller, Exchange
from tests.fakes.rasa_server import FakeRasa, Said


def main() -> None:
    """Run the calls and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=20)
    count = parser.parse_args().calls
    speech.FAST = 1  # prompts last long enough to be cut short
    rasa = FakeRasa()
    rasa.script = lambda turn: Said([{"text": "好的，请说一下序列号，在机身侧面的标签上。"}])
    rasa.start()
    try:
        with tempfile.TemporaryDirectory() as folder, speech.synthesis() as voice:
            desk = Desk(Path(folder), rasa.port).start()
            try:
                asyncio.run(_play(count, Path(folder), desk, voice))
            finally:
                desk.stop()
    finally:
        rasa.stop()


async def _play(count: int, folder: Path, desk: Desk, voice: speech.Synthesis) -> None:
    async with speech.recogniser() as ears:
        audio, agi = free_port(), free_port()
        environment = {
            **desk.environment, "AFTERCARE_API_KEY": KEY, "AFTERCARE_HOTLINE_AUDIO_PORT": str(audio),
            "AFTERCARE_HOTLINE_AGI_PORT": str(agi), "AFTERCARE_HOTLINE_DESK_URL": desk.base,
            "AFTERCARE_HOTLINE_ASR_URL": ears.url, "AFTERCARE_HOTLINE_TTS_URL": voice.url,
            "AFTERCARE_HOTLINE_TTS_RATE": "8000", "AFTERCARE_HOTLINE_CALLS_AN_HOUR": "1000",
        }
        with (folder / "hotline.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "desk.channels.hotline.serve"], cwd=PROJECT, env={**os.environ, **environment},
                stdout=log, stderr=log,
            )
        try:
            await _measure(count, Exchange(audio, agi), psutil.Process(process.pid), folder / "hotline.log")
        finally:
            process.terminate()
            process.wait(20)


async def _measure(count: int, exchange: Exchange, process: psutil.Process, log: Path) -> None:
    while (await exchange.agi("nothing")).status != "SUCCESS":
        await asyncio.sleep(0.2)
    await asyncio.sleep(3)  # prompts are rendered meanwhile, as they are on the first start alone
    before, began = sum(process.cpu_times()[:2]), time.monotonic()
    results = await asyncio.gather(*(_call(exchange, number) for number in range(count)), return_exceptions=True)
    spent, lasted = sum(process.cpu_times()[:2]) - before, time.monotonic() - began
    good = [result for result in results if not isinstance(result, BaseException)]
    print(f"| calls at once | {count} |\n| --- | --- |")
    print(f"| answered and served | {len(good)} |")
    for title, at in (("first words", 0), ("end of speech to our words", 1), ("speech to silence of the prompt", 2)):
        values = sorted(result[at] for result in good)
        if values:
            print(f"| {title}: median, p95 | {_at(values, 0.5):.2f} s, {_at(values, 0.95):.2f} s |")
    _stages(log)
    print(f"| CPU of the hotline | {spent:.1f} s in {lasted:.1f} s: {spent / lasted:.2f} of a core |")


def _stages(log: Path) -> None:
    """Where the wait went, by the hotline's own log."""
    turns = [json.loads(line) for line in log.read_text("utf-8").splitlines() if '"turn_timed"' in line]
    for stage in ("pause", "recogniser", "assistant", "voice", "whole"):
        values = sorted(turn[stage] / 1000 for turn in turns)
        if values:
            print(f"| … {stage}: median, p95 | {_at(values, 0.5):.2f} s, {_at(values, 0.95):.2f} s |")
    print(f"| … turns, with a word of comfort first | {len(turns)}, {sum(turn['comforted'] for turn in turns)} |")


async def _call(exchange: Exchange, number: int) -> tuple[float, float, float]:
    """First words after, our answer after the caller's last word, silence after the caller cut in."""
    caller = await exchange.call(f"138{number:08d}")
    await caller.hears("或者按九", 60)
    await caller.quiet()
    await caller.says("我家空调不制冷")
    ended = time.monotonic()
    await caller.hears("好的", 60)
    answered = time.monotonic() - ended
    cut = await _cuts_in(caller)
    await caller.hangs_up()
    return caller.first_word_after or 0.0, answered, cut


async def _cuts_in(caller: Caller) -> float:
    """The caller speaks over a prompt: until no word of it comes any more."""
    began = time.monotonic()
    speaking = asyncio.create_task(caller.says("等一下我再说一句话好不好呀我再说一句话"))
    last, heard = began, len(caller.heard)
    while time.monotonic() - began < 2.0:
        if len(caller.heard) != heard:
            last, heard = time.monotonic(), len(caller.heard)
        elif time.monotonic() - last > 0.3:
            break
        await asyncio.sleep(0.01)
    await speaking
    return last - began


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main()
