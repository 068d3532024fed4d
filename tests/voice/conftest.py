"""Real telephone calls on loopback: a SIP exchange, people with SIP telephones, a Mandarin voice and a recogniser.

Run by `make test-voice`, with the environment of requirements/voice.txt in AFTERCARE_VOICE_PYTHON.
"""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import time as wall
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from desk.channels.hotline import serve
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech import prompts, sound
from desk.channels.hotline.speech.mouth import HttpVoice, Mouth
from desk.channels.rest import auth
from desk.imports import run_import
from tests.fakes.desk import pointed_at, running_engine
from tests.fakes.desk_process import free_port
from tests.fakes.rasa_server import FakeRasa
from tests.hotline.conftest import CUSTOMERS, DEVICES, KEY, PRODUCTS, Night, _fake, dialogue, site

__all__ = ["_fake", "site"]

HERE = Path(__file__).parent
PYTHON = os.environ.get("AFTERCARE_VOICE_PYTHON", ".venv-voice/bin/python")
QUIET = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "2"}


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of voice and recogniser."""
    folder = tmp_path_factory.mktemp("speech")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, str(HERE / "speech_server.py"), str(folder)], env={**os.environ, **QUIET}, stderr=log,
            stdout=subprocess.PIPE,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, (folder / "log").read_text()[-2000:]
        yield json.loads(line)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def rendered(speech: dict[str, str]) -> Path:
    """The fixed prompts, spoken once for all runs: a small machine needs a minute for them."""
    folder = Path.home() / ".cache" / "aftercare" / "voice-prompts"
    with ThreadPoolExecutor(1) as pool:
        mouth = Mouth(HttpVoice(speech["tts"], "中文女", 24000, 60), folder, pool, 60)
        assert asyncio.run(mouth.prepare(prompts.fixed())) == []
    return folder


@dataclass
class Town(Night):
    """A night with telephones. `events` is what the exchange did; `say` makes a WAV file of words."""

    sip_port: int = 0
    folder: Path = Path()
    voice_url: str = ""
    spool: Path = Path()
    events: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str) -> str:
        """Words as a file to play."""
        path = self.folder / f"{abs(hash(text))}.wav"
        if not path.exists():
            sound.save(path, bytes(16000 // 5) + HttpVoice(self.voice_url, "zh", 24000, 60).speak(text))
        return str(path)

    async def person(self, name: str, steps: list[list[Any]], call: bool = True, **more: Any) -> list[dict[str, Any]]:
        """Somebody plays a script on a telephone; what happened there."""
        port = more.pop("port", None) or free_port()
        script = {
            "call": f"sip:hotline@127.0.0.1:{self.sip_port}" if call else None, "number": name, "steps": steps,
            "heard": str(self.folder / f"heard-{name}.wav"), **more,
        }
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(script), "utf-8")
        process = await asyncio.create_subprocess_exec(
            PYTHON, str(HERE / "person.py"), str(port), str(file), stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            out, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return [json.loads(line) for line in out.decode().splitlines() if line.startswith("{")]

    async def happens(self, event: str, seconds: float = 60, **facts: Any) -> dict[str, Any]:
        """Wait until the exchange did this."""
        began = wall.monotonic()
        while wall.monotonic() - began < seconds:
            for found in self.events:
                if found["event"] == event and facts.items() <= found.items():
                    return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"{event} {facts} did not happen: {self.events}")


Play = Callable[[Callable[[Town], Awaitable[None]]], None]


@pytest.fixture
def town(
    clean_database: str, pinned_clock: Callable[[str], object], _fake: FakeRasa, speech: dict[str, str], rendered: Path,
    site: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Play]:
    """Play a night at 22:00: `town(scenario)`."""
    _fake.reset()
    _fake.script = dialogue
    pinned_clock("2026-11-21T22:00:00+08:00")
    spool = tmp_path / "spool"
    spool.mkdir()
    shutil.copytree(rendered, tmp_path / "hotline" / "prompts")
    chosen = {
        "DATA_DIR": str(tmp_path), "API_KEY": KEY, "HOTLINE_AUDIO_PORT": "0", "HOTLINE_AGI_PORT": "0",
        "HOTLINE_TTS_URL": speech["tts"], "HOTLINE_TTS_TIMEOUT": "60", "HOTLINE_ASR_URL": speech["asr"],
        "HOTLINE_ASR_TIMEOUT": "90", "HOTLINE_NO_INPUT": "20", "HOTLINE_DESK_TIMEOUT": "30",
        "HOTLINE_BARGE_IN": "false", "HOTLINE_SPOOL": str(spool), "HOTLINE_LONGEST_CALL": "600",
        # The recogniser is slow here: a script would take a word of comfort for the answer.
        "HOTLINE_COMFORT_AFTER": "120",
        "HOTLINE_RING_CHANNEL": "PJSIP/sip:oncall@127.0.0.1:{phone}",
        "NOTIFY_RINGER": "desk.channels.hotline.ringing:ring",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"AFTERCARE_{name}", value)
    with pointed_at(_fake, monkeypatch, AFTERCARE_RASA_TIMEOUT="10"), running_engine():
        auth.keep_first_key()
        sheets = {"products": PRODUCTS, "customers": CUSTOMERS, "devices": DEVICES}
        assert run_import([(f"{name}.csv", rows.encode()) for name, rows in sheets.items()]).ok
        monkeypatch.setenv("AFTERCARE_HOTLINE_DESK_URL", f"http://127.0.0.1:{site()}")
        settings.cache_clear()
        yield lambda scenario: asyncio.run(_play(scenario, _fake, speech, tmp_path, spool))
    settings.cache_clear()


async def _play(
    scenario: Callable[[Town], Awaitable[None]], rasa: FakeRasa, speech: dict[str, str], folder: Path, spool: Path
) -> None:
    async with serve.running() as ports, _exchange(ports, spool) as (sip_port, events):
        night = Town(None, None, None, rasa, sip_port, folder, speech["tts"], spool, events)  # type: ignore[arg-type]
        await scenario(night)


@asynccontextmanager
async def _exchange(ports: serve.Running, spool: Path) -> AsyncIterator[tuple[int, list[dict[str, Any]]]]:
    sip_port, events = free_port(), []  # type: tuple[int, list[dict[str, Any]]]
    process = await asyncio.create_subprocess_exec(
        PYTHON, str(HERE / "exchange.py"), str(sip_port), str(ports.audio_port), str(ports.agi_port), str(spool),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None

    async def follow() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            if line.startswith(b"{"):
                events.append(json.loads(line))

    following = asyncio.create_task(follow())
    try:
        began = wall.monotonic()
        while not any(event["event"] == "ready" for event in events):
            assert wall.monotonic() - began < 30, "the exchange did not start"
            await asyncio.sleep(0.1)
        yield sip_port, events
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
