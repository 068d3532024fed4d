"""What a call writes down: in order, behind the conversation, so that the caller does not wait for the disk."""

import asyncio
from collections.abc import Awaitable, Callable

from desk.cases.hotline.calls import Line
from desk.channels.hotline.records import Records


class Journal:
    """The lines of one call. `settled` waits until all of them are written (or the records have failed)."""

    def __init__(self, call_id: str, records: Records) -> None:
        self._id, self._records = call_id, records
        self._said: list[Line] = []
        self._writing: asyncio.Task[None] | None = None
        self.heard: list[str] = []

    def said(self, text: str) -> None:
        """We said this; it is written with what comes next."""
        self._said.append(Line("said", text))

    def note(self, kind: str, text: str, confidence: float | None = None) -> None:
        """It was heard, keyed or failed."""
        if kind == "heard":
            self.heard.append(text)
        lines, self._said = [*self._said, Line(kind, text, confidence)], []
        self.behind(lambda: self._records.note(self._id, lines))

    def behind(self, write: Callable[[], Awaitable[None]]) -> None:
        """Do it in the background, after what was begun before it."""
        before = self._writing

        async def after() -> None:
            if before is not None:
                await before
            await write()

        self._writing = asyncio.create_task(after(), name="call-writes")

    async def settled(self) -> None:
        """Wait for all of it."""
        if self._said:
            lines, self._said = self._said, []
            self.behind(lambda: self._records.note(self._id, lines))
        if self._writing is not None:
            await self._writing
            self._writing = None
