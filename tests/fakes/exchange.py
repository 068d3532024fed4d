"""A telephone exchange as Asterisk is one: FastAGI before and after the call, AudioSocket for it, and a caller."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field

from tests.fakes import speech

HANG_UP, IDENTITY, KEY, AUDIO, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
FRAME = 320


def packed(kind: int, payload: bytes = b"") -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


@dataclass
class Agi:
    """What a script did: the variables that it set, the digits that it asked for."""

    variables: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    status: str = "SUCCESS"


@dataclass
class Exchange:
    """Asterisk with the ports of the hotline. `digits` answers GET DATA."""

    audio_port: int
    agi_port: int
    digits: list[str] = field(default_factory=list)
    callers: list["Caller"] = field(default_factory=list)

    async def close(self) -> None:
        """Whoever is still on the telephone is cut off."""
        for caller in self.callers:
            await caller.cut()

    async def agi(self, script: str, *arguments: str, caller: str = "13800001234") -> Agi:
        """Run a script, as AGI(agi://…/script,arguments) does. status is FAILURE when nobody answers."""
        done = Agi()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.agi_port)
        except OSError:
            done.status = "FAILURE"
            return done
        lines = {
            "agi_network": "yes", "agi_network_script": script, "agi_request": f"agi://127.0.0.1/{script}",
            "agi_channel": "PJSIP/trunk-1", "agi_language": "zh", "agi_uniqueid": "1.1", "agi_callerid": caller,
            "agi_dnid": "4008001234", **{f"agi_arg_{n}": value for n, value in enumerate(arguments, 1)},
        }
        writer.write("".join(f"{name}: {value}\n" for name, value in lines.items()).encode() + b"\n")
        while command := await _line(reader):
            words = command.split(" ", 3)
            if words[:2] == ["SET", "VARIABLE"]:
                done.variables[words[2]] = words[3].strip('"')
                writer.write(b"200 result=1\n")
            elif words[:2] == ["GET", "DATA"]:
                done.asked.append(command)
                digits = self.digits.pop(0) if self.digits else ""
                writer.write(f"200 result={digits} {'' if digits else '(timeout)'}\n".encode())
            else:
                writer.write(b"510 Invalid or unknown command\n")
        await _closed(writer)
        return done

    async def call(self, caller: str = "13800001234") -> "Caller":
        """A call comes in: announced, and connected."""
        begun = await self.agi("begin", caller=caller)
        return await self.connect(begun.variables["AFTERCARE_UUID"])

    async def connect(self, identity: str, pieces: int = 0) -> "Caller":
        """AudioSocket for an identity; `pieces` cuts its first frame up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.audio_port)
        first = packed(IDENTITY, uuid.UUID(identity).bytes)
        for at in range(0, len(first), pieces or len(first)):
            writer.write(first[at : at + (pieces or len(first))])
            await writer.drain()
            await asyncio.sleep(0.005 if pieces else 0)
        caller = Caller(self, identity, reader, writer)
        self.callers.append(caller)
        return caller

    async def after(self, identity: str) -> str:
        """Where the dialplan goes on, by its rule: on call when nobody tells."""
        done = await self.agi("after", identity)
        return done.variables.get("AFTERCARE_NEXT", "oncall") if done.status == "SUCCESS" else "oncall"


class Caller:
    """Somebody on the telephone. What was heard is `heard`; a phone that is silent sends nothing."""

    def __init__(
        self, exchange: Exchange, identity: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.exchange, self.identity = exchange, identity
        self._reader, self._writer = reader, writer
        self.heard = ""
        self.frames = 0
        self.longest_gap = 0.0
        self.first_word_after: float | None = None
        self.over = asyncio.Event()
        self._began = self._last = time.monotonic()
        self._at = 0
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        try:
            while True:
                head = await self._reader.readexactly(3)
                payload = await self._reader.readexactly(int.from_bytes(head[1:], "big"))
                if head[0] == HANG_UP:
                    break
                assert head[0] == AUDIO and len(payload) == FRAME
                now = time.monotonic()
                self.longest_gap, self._last = max(self.longest_gap, now - self._last), now
                self.frames += 1
                word = speech.words(payload)
                if word and self.first_word_after is None:
                    self.first_word_after = now - self._began
                self.heard += word
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self.over.set()

    async def hears(self, text: str, seconds: float = 20.0) -> str:
        """Wait until `text` is heard, after what was waited for before; all that was heard meanwhile."""
        began, start = time.monotonic(), self._at
        while (at := self.heard.find(text, start)) < 0:
            assert not self.over.is_set(), f"hung up; heard: {self.heard[start:]}"
            assert time.monotonic() - began < seconds, f"waited for {text}; heard: {self.heard[start:]}"
            await asyncio.sleep(0.02)
        self._at = at + len(text)
        return self.heard[start : self._at]

    async def quiet(self) -> str:
        """Wait until nothing more is being said; all that was heard since the last wait."""
        start, before = self._at, -1
        while before != len(self.heard) or len(self.heard) == start:
            before = len(self.heard)
            assert not self.over.is_set(), f"hung up; heard: {self.heard[start:]}"
            await asyncio.sleep(0.35)
        self._at = len(self.heard)
        return self.heard[start:]

    async def says(self, text: str, then_silence: float = 0.0) -> None:
        """Speak at the pace of speech."""
        await self._send(speech.spoken(text))
        await self._send(bytes(FRAME * int(then_silence / 0.02)))

    async def _send(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), FRAME):
            self._write(packed(AUDIO, pcm[at : at + FRAME]))
            await asyncio.sleep(0.02)

    def presses(self, keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            self._write(packed(KEY, key.encode()))

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self._write(data)

    def _write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    async def cut(self) -> None:
        """The connection breaks."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await _closed(self._writer)

    async def hangs_up(self, abruptly: bool = False) -> str:
        """End the call; where the dialplan would go on."""
        if not abruptly:
            self._write(packed(HANG_UP))
        await self.cut()
        return await self.exchange.after(self.identity)

    async def ends(self, seconds: float = 20.0) -> str:
        """Wait until the other side ends it; where the dialplan goes on."""
        await asyncio.wait_for(self.over.wait(), seconds)
        await self.cut()
        return await self.exchange.after(self.identity)


async def _line(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readline()).decode().strip()
    except ConnectionError:
        return ""


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await writer.wait_closed()
    except ConnectionError:
        pass
