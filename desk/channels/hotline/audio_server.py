"""The AudioSocket server: takes only calls that FastAGI has announced, and leads each to its end."""

import asyncio
import logging
import wave
from pathlib import Path

from desk import time
from desk.channels.hotline import audiosocket, unsaved
from desk.channels.hotline.assistant import Assistant
from desk.channels.hotline.audiosocket import Broken
from desk.channels.hotline.call import Call
from desk.channels.hotline.conduct import Conductor
from desk.channels.hotline.line import HungUp, Line
from desk.channels.hotline.records import Records
from desk.channels.hotline.register import Register, Visit
from desk.channels.hotline.ringing import RingCall
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech.ears import Ears
from desk.channels.hotline.speech.mouth import Mouth

IDENTITY_SECONDS = 3.0

log = logging.getLogger(__name__)


class AudioServer:
    """`serve` is one connection; many run side by side."""

    def __init__(
        self, register: Register, assistant: Assistant, records: Records, ears: Ears, mouth: Mouth
    ) -> None:
        self._register, self._assistant, self._records = register, assistant, records
        self._ears, self._mouth = ears, mouth
        self._live: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """End the calls that are going on: the exchange takes them over."""
        for task in self._live:
            task.cancel()
        await asyncio.gather(*self._live, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection of the exchange; anybody else's is closed at once."""
        visit = await self._known(reader, writer)
        if visit is None:
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._live.add(task)
        try:
            async with Line(reader, writer, _recording(visit)) as line:
                await self._lead(visit, line)
        except Exception as error:
            log.exception("call_failed", exc_info=error, extra={"call": visit.id})
            visit.next = "oncall"
        except asyncio.CancelledError:
            log.warning("call_cut", extra={"call": visit.id})
        finally:
            self._live.discard(task)
            visit.over.set()

    async def _known(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Visit | None:
        peer = (writer.get_extra_info("peername") or ("",))[0]
        if peer not in settings().pbx:
            log.warning("audio_refused", extra={"why": "address", "peer": peer})
            return None
        try:
            visit = self._register.claim(await audiosocket.identity(reader, IDENTITY_SECONDS))
        except Broken as error:
            log.warning("audio_refused", extra={"why": str(error)})
            return None
        if visit is None:
            log.warning("audio_refused", extra={"why": "not announced"})
        return visit

    async def _lead(self, visit: Visit, line: Line) -> None:
        if visit.alarm is not None:
            await RingCall(visit, line, self._mouth, self._records).run()
            return
        until = time.monotonic() + settings().longest_call
        first = visit.call is None
        call = visit.call or None
        conductor: Conductor | None = None
        broken = False
        try:
            if call is None:
                conductor = Conductor(line, self._ears, self._mouth, until)
                await conductor.notice(Call.notice())
                begun = await self._records.begin(visit.id, visit.caller, visit.called)
                call = visit.call = Call(begun, self._assistant, self._records)
                log.info("call_begun", extra={"call": visit.id})
            conductor = conductor or Conductor(line, self._ears, self._mouth, until)
            if first or visit.event is None:
                steps = await call.begin()
            else:
                event, visit.event = visit.event, None
                steps = await call.take(event)
            waiting = await conductor.run(call, steps)
            if waiting is not None:
                visit.digits, visit.next = waiting.keys.most, "digits"
                return
        except HungUp:
            if conductor is not None and call is not None:
                await conductor.last_words()
        except asyncio.CancelledError:
            await self._end(visit, call, broken=True)
            raise
        except Exception as error:
            log.exception("call_broken", exc_info=error, extra={"call": visit.id})
            broken = True
        await self._end(visit, call, broken)

    async def _end(self, visit: Visit, call: Call | None, broken: bool) -> None:
        if call is None:
            visit.next = "oncall"
            return
        outcome = await call.end(_recorded(visit), broken)
        visit.next = call.next
        if outcome is None:
            await asyncio.to_thread(unsaved.keep, call, visit)
        log.info("call_ended", extra={"call": visit.id, "outcome": outcome, "next": call.next})


def _recorded(visit: Visit) -> str | None:
    return f"calls/{visit.id}.wav" if settings().record else None


def _recording(visit: Visit) -> wave.Wave_write | None:
    name = _recorded(visit)
    if name is None or visit.alarm is not None:
        return None
    path = Path(settings().folder) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = wave.open(str(path), "wb")
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(audiosocket.RATE)
    path.chmod(0o600)
    return file
