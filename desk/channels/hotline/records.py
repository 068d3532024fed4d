"""The records as a call uses them: in threads, with patience; a slow database never makes a silent line."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import TypeVar

from desk.cases import hours
from desk.cases.hotline import calls, numbers, voicemails
from desk.channels.hotline.settings import settings

T = TypeVar("T")

log = logging.getLogger(__name__)


class Records:
    """What a call writes and asks. A failure is logged and answered by the default: the call goes on."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    async def begin(self, call_id: str, shown: str | None, called: str) -> calls.Begun:
        """The call as it may go on; unlimited where the records cannot say."""
        chosen = settings()
        unknown = calls.Begun(call_id, calls.number_of(shown), False, hours.open_now(), hours.next_opening())

        def begin() -> calls.Begun:
            return calls.begin(
                call_id, shown, called, calls_an_hour=chosen.calls_an_hour, tickets_a_night=chosen.tickets_a_night
            )

        return await self._try(begin, unknown)

    async def note(self, call_id: str, lines: list[calls.Line]) -> None:
        """Lines of the call."""
        await self._try(lambda: calls.note(call_id, lines), None)

    async def after_turn(self, call_id: str) -> str | None:
        """The ticket's number, once there is one."""
        return await self._try(lambda: calls.after_turn(call_id), None)

    async def danger(self, call_id: str, kind: str, words: str) -> bool:
        """Alarm who is on call; whether that worked."""
        return await self._try(lambda: calls.danger(call_id, kind, words), None) is not None

    async def emergency_ticket(self, call_id: str, kind: str, words: str) -> str | None:
        """An A ticket without the assistant; None where the records failed."""
        return await self._try(lambda: calls.emergency_ticket(call_id, kind, words), None)

    async def use_caller(self, call_id: str) -> None:
        """The caller's own number is the contact; it proves nobody."""
        await self._try(lambda: calls.use_caller(call_id), None)

    async def leave(self, call_id: str, file: str, seconds: float) -> datetime | None:
        """Keep a voicemail; the promised time of the call back."""
        return await self._try(lambda: voicemails.leave(call_id, file, seconds), None)

    async def candidates(self, digits: str, caller: str | None) -> numbers.Found:
        """Devices by the last digits of the serial number."""
        return await self._try(lambda: numbers.by_last_digits(digits, caller), numbers.Found(None, 0))

    async def end(self, call_id: str, next_step: str, answered: bool, recording: str | None) -> str | None:
        """The outcome; None where the records failed (the call is then taken up later)."""
        return await self._try(
            lambda: calls.end(call_id, next_step, answered=answered, recording=recording), None
        )

    async def _try(self, work: Callable[[], T], default: T) -> T:
        try:
            waiting = asyncio.get_running_loop().run_in_executor(self._pool, work)
            return await asyncio.wait_for(asyncio.shield(waiting), settings().records_timeout)
        except TimeoutError:
            log.warning("records_slow")
            waiting.add_done_callback(lambda late: late.cancelled() or late.exception())
        except Exception as error:
            log.exception("records_failed", exc_info=error)
        return default
