"""Ringing who is on call: the exchange dials by a call file; only key 1 takes the alarm, which no voicemail can press.

Set AFTERCARE_NOTIFY_RINGER=desk.channels.hotline.ringing:ring.
"""

import asyncio
import logging
import os
import re
import uuid

from desk import texts, time
from desk.cases.oncall import alarms
from desk.channels.hotline import spoken
from desk.channels.hotline.line import HungUp, Key, Line
from desk.channels.hotline.questions import line as text_of
from desk.channels.hotline.records import Records
from desk.channels.hotline.register import Visit
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech.mouth import Mouth, Mute
from desk.language import phones
from desk.notify.voice import NOBODY, Callee, Ringing
from desk.records import db
from desk.records.models import Alarm, Ticket
from desk.settings import settings as desk_settings

TIMES = 3
BETWEEN = 4.0
TAKE = "1"

log = logging.getLogger(__name__)


class NoExchange(RuntimeError):
    """AFTERCARE_HOTLINE_SPOOL is not set: there is no exchange to dial with."""


def ring(person: Callee, alarm: Ringing) -> None:
    """Let Asterisk ring `person`: a call file, put into its folder in one move. Raises NoExchange and OSError."""
    spool = settings().spool
    if spool is None:
        raise NoExchange("AFTERCARE_HOTLINE_SPOOL")
    number = re.sub(r"[^\d+]", "", person.phone)
    name = re.sub(r"\W", "_", alarm.key)
    waiting = settings().folder / "ring"
    waiting.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = waiting / f"{name}-{uuid.uuid4().hex[:6]}"
    partial.write_text(call_file(number, person.id, alarm.id), "utf-8")
    os.chmod(partial, 0o660)
    # Asterisk reads a file as soon as it is there, so it must be whole: a rename within one file system.
    target = spool / f"aftercare-{name}.call"
    try:
        partial.replace(target)
    except OSError:
        copied = spool.parent / f".{target.name}.part"
        copied.write_bytes(partial.read_bytes())
        copied.replace(target)
        partial.unlink(missing_ok=True)


def call_file(number: str, person_id: int, alarm_id: int) -> str:
    """Asterisk's call file: dial, and on answer go to the context `aftercare-ring`."""
    chosen = settings()
    return (
        f"Channel: {chosen.ring_channel.format(phone=number)}\n"
        f"WaitTime: {chosen.ring_seconds}\nMaxRetries: 0\n"
        "Context: aftercare-ring\nExtension: s\nPriority: 1\n"
        f"Setvar: AFTERCARE_ALARM={alarm_id}\nSetvar: AFTERCARE_PERSON={person_id}\n"
    )


def words_of(alarm_id: int) -> tuple[str, str | None]:
    """What the person on call hears of an alarm, and the customer's number (told only to who takes it)."""
    with db.reading() as session:
        alarm = session.get(Alarm, alarm_id)
        if alarm is None:
            return texts.render("hotline.ring_test"), None
        ticket = session.get(Ticket, alarm.ticket_id) if alarm.ticket_id else None
        named = texts.data("hotline.danger.names")
        kind = named.get(alarm.kind, named["other"])
        about = re.sub(r"\d{7,}", "", alarm.summary)[:60]
        what = "，".join(part for part in (kind, about) if part)
        phone = ticket.contact_phone if ticket else None
        found = phones.last(phone or "")
        return what, found.number if found and found.problem is None else phone


class RingCall:
    """Somebody on call has picked up, or a machine has: say what it is, and wait for key 1."""

    def __init__(self, visit: Visit, line: Line, mouth: Mouth, records: Records) -> None:
        self._visit, self._line, self._mouth, self._records = visit, line, mouth, records

    async def run(self) -> None:
        """Three times at most; nothing else than the key counts."""
        assert self._visit.alarm is not None
        self._visit.next = "hangup"
        try:
            what, phone = await asyncio.to_thread(words_of, self._visit.alarm)
            offer = text_of("ring.offer", company=desk_settings().company, what=what)
            if settings().keys == "agi":
                self._visit.next = "key"
                await self._spoken(offer)
                return
            for _ in range(TIMES):
                if await self._pressed(offer):
                    await self._take(phone)
                    return
        except (HungUp, Mute):
            return

    async def _pressed(self, text: str) -> bool:
        self._line.play(await self._mouth.sound(spoken.of(text)))
        until: float | None = None
        while True:
            if not self._line.playing and until is None:
                until = time.monotonic() + BETWEEN
            if until is not None and time.monotonic() >= until:
                return False
            item = await self._line.next(0.1)
            if isinstance(item, Key) and item.sign == TAKE:
                self._line.stop()
                return True

    async def _take(self, phone: str | None) -> None:
        assert self._visit.alarm is not None
        taken = await asyncio.to_thread(take, self._visit.alarm, self._visit.person)
        if not taken:
            text = text_of("ring.late")
        elif phone:
            text = text_of("ring.taken", phone=spoken.number(phone))
        else:
            text = text_of("ring.taken_no_phone")
        await self._spoken(text)

    async def _spoken(self, text: str) -> None:
        self._line.play(await self._mouth.sound(text))
        while self._line.playing:
            await self._line.next(0.1)


def take(alarm_id: int, person_id: int | None) -> bool:
    """Key 1 was pressed: the alarm is this person's; False when somebody was faster."""
    if alarm_id == NOBODY:
        return False  # a test
    taken = alarms.acknowledge(alarm_id, person_id=person_id, by="phone")
    log.info("alarm_taken", extra={"alarm": alarm_id, "person": person_id, "changed": taken.changed})
    return taken.changed
