"""Hearing: sound of one utterance in, words out."""

from typing import Protocol

from desk.channels.hotline.steps import Heard


class Deaf(Exception):
    """The recogniser cannot be reached, or did not answer in time."""


class Hearing(Protocol):
    """One utterance being heard. Sound is fed while it is spoken, so that little is left to do at its end."""

    def feed(self, pcm: bytes) -> None:
        """More sound: 8 kHz, 16-bit, mono."""

    async def result(self) -> Heard:
        """The end of the utterance, and its words ("" when there are none). Raises Deaf."""

    def drop(self) -> None:
        """The words are not wanted any more."""


class Ears(Protocol):
    """A recogniser."""

    def listen(self) -> Hearing:
        """Begin an utterance; never waits."""


class NoEars:
    """No recogniser is set up: callers use keys, and leave messages."""

    def listen(self) -> Hearing:
        """Hears nothing."""
        return _Nothing()


class _Nothing:
    def feed(self, pcm: bytes) -> None:
        """Nothing."""

    async def result(self) -> Heard:
        raise Deaf("no recogniser")

    def drop(self) -> None:
        """Nothing."""
