"""Speaking: text to telephone sound by a synthesis service; what every call says is rendered once and kept."""

import asyncio
import hashlib
import io
import logging
import wave
from collections import OrderedDict
from concurrent.futures import Executor
from pathlib import Path
from typing import Protocol

import requests

from desk.channels.hotline.speech import sound

log = logging.getLogger(__name__)

MOST_KEPT = 64


class Mute(Exception):
    """The synthesis service cannot be reached, failed, or did not answer in time."""


class Voice(Protocol):
    """A synthesis service. `name` tells voices apart: a prompt is kept per voice."""

    name: str

    def speak(self, text: str) -> bytes:
        """Telephone sound of `text`; blocks. Raises Mute."""


class HttpVoice:
    """A service like CosyVoice's own server: a form with `tts_text` and `spk_id`, answered by WAV or bare samples."""

    def __init__(self, url: str, speaker: str, rate: int, timeout: float) -> None:
        self.name = f"{speaker}@{rate}"
        self._url, self._speaker, self._rate, self._timeout = url, speaker, rate, timeout
        self._http = requests.Session()
        self._http.trust_env = False

    def speak(self, text: str) -> bytes:
        """Telephone sound of `text`. Raises Mute."""
        try:
            form = {"tts_text": text, "spk_id": self._speaker}
            answer = self._http.post(self._url, data=form, timeout=self._timeout)
            answer.raise_for_status()
            pcm = _telephone(answer.content, self._rate)
        except (requests.RequestException, wave.Error, EOFError) as error:
            raise Mute(type(error).__name__) from error
        if not pcm:
            raise Mute("empty")
        return pcm


class NoVoice:
    """No synthesis is set up: only prompts that were rendered before can be heard."""

    name = "none"

    def speak(self, text: str) -> bytes:
        """Raises Mute."""
        raise Mute("no voice")


def _telephone(body: bytes, rate: int) -> bytes:
    if body[:4] != b"RIFF":
        return sound.at_rate(body, rate)
    with wave.open(io.BytesIO(body), "rb") as file:
        if file.getsampwidth() != 2 or file.getnchannels() != 1:
            raise wave.Error("16-bit mono is needed")
        return sound.at_rate(file.readframes(file.getnframes()), file.getframerate())


class Mouth:
    """What is said, as sound: fixed prompts from the folder, the rest from the service."""

    def __init__(self, voice: Voice, folder: Path, pool: Executor, timeout: float) -> None:
        self._voice, self._folder, self._pool, self._timeout = voice, folder, pool, timeout
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._coming: dict[str, asyncio.Future[bytes]] = {}

    async def sound(self, text: str, fixed: bool = False) -> bytes:
        """Telephone sound of `text`. Raises Mute."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        # Many calls that want the same words at once wait for one rendering.
        coming = self._coming.get(text)
        if coming is None:
            coming = asyncio.get_running_loop().run_in_executor(self._pool, self._made, text, fixed)
            self._coming[text] = coming
            coming.add_done_callback(lambda done: self._arrived(text, done))
        try:
            return await asyncio.wait_for(asyncio.shield(coming), self._timeout)
        except TimeoutError as error:
            raise Mute("slow") from error

    def _arrived(self, text: str, done: "asyncio.Future[bytes]") -> None:
        self._coming.pop(text, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._kept[text] = done.result()
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    async def prepare(self, texts: list[str]) -> list[str]:
        """Render the fixed prompts that are not there yet, one at a time; those that could not be."""
        missing = []
        for text in texts:
            try:
                await self.sound(text, fixed=True)
            except Mute:
                missing.append(text)
        return missing

    def _made(self, text: str, fixed: bool) -> bytes:
        path = self._folder / f"{hashlib.sha256(f'{self._voice.name} {text}'.encode()).hexdigest()[:32]}.wav"
        if fixed and path.exists():
            return sound.load(path)
        pcm = self._voice.speak(text)
        if fixed:
            sound.save(path, pcm)
        return pcm
