"""Some steps as sounds, in order: sentence by sentence, each rendered while the one before it is heard."""

import asyncio
from dataclasses import dataclass

from desk.channels.hotline.speech import prompts
from desk.channels.hotline.speech.mouth import Mouth
from desk.channels.hotline.steps import Say


@dataclass(frozen=True)
class Part:
    """A sentence of a step. `first`: the step begins with it."""

    step: Say
    text: str
    fixed: bool
    first: bool


class Speech:
    """Use inside `with`; `parts` in order, `sound` of each. What was not wanted in the end is not waited for."""

    def __init__(self, mouth: Mouth, steps: list[Say]) -> None:
        self._mouth = mouth
        self.parts = [part for step in steps for part in _parts(step)]
        self._coming: dict[int, asyncio.Task[bytes]] = {}

    def __enter__(self) -> "Speech":
        return self

    def __exit__(self, *error: object) -> None:
        for task in self._coming.values():
            task.cancel()
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def sound(self, number: int) -> bytes:
        """The sound of a part; the next one is begun. Raises Mute."""
        coming = self._begin(number)
        pcm = await coming
        if number + 1 < len(self.parts):
            self._begin(number + 1)
        return pcm

    def _begin(self, number: int) -> "asyncio.Task[bytes]":
        if number not in self._coming:
            part = self.parts[number]
            self._coming[number] = asyncio.create_task(self._mouth.sound(part.text, part.fixed), name="say")
        return self._coming[number]


def _parts(step: Say) -> list[Part]:
    if step.fixed:
        return [Part(step, step.text, True, True)]
    kept = prompts.standing()
    return [
        Part(step, text, text in kept, number == 0) for number, text in enumerate(prompts.sentences(step.text))
    ]
