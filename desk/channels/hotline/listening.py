"""One utterance of the caller: sound in, words out. Asked for in every pause, so that its end costs no more waiting."""

import asyncio
import logging
import re

from desk.channels.hotline.endpoint import quiet_needed
from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech.ears import Deaf, Ears, Hearing
from desk.channels.hotline.steps import Event, Expected, Failed, Heard, Nothing
from desk.channels.hotline.vad import Ear

_SPELLED = re.compile(r"[\dA-Za-z零〇洞幺一二两三四五六七拐八九勾]$")

log = logging.getLogger(__name__)


class Listener:
    """Fed with frames. `spoken`: something was said since the last `words` or `drop`."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._ear = Ear()
        self._hearing: Hearing | None = None
        self._pieces: list[asyncio.Task[Heard]] = []

    @property
    def spoken(self) -> bool:
        """Whether the caller speaks, or has spoken and may have finished."""
        return self._ear.speaking or bool(self._pieces)

    @property
    def quiet_for(self) -> float:
        """Seconds since the last loud sound of the utterance."""
        return self._ear.quiet_for()

    def hear(self, frame: bytes) -> bool:
        """Take a frame; whether somebody is speaking."""
        pcm = self._ear.hear(frame)
        if pcm:
            if self._hearing is None:
                self._hearing = self._ears.listen()
            self._hearing.feed(pcm)
        return self._ear.speaking

    def finished(self, expects: Expected) -> bool:
        """Whether the caller has said all of it."""
        if self._ear.speaking and self.quiet_for >= settings().shortest_pause:
            self._end_piece()
        return not self._ear.speaking and self.quiet_for >= quiet_needed(self._known(), expects)

    async def words(self) -> Event:
        """What was said since the last time: Heard, Nothing for noise, or Failed."""
        self._end_piece()
        pieces, self._pieces = self._pieces, []
        try:
            heard = [await piece for piece in pieces]
        except Deaf as error:
            _forget(pieces)
            log.warning("recogniser_failed", extra={"why": str(error)})
            return Failed("asr")
        text = _joined([one.text for one in heard])
        sure = [one.confidence for one in heard if one.confidence is not None]
        return Heard(text, min(sure) if sure else None) if text else Nothing(noise=True)

    def drop(self) -> None:
        """Forget what was said."""
        if self._hearing is not None:
            self._hearing.drop()
        self._hearing = None
        _forget(self._pieces)
        self._pieces = []
        self._ear.reset()

    def _end_piece(self) -> None:
        """A pause: what was said before it can be made out already. What follows is another piece."""
        hearing, self._hearing = self._hearing, None
        self._ear.reset()
        if hearing is not None:
            self._pieces.append(asyncio.create_task(hearing.result(), name="hear"))

    def _known(self) -> str | None:
        if not all(piece.done() for piece in self._pieces):
            return None
        return _joined([piece.result().text for piece in self._pieces if piece.exception() is None])


def _forget(pieces: list[asyncio.Task[Heard]]) -> None:
    for piece in pieces:
        piece.cancel()
        piece.add_done_callback(lambda done: done.cancelled() or done.exception())


def _joined(texts: list[str]) -> str:
    """The pieces as one text: a number goes on where it paused, anything else after a comma."""
    whole = ""
    for text in (text.strip(" ，。,.") for text in texts):
        between = "" if not whole or not text or _SPELLED.search(whole) else "，"
        whole = f"{whole}{between}{text}"
    return whole.strip()
