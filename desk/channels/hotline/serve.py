"""The hotline's process: AudioSocket and FastAGI, and what a night leaves to be done."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

from desk import logs
from desk.channels.hotline import chores
from desk.channels.hotline.assistant import Desk
from desk.channels.hotline.audio_server import AudioServer
from desk.channels.hotline.fastagi import AgiServer
from desk.channels.hotline.records import Records
from desk.channels.hotline.register import Register
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech import hotwords, prompts
from desk.channels.hotline.speech.ears import Ears, NoEars
from desk.channels.hotline.speech.funasr import FunAsr
from desk.channels.hotline.speech.mouth import HttpVoice, Mouth, NoVoice
from desk.records import schema
from desk.settings import settings as desk_settings

# So many threads wait for desk, database and synthesis: enough for twenty calls at once.
THREADS = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """The ports that are listened on, for who asked for port 0."""

    audio_port: int
    agi_port: int


def ears() -> Ears:
    """The recogniser of the settings."""
    chosen = settings()
    if not chosen.asr_url:
        return NoEars()
    return FunAsr(chosen.asr_url, chosen.asr_mode, chosen.asr_timeout, hotwords.all_words())


def mouth(pool: Executor) -> Mouth:
    """The voice of the settings, with the prompts that are kept."""
    chosen = settings()
    voice = HttpVoice(chosen.tts_url, chosen.tts_voice, chosen.tts_rate, chosen.tts_timeout) if chosen.tts_url else None
    return Mouth(voice or NoVoice(), chosen.folder / "prompts", pool, chosen.tts_timeout)


@asynccontextmanager
async def running() -> AsyncIterator[Running]:
    """Both servers and the chores, until the block ends. Raises ValueError for an address open to the internet."""
    chosen = settings()
    chosen.check()
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="hotline")
    speaking = mouth(pool)
    listening = await asyncio.get_running_loop().run_in_executor(pool, ears)
    register = Register(chosen.announced_for)
    audio = AudioServer(register, Desk(pool), Records(pool), listening, speaking)
    agi = AgiServer(register)
    missing = await speaking.prepare(prompts.fixed()[:1])
    later = [
        asyncio.create_task(speaking.prepare(prompts.fixed()), name="prompts"),
        asyncio.create_task(chores.forever(listening), name="chores"),
    ]
    if missing:
        log.warning("no_voice", extra={"missing": len(missing)})
    try:
        async with (
            await asyncio.start_server(audio.serve, chosen.host, chosen.audio_port, backlog=128) as first,
            await asyncio.start_server(agi.serve, chosen.host, chosen.agi_port, backlog=128) as second,
        ):
            ports = Running(first.sockets[0].getsockname()[1], second.sockets[0].getsockname()[1])
            log.info("hotline_ready", extra={"audio": ports.audio_port, "agi": ports.agi_port})
            yield ports
    finally:
        await audio.stop()
        for task in later:
            task.cancel()
        await asyncio.gather(*later, return_exceptions=True)
        pool.shutdown(wait=False, cancel_futures=True)


async def _until_told() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with running():
        await stopping.wait()


def main() -> None:
    """Serve until told to stop."""
    logs.setup()
    schema.upgrade(desk_settings().database)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_until_told())


if __name__ == "__main__":
    main()
