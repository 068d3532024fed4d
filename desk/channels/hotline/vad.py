"""Is somebody speaking? By energy over the line's own noise, judged by the wall clock and not by counting frames."""

from array import array
from collections import deque
from operator import mul

from desk import time

LEAST_LEVEL = 250.0  # of 32768: quieter is never speech on a telephone
OVER_NOISE = 3.0
START_FRAMES = 5  # 100 ms of speech begin an utterance
PRE_ROLL = 15  # 300 ms before that are kept, so that no first syllable is lost


def level(frame: bytes) -> float:
    """Root mean square of a frame of 16-bit samples."""
    samples = array("h", frame[: len(frame) & ~1])
    return float((sum(map(mul, samples, samples)) / max(1, len(samples))) ** 0.5)


class Ear:
    """Fed with frames; knows when speech began and since when it is quiet.

    A phone may send nothing at all while its owner is silent, so `quiet_for` asks the clock.
    """

    def __init__(self) -> None:
        self._noise = 60.0
        self._loud = 0
        self._before: deque[bytes] = deque(maxlen=PRE_ROLL)
        self._last_loud = 0.0
        self.speaking = False

    def reset(self) -> None:
        """Wait for a new utterance; what is known of the noise stays."""
        self.speaking, self._loud = False, 0
        self._before.clear()

    def hear(self, frame: bytes) -> bytes:
        """Take a frame; what of the utterance is new: nothing before it begins, at its start also what came before."""
        loud = self._is_loud(level(frame))
        if self.speaking:
            if loud:
                self._last_loud = time.monotonic()
            return frame
        self._before.append(frame)
        self._loud = self._loud + 1 if loud else max(0, self._loud - 1)
        if self._loud < START_FRAMES:
            return b""
        self.speaking, self._last_loud = True, time.monotonic()
        started = b"".join(self._before)
        self._before.clear()
        return started

    def quiet_for(self) -> float:
        """Seconds since the last loud frame of the utterance."""
        return time.monotonic() - self._last_loud

    def _is_loud(self, heard: float) -> bool:
        loud = heard > max(LEAST_LEVEL, self._noise * OVER_NOISE)
        if not loud:
            self._noise += (heard - self._noise) * 0.05
        return loud
