"""Recording a message after the tone."""

import asyncio
from pathlib import Path

from desk import time
from desk.channels.hotline.line import HungUp, Key, Line, Sound
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech import sound
from desk.channels.hotline.steps import Recorded, Voicemail
from desk.channels.hotline.vad import Ear

# Seconds of quiet that end it: after something was said, and when nothing is.
SILENCE, PATIENCE = 4.0, 8.0
TICK = 0.1


async def record(line: Line, wanted: Voicemail, call_id: str) -> Recorded:
    """What is said after the tone, kept as a file. A hang-up ends the message, and the call after it."""
    line.play(sound.tone())
    while line.playing:
        await line.next(TICK)
    line.forget_sound()
    kept, spoke = await _heard(line, wanted.seconds)
    if not spoke:
        return Recorded(0.0)
    name = f"voicemails/{call_id}.wav"
    await asyncio.to_thread(sound.save, Path(settings().folder) / name, kept)
    return Recorded(sound.seconds(kept), name)


async def _heard(line: Line, seconds: float) -> tuple[bytes, bool]:
    ear, kept, spoke = Ear(), bytearray(), False
    began = time.monotonic()
    try:
        while time.monotonic() - began < seconds:
            quiet = ear.quiet_for() if spoke else time.monotonic() - began
            if quiet >= (SILENCE if spoke else PATIENCE):
                break
            item = await line.next(TICK)
            if isinstance(item, Key) and item.sign == "#":
                break
            if isinstance(item, Sound):
                kept += item.pcm
                ear.hear(item.pcm)
                spoke = spoke or ear.speaking
    except HungUp:
        pass
    return bytes(kept), spoke
