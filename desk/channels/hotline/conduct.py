"""Carry the engine's steps out on a line: speak, listen, take keys, record; never a silent line."""

import asyncio
import logging

from desk import time
from desk.channels.hotline import message
from desk.channels.hotline.call import Call
from desk.channels.hotline.line import Key, Line, Sound
from desk.channels.hotline.listening import Listener
from desk.channels.hotline.questions import line as text_of
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speaking import Speech
from desk.channels.hotline.speech.ears import Ears
from desk.channels.hotline.speech.mouth import Mouth, Mute
from desk.channels.hotline.steps import (
    Event,
    Failed,
    Gather,
    GoOn,
    HangUp,
    Heard,
    Keys,
    Nothing,
    Pressed,
    Say,
    TimeUp,
    Transfer,
    Voicemail,
    WentOn,
)
from desk.channels.hotline.talk import Steps
from desk.channels.hotline.timing import Stopwatch

TICK = 0.1
# While an answer takes long the caller is told so, again after so many seconds.
COMFORT_AGAIN = 6.0
# A number that was complete by itself is often ended by # all the same, which answers no other question then.
HASH_AFTER = 2.0

log = logging.getLogger(__name__)


class Silent(Exception):
    """Nothing at all can be spoken: the exchange has to go on alone."""


