"""The FastAGI server: what Asterisk asks before a call, after it, and for digits where it sends no key frames.

| script | arguments | sets |
| --- | --- | --- |
| /begin | – | AFTERCARE_UUID: the identity for AudioSocket |
| /after | identity | AFTERCARE_NEXT: hangup, oncall, agents, digits |
| /digits | identity | AFTERCARE_UUID: a new identity, after GET DATA |
| /ring | alarm, person | AFTERCARE_UUID: the identity for the call to who is on call |
| /ringkey | identity | – (key 1 by GET DATA takes the alarm) |
"""

import asyncio
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from desk.channels.hotline import ringing
from desk.channels.hotline.register import Register, Visit
from desk.channels.hotline.settings import settings
from desk.channels.hotline.steps import Nothing, Pressed

READ_SECONDS = 5.0
DIGITS_SECONDS = 60.0
OVER_SECONDS = 8.0
PROMPT = "beep"
NEXT = ("hangup", "oncall", "agents", "digits", "key")

_ANSWER = re.compile(r"200 result=(-?\d*[\d*#]*)(?: \((.*)\))?")

log = logging.getLogger(__name__)


class Refused(Exception):
    """The request is none that we know, or the exchange went away."""


class Session:
    """One request: its variables, and commands to the exchange."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.variables: dict[str, str] = {}

    async def read_variables(self) -> None:
        """The lines `agi_name: value` up to the empty one. Raises Refused."""
        while line := (await self._line(READ_SECONDS)).strip():
            name, _, value = line.partition(":")
            self.variables[name.strip()] = value.strip()
            if len(self.variables) > 100:
                raise Refused("too many variables")

    @property
    def script(self) -> str:
        """begin, after, …"""
        return urlsplit(self.variables.get("agi_request", "")).path.strip("/")

    def argument(self, number: int) -> str:
        """The n-th argument, from 1; empty when there is none."""
        return self.variables.get(f"agi_arg_{number}", "")

    async def set(self, name: str, value: str) -> None:
        """Set a channel variable. Raises Refused."""
        await self._command(f'SET VARIABLE {name} "{value}"', READ_SECONDS)

    async def get_data(self, most: int) -> str:
        """Ask for up to `most` digits after a tone. Raises Refused."""
        milliseconds = int(settings().key_gap * 1000)
        result, _ = await self._command(f"GET DATA {PROMPT} {milliseconds} {most}", DIGITS_SECONDS)
        return result if result.isdigit() else ""

    async def _command(self, words: str, seconds: float) -> tuple[str, str]:
        self._writer.write(f"{words}\n".encode())
        await self._writer.drain()
        line = (await self._line(seconds)).strip()
        if line == "HANGUP":
            line = (await self._line(seconds)).strip()
        found = _ANSWER.match(line)
        if found is None or found.group(1) == "-1":
            raise Refused(line[:60])
        return found.group(1), found.group(2) or ""

    async def _line(self, seconds: float) -> str:
        try:
            raw = await asyncio.wait_for(self._reader.readline(), seconds)
        except (TimeoutError, ValueError) as error:
            raise Refused("no line in time") from error
        if not raw:
            raise Refused("closed")
        return raw.decode("utf-8", "replace")


class AgiServer:
    """`serve` is one request."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._scripts: dict[str, Callable[[Session], Awaitable[None]]] = {
            "begin": self._begin, "after": self._after, "digits": self._digits, "ring": self._ring,
            "ringkey": self._ringkey,
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A connection of the exchange; anybody else's is closed at once."""
        session = Session(reader, writer)
        try:
            peer = (writer.get_extra_info("peername") or ("",))[0]
            if peer not in settings().pbx:
                log.warning("agi_refused", extra={"why": "address", "peer": peer})
                return
            await session.read_variables()
            script = self._scripts.get(session.script)
            if script is None:
                raise Refused(f"script {session.script[:40]}")
            await script(session)
        except (Refused, OSError) as error:
            log.warning("agi_failed", extra={"why": str(error)})
        except Exception as error:
            log.exception("agi_broken", exc_info=error)
        finally:
            writer.close()

    async def _begin(self, session: Session) -> None:
        shown = session.variables.get("agi_callerid", "")
        called = session.variables.get("agi_dnid", "") or session.variables.get("agi_extension", "")
        visit = Visit(uuid.uuid4().hex, shown if shown != "unknown" else "", called if called != "unknown" else "")
        await session.set("AFTERCARE_UUID", self._register.announce(visit))

    async def _after(self, session: Session) -> None:
        visit = self._visit(session)
        try:
            await asyncio.wait_for(visit.over.wait(), OVER_SECONDS)
        except TimeoutError:
            log.warning("call_not_over", extra={"call": visit.id})
        await session.set("AFTERCARE_NEXT", visit.next if visit.next in NEXT else "oncall")

    async def _digits(self, session: Session) -> None:
        """What the engine waits for, by GET DATA; then the call goes on over a new AudioSocket connection."""
        visit = self._visit(session)
        digits = await session.get_data(max(1, visit.digits))
        visit.event = Pressed(digits) if digits else Nothing()
        await session.set("AFTERCARE_UUID", self._register.announce(visit))

    async def _ring(self, session: Session) -> None:
        alarm, person = session.argument(1), session.argument(2)
        if not alarm.isdigit():
            raise Refused("ring without an alarm")
        visit = Visit(uuid.uuid4().hex, alarm=int(alarm), person=int(person) if person.isdigit() else None)
        await session.set("AFTERCARE_UUID", self._register.announce(visit))

    async def _ringkey(self, session: Session) -> None:
        visit = self._visit(session)
        if visit.alarm is not None and await session.get_data(1) == ringing.TAKE:
            await asyncio.to_thread(ringing.take, visit.alarm, visit.person)

    def _visit(self, session: Session) -> Visit:
        visit = self._register.visit(session.argument(1))
        if visit is None:
            raise Refused("unknown call")
        return visit
