"""One AudioSocket connection: what comes in as a queue, what goes out as a frame every 20 ms, silence included."""

import asyncio
import logging
import wave
from collections import deque
from dataclasses import dataclass

from desk import time
from desk.channels.hotline import audiosocket
from desk.channels.hotline.audiosocket import AUDIO, ERROR, FRAME_BYTES, FRAME_SECONDS, HANG_UP, KEY, SILENCE, Broken

# Asterisk drops a call after two seconds without a frame; a client that takes none for longer is gone.
STUCK_SECONDS = 2.0
# A process that was held up catches up, but does not flood the telephone.
MOST_LATE_FRAMES = 25
MOST_WAITING = 1500  # frames not yet listened to: half a minute

log = logging.getLogger(__name__)


class HungUp(Exception):
    """The other side has ended the call, or the connection broke."""


@dataclass(frozen=True, slots=True)
class Sound:
    """20 ms (or what the exchange sends at a time) of the caller."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A key: 0-9, # or *."""

    sign: str


class Line:
    """Use inside `async with`; `next` tells what comes in, `play` starts speaking, `stop` is silence at once."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: wave.Wave_write | None = None
    ) -> None:
        self._reader, self._writer, self._record = reader, writer, record
        self._in: deque[Sound | Key] = deque(maxlen=MOST_WAITING)
        self._news = asyncio.Event()
        self._out: deque[bytes] = deque()
        self._closed = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Line":
        self._tasks = [
            asyncio.create_task(self._receive(), name="line-in"), asyncio.create_task(self._send(), name="line-out")
        ]
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if not self._closed:
            self._writer.write(audiosocket.packed(HANG_UP))
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), 1.0)
        except (OSError, TimeoutError):
            pass
        if self._record is not None:
            self._record.close()

    @property
    def playing(self) -> bool:
        """Whether something is still being said."""
        return bool(self._out)

    def play(self, pcm: bytes) -> None:
        """Speak, after what is being said."""
        for at in range(0, len(pcm), FRAME_BYTES):
            self._out.append(pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))

    def stop(self) -> None:
        """Be silent at once."""
        self._out.clear()

    def forget_sound(self) -> None:
        """Drop what was spoken while nobody listened; keys are kept."""
        kept = [item for item in self._in if isinstance(item, Key)]
        self._in.clear()
        self._in.extend(kept)

    async def next(self, seconds: float) -> Sound | Key | None:
        """What came in, in order; None when nothing does within `seconds`. Raises HungUp."""
        if not self._in and not self._closed:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0.0, seconds))
            except TimeoutError:
                return None
        if self._in:
            return self._in.popleft()
        if self._closed:
            raise HungUp
        return None

    async def _receive(self) -> None:
        try:
            while True:
                frame = await audiosocket.read(self._reader)
                if frame.kind == AUDIO and frame.payload:
                    self._in.append(Sound(frame.payload))
                    if self._record is not None:
                        self._record.writeframesraw(frame.payload)
                elif frame.kind == KEY and frame.payload:
                    self._in.append(Key(chr(frame.payload[0])))
                elif frame.kind == ERROR:
                    log.warning("line_error", extra={"code": frame.payload.hex()})
                    break
                elif frame.kind == HANG_UP:
                    break
                self._news.set()
        except Broken:
            pass
        finally:
            self._closed = True
            self._news.set()

    async def _send(self) -> None:
        due = time.monotonic()
        try:
            while not self._closed:
                frame = self._out.popleft() if self._out else SILENCE
                self._writer.write(audiosocket.packed(AUDIO, frame))
                await asyncio.wait_for(self._writer.drain(), STUCK_SECONDS)
                due += FRAME_SECONDS
                now = time.monotonic()
                due = max(due, now - MOST_LATE_FRAMES * FRAME_SECONDS)
                await asyncio.sleep(max(0.0, due - now))
        except (OSError, TimeoutError):
            self._closed = True
            self._news.set()