class Conductor:
    """One connection of a call. `run` returns when the caller is to go back to the exchange, or has hung up."""

    def __init__(self, line: Line, ears: Ears, mouth: Mouth, until: float) -> None:
        self._line, self._mouth, self._until = line, mouth, until
        self._listener = Listener(ears)
        self._typed = ""
        self._completed = 0.0
        self._warned = False
        self._mute = 0
        self._watch: Stopwatch | None = None
        self._comfort: asyncio.Task[None] | None = None
        self._comforted = False
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
        try:
            await self._interrupted(barge=False)
            while True:
                last = steps[-1]
                if isinstance(last, GoOn):
                    steps = await self._speak_and_go_on(steps)
                    continue
                failed = await self._speak(steps)
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
                    await self._finish_speaking()
                    steps = await self._take(await message.record(self._line, last, call.id))
                elif isinstance(last, Transfer | HangUp):
                    await self._finish_speaking()
                    return None
        finally:
            self._comfort_over()

    async def _take(self, event: Event) -> Steps:
        """The engine's answer; meanwhile the line has silence, and after a while a word."""
        now = time.monotonic()
        if isinstance(event, Pressed):
            self._begin_waiting(Stopwatch(now, now))
        if self._watch is not None:
            self._watch.heard = now
        steps = await self._call.take(event)
        if self._watch is not None:
            self._watch.answered = time.monotonic()
        return steps

    # the wait for an answer

    def _begin_waiting(self, watch: Stopwatch) -> None:
        self._comfort_over()
        self._watch, self._comforted = watch, False
        self._comfort = asyncio.create_task(self._comfort_caller(watch.spoke), name="comfort")

    async def _comfort_caller(self, since: float) -> None:
        due = since + settings().comfort_after
        for text in ("wait", "wait_more"):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            try:
                self._line.play(await self._mouth.sound(text_of(text), fixed=True))
                self._comforted = True
            except Mute:
                return
            due = time.monotonic() + COMFORT_AGAIN

    def _comfort_over(self) -> None:
        if self._comfort is not None:
            self._comfort.cancel()
            self._comfort = None

    # speaking

    async def _speak_and_go_on(self, steps: Steps) -> Steps:
        """Say it while the engine finds out what follows; a caller who hangs up meanwhile stops nothing."""
        thinking = asyncio.create_task(self._call.take(WentOn()), name="go-on")
        try:
            await self._speak(steps)
        finally:
            following = await thinking
        return following

    async def _speak(self, steps: Steps) -> Failed | None:
        """Say all of it, or as much as the caller lets us. Failed when something cannot be spoken. Raises HungUp."""
        self._line.forget_sound()
        self._listener.drop()
        heard_anything = False
        with Speech(self._mouth, [step for step in steps if isinstance(step, Say)]) as speech:
            for number, part in enumerate(speech.parts):
                try:
                    pcm = await speech.sound(number)
                except Mute:
                    if part.step.optional:
                        continue
                    if not part.step.fixed:
                        return Failed("tts")
                    # A prompt that is not there is left out, as long as another one can be heard.
                    log.warning("prompt_missing")
                    continue
                self._answer_comes()
                heard_anything = True
                if part.first:
                    self._call.spoke(part.step.text)
                self._line.play(pcm)
                if await self._interrupted(part.step.barge):
                    break
            return None if heard_anything or not speech.parts else Failed("tts")

    def _answer_comes(self) -> None:
        self._comfort_over()
        if self._watch is not None:
            self._watch.told(self._call.id, self._comforted)
            self._watch = None

    async def _interrupted(self, barge: bool) -> bool:
        """Wait until it is said; True when the caller cut it short."""
        while self._line.playing:
            item = await self._line.next(TICK)
            if isinstance(item, Key):
                if self._press(item.sign) and barge:
                    self._line.stop()
                    return True
            elif isinstance(item, Sound) and barge and settings().barge_in and self._listener.hear(item.pcm):
                self._line.stop()
                return True
        return False

    async def _finish_speaking(self) -> None:
        while self._line.playing:
            await self._line.next(TICK)

    # listening

    async def _gather(self, wanted: Gather) -> Event:
        digits, since, began = "", time.monotonic(), time.monotonic()
        speaking_since = time.monotonic()
        while True:
            typed, self._typed = self._typed, ""
            for at, sign in enumerate(typed, 1):
                digits, since = _keyed(digits, sign), time.monotonic()
                if sign == "#" or _complete(digits, wanted.keys):
                    self._listener.drop()
                    self._completed = since if sign != "#" and len(digits) > 1 else 0.0
                    self._press(typed[at:])
                    return Pressed(digits or "#")
            now = time.monotonic()
            if digits and now - since >= settings().key_gap:
                self._listener.drop()
                return Pressed(digits)
            if self._listener.spoken:
                if self._listener.finished(wanted.expects) or now - speaking_since >= settings().longest_utterance:
                    return await self._words()
            else:
                speaking_since = now
                if not digits and now - began >= wanted.patience:
                    return Nothing()
            if self._time_over():
                return TimeUp()
            item = await self._line.next(TICK / 2)
            if isinstance(item, Key):
                self._press(item.sign)
            elif isinstance(item, Sound) and wanted.speech and not digits:
                self._listener.hear(item.pcm)

    def _press(self, signs: str) -> bool:
        """Keys for the open question, or the next one; whether any of them counts."""
        if signs.startswith("#") and not self._typed and time.monotonic() - self._completed < HASH_AFTER:
            self._completed, signs = 0.0, signs[1:]
        self._typed += signs
        return bool(signs)

    async def _words(self) -> Event:
        now = time.monotonic()
        self._begin_waiting(Stopwatch(now - self._listener.quiet_for, now))
        return await self._listener.words()

    async def last_words(self) -> None:
        """The caller hung up while speaking: what was said so far still counts."""
        if self._listener.spoken:
            event = await self._listener.words()
            if isinstance(event, Heard):
                steps = await self._call.take(event)
                if isinstance(steps[-1], GoOn):
                    await self._call.take(WentOn())

    def _time_over(self) -> bool:
        if self._warned or time.monotonic() < self._until:
            return False
        self._warned = True
        return True


def _keyed(digits: str, sign: str) -> str:
    if sign == "*":
        return ""
    return digits + sign if sign.isdigit() else digits


def _complete(digits: str, keys: Keys) -> bool:
    if not digits:
        return False
    mobile = keys.mobile and len(digits) == 11 and digits.startswith("1")
    return mobile or len(digits) >= keys.most
