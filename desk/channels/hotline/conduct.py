"""Carry the engine's steps out on a line: speak, listen, take keys, record; never a silent line."""

import asyncio
import logging
from pathlib import Path

from desk import time
from desk.channels.hotline.call import Call, Steps
from desk.channels.hotline.line import HungUp, Key, Line, Sound
from desk.channels.hotline.questions import line as text_of
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech import sound
from desk.channels.hotline.speech.ears import Deaf, Ears, Hearing
from desk.channels.hotline.speech.mouth import Mouth, Mute
from desk.channels.hotline.steps import (
    Event,
    Failed,
    Gather,
    HangUp,
    Heard,
    Keys,
    Nothing,
    Pressed,
    Recorded,
    Say,
    TimeUp,
    Transfer,
    Voicemail,
)
from desk.channels.hotline.vad import Ear

TICK = 0.1
# After so long without an answer the caller is asked to wait.
COMFORT_AFTER = 2.5
MESSAGE_SILENCE, MESSAGE_PATIENCE = 4.0, 8.0

log = logging.getLogger(__name__)


class Silent(Exception):
    """Nothing at all can be spoken: the exchange has to go on alone."""


class Conductor:
    """One connection of a call. `run` returns when the caller is to go back to the exchange, or has hung up."""

    def __init__(self, line: Line, ears: Ears, mouth: Mouth, until: float) -> None:
        self._line, self._ears, self._mouth, self._until = line, ears, mouth, until
        self._ear = Ear()
        self._hearing: Hearing | None = None
        self._typed = ""
        self._warned = False
        self._mute = 0
        self._call: Call

    async def notice(self, said: Say) -> None:
        """Begin to speak before anything else is known. Nobody can cut it short: `run` waits for its end."""
        try:
            self._line.play(await self._mouth.sound(said.text, fixed=True))
        except Mute:
            log.warning("prompt_missing")

    async def run(self, call: Call, steps: Steps) -> Gather | None:
        """Go on until the end; a `Gather` is returned where FastAGI is to ask for digits. Raises HungUp and Silent."""
        self._call = call
        await self._interrupted(barge=False)
        while True:
            failed = await self._speak([step for step in steps if isinstance(step, Say)])
            last = steps[-1]
            if failed is not None:
                self._mute += 1
                if self._mute > 1:
                    raise Silent
                steps = await self._take(failed)
            elif isinstance(last, Gather):
                if settings().keys == "agi" and (not last.speech or last.keys.most > 1):
                    await self._finish_speaking()
                    return last
                steps = await self._take(await self._gather(last))
            elif isinstance(last, Voicemail):
                steps = await self._take(await self._message(last))
            elif isinstance(last, Transfer | HangUp):
                await self._finish_speaking()
                return None

    async def _take(self, event: Event) -> Steps:
        """The engine's answer; meanwhile the line has silence, and after a while a word."""
        thinking = asyncio.create_task(self._call.take(event))
        done, _ = await asyncio.wait({thinking}, timeout=COMFORT_AFTER)
        if not done and not isinstance(event, Recorded):
            await self._say_wait()
        return await thinking

    async def _say_wait(self) -> None:
        try:
            self._line.play(await self._mouth.sound(text_of("wait"), fixed=True))
        except Mute:
            pass

    # speaking

    async def _speak(self, said: list[Say]) -> Failed | None:
        """Say all of it, or as much as the caller lets us. Failed when something cannot be spoken. Raises HungUp."""
        self._line.forget_sound()
        self._drop_hearing()
        heard_anything = False
        for step in said:
            try:
                pcm = await self._mouth.sound(step.text, step.fixed)
            except Mute:
                if step.optional:
                    continue
                if not step.fixed:
                    return Failed("tts")
                # A prompt that is not there is left out, as long as another one can be heard.
                log.warning("prompt_missing")
                continue
            heard_anything = True
            self._call.spoke(step.text)
            self._line.play(pcm)
            if await self._interrupted(step.barge):
                break
        return None if heard_anything or not said else Failed("tts")

    async def _interrupted(self, barge: bool) -> bool:
        """Wait until it is said; True when the caller cut it short."""
        while self._line.playing:
            item = await self._line.next(TICK)
            if isinstance(item, Key):
                self._typed += item.sign
                if barge:
                    self._line.stop()
                    return True
            elif isinstance(item, Sound) and barge and settings().barge_in and self._listen(item):
                self._line.stop()
                return True
        return False

    async def _finish_speaking(self) -> None:
        while self._line.playing:
            await self._line.next(TICK)

    # listening

    def _listen(self, item: Sound) -> bool:
        """Feed the recogniser; whether the caller is speaking."""
        pcm = self._ear.hear(item.pcm)
        if pcm:
            if self._hearing is None:
                self._hearing = self._ears.listen()
            self._hearing.feed(pcm)
        return self._ear.speaking

    def _drop_hearing(self) -> None:
        if self._hearing is not None:
            self._hearing.drop()
        self._hearing = None
        self._ear.reset()

    async def _gather(self, wanted: Gather) -> Event:
        digits, since, began = "", time.monotonic(), time.monotonic()
        speaking_since = time.monotonic()
        while True:
            typed, self._typed = self._typed, ""
            for sign in typed:
                digits, since = _keyed(digits, sign), time.monotonic()
                if sign == "#" or _complete(digits, wanted.keys):
                    self._drop_hearing()
                    return Pressed(digits or "#")
            now = time.monotonic()
            if digits and now - since >= settings().key_gap:
                self._drop_hearing()
                return Pressed(digits)
            if self._ear.speaking:
                ended = self._ear.quiet_for() >= settings().end_of_speech
                if ended or now - speaking_since >= settings().longest_utterance:
                    return await self._words()
            else:
                speaking_since = now
                if not digits and now - began >= wanted.patience:
                    return Nothing()
            if self._time_over():
                return TimeUp()
            item = await self._line.next(TICK / 2)
            if isinstance(item, Key):
                self._typed += item.sign
            elif isinstance(item, Sound) and wanted.speech and not digits:
                self._listen(item)

    async def _words(self) -> Event:
        hearing, self._hearing = self._hearing, None
        self._ear.reset()
        if hearing is None:
            return Nothing(noise=True)
        try:
            heard = await hearing.result()
        except Deaf as error:
            log.warning("recogniser_failed", extra={"why": str(error)})
            return Failed("asr")
        return heard if heard.text.strip() else Nothing(noise=True)

    async def last_words(self) -> None:
        """The caller hung up while speaking: what was said so far still counts."""
        if self._hearing is not None and self._ear.speaking:
            event = await self._words()
            if isinstance(event, Heard):
                await self._call.take(event)

    def _time_over(self) -> bool:
        if self._warned or time.monotonic() < self._until:
            return False
        self._warned = True
        return True

    # messages

    async def _message(self, wanted: Voicemail) -> Recorded:
        """Record after the tone. A hang-up ends the message, and the call after it."""
        await self._finish_speaking()
        self._line.play(sound.tone())
        await self._finish_speaking()
        self._line.forget_sound()
        ear, kept = Ear(), bytearray()
        spoke, began = False, time.monotonic()
        try:
            while time.monotonic() - began < wanted.seconds:
                quiet = ear.quiet_for() if spoke else time.monotonic() - began
                if quiet >= (MESSAGE_SILENCE if spoke else MESSAGE_PATIENCE):
                    break
                item = await self._line.next(TICK)
                if isinstance(item, Key) and item.sign == "#":
                    break
                if isinstance(item, Sound):
                    kept += item.pcm
                    ear.hear(item.pcm)
                    spoke = spoke or ear.speaking
        except HungUp:
            pass
        if not spoke:
            return Recorded(0.0)
        name = f"voicemails/{self._call.id}.wav"
        await asyncio.to_thread(sound.save, Path(settings().folder) / name, bytes(kept))
        return Recorded(sound.seconds(bytes(kept)), name)


def _keyed(digits: str, sign: str) -> str:
    if sign == "*":
        return ""
    return digits + sign if sign.isdigit() else digits


def _complete(digits: str, keys: Keys) -> bool:
    if not digits:
        return False
    mobile = keys.mobile and len(digits) == 11 and digits.startswith("1")
    return mobile or len(digits) >= keys.most

