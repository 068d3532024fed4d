"""How long a caller waits for an answer, and for what: one line of the log for each turn."""

import logging
from dataclasses import dataclass

from desk import time

log = logging.getLogger(__name__)


@dataclass
class Stopwatch:
    """Instants of a turn (`time.monotonic`): the last sound of the caller, that it was the last, its words, our answer.

    `told` writes them down when the first sound of the answer goes out.
    """

    spoke: float
    ended: float
    heard: float = 0.0
    answered: float = 0.0

    def told(self, call_id: str, comforted: bool) -> None:
        """The answer begins to be heard. Milliseconds of each part."""
        now = time.monotonic()
        log.info("turn_timed", extra={
            "call": call_id, "pause": _ms(self.ended - self.spoke), "recogniser": _ms(self.heard - self.ended),
            "assistant": _ms(self.answered - self.heard), "voice": _ms(now - self.answered),
            "whole": _ms(now - self.spoke), "comforted": comforted,
        })


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
