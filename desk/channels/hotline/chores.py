"""What the hotline does besides calls: listen to messages, end the calls of a dead process, delete what is too old."""

import asyncio
import logging
from datetime import timedelta

from desk import time
from desk.cases.hotline import calls, voicemails
from desk.channels.hotline import danger, unsaved
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech import sound
from desk.channels.hotline.speech.ears import Deaf, Ears

EVERY = 20.0
FORGET_EVERY = 3600.0
PIECE = 3200  # 200 ms at a time

log = logging.getLogger(__name__)


async def forever(ears: Ears) -> None:
    """Every now and then, until cancelled; a failure is logged and tried again."""
    forgotten = -FORGET_EVERY
    while True:
        try:
            await once(ears)
            if time.monotonic() - forgotten >= FORGET_EVERY:
                forgotten = time.monotonic()
                await asyncio.to_thread(forget)
        except Exception as error:
            log.exception("chores_failed", exc_info=error)
        await asyncio.sleep(EVERY)


async def once(ears: Ears) -> None:
    """One round."""
    await asyncio.to_thread(unsaved.take_up)
    # A call may last a while longer than its limit: a message after the tone, or FastAGI asking for digits.
    lost_after = timedelta(seconds=2 * settings().longest_call + settings().longest_voicemail)
    for call_id, words in await asyncio.to_thread(calls.lost, lost_after):
        await asyncio.to_thread(take_up, call_id, words)
    for message in await asyncio.to_thread(voicemails.waiting):
        await listen(ears, message)


def take_up(call_id: str, words: list[str]) -> None:
    """End a call of a dead process as if the caller had hung up; danger that nobody acted upon becomes an alarm."""
    for text in words:
        found = danger.heard(text, sure=False)
        if found is not None:
            calls.emergency_ticket(call_id, found.kind, text)
            break
    calls.note(call_id, [calls.Line("failed", "process")])
    calls.end(call_id, "hangup")


async def listen(ears: Ears, message: voicemails.Waiting) -> None:
    """Let the recogniser hear a voicemail; what it cannot hear people will."""
    hearing = ears.listen()
    try:
        pcm = await asyncio.to_thread(sound.load, settings().folder / message.file)
        for at in range(0, len(pcm), PIECE):
            hearing.feed(pcm[at : at + PIECE])
        heard = await hearing.result()
    except (Deaf, OSError, EOFError) as error:
        hearing.drop()
        log.warning("voicemail_unheard", extra={"call": message.call_id, "why": type(error).__name__})
        await asyncio.to_thread(voicemails.not_heard, message.id)
        return
    found = danger.heard(heard.text, sure=True)
    await asyncio.to_thread(voicemails.heard, message.id, heard.text, found.kind if found else None)


def forget() -> None:
    """Delete sound that is older than the settings keep it."""
    limit = time.now() - timedelta(days=settings().keep_days)
    gone = voicemails.forget_before(limit, settings().folder)
    if gone:
        log.info("sound_forgotten", extra={"files": gone})
