"""Sound as the telephone has it: 8 kHz, 16-bit, mono."""

import math
import uuid
import wave
from array import array
from pathlib import Path

from desk.channels.hotline.audiosocket import RATE


def at_rate(pcm: bytes, rate: int) -> bytes:
    """16-bit mono `pcm` of `rate` samples a second as telephone sound: each sample the mean of those it stands for."""
    if rate == RATE:
        return pcm
    samples = array("h", pcm[: len(pcm) & ~1])
    step = rate / RATE
    made = array("h")
    for number in range(int(len(samples) / step)):
        first = int(number * step)
        part = samples[first : max(first + 1, int((number + 1) * step))]
        made.append(sum(part) // len(part))
    return made.tobytes()


def tone(hertz: float = 440.0, seconds: float = 0.3, loud: float = 0.3) -> bytes:
    """The beep before a message."""
    count = int(RATE * seconds)
    peak = 32767 * loud
    return array("h", (int(peak * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(count))).tobytes()


def save(path: Path, pcm: bytes) -> None:
    """Write a WAV file, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(f".{uuid.uuid4().hex[:8]}.part")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    partial.chmod(0o600)
    partial.replace(path)


def load(path: Path) -> bytes:
    """The sound of a WAV file of our own."""
    with wave.open(str(path), "rb") as file:
        return file.readframes(file.getnframes())


def seconds(pcm: bytes) -> float:
    """How long it lasts."""
    return len(pcm) / 2 / RATE
