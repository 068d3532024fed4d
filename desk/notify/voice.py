"""A ringing telephone: a function named in the settings, so that any telephone system can be plugged in.

`AFTERCARE_NOTIFY_RINGER=package.module:function`; it is called by the clock as `function(person, alarm)` for each step
of an alarm, and must return as soon as the telephone system has taken the order (it may not wait for an answer).
An error is tried again with back-off. Who picks up and presses the key is written down with
`desk.cases.oncall.acknowledge(alarm.id, person_id=person.id, by="phone")`; an answered call alone is none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from desk.notify.letter import Letter, NotTaken
from desk.notify.settings import settings

TEST = "test"
NOBODY = 0  # the id of a test's alarm and person, of which there is no row


@dataclass(frozen=True)
class Callee:
    """Whom to ring: the row of oncall_people (NOBODY in a test), and the number."""

    id: int
    name: str
    phone: str


@dataclass(frozen=True)
class Ringing:
    """What to say: the row of alarms (NOBODY in a test), a unique `key` of this step, and the words of the message."""

    id: int
    key: str
    words: str


Ringer = Callable[[Callee, Ringing], None]


def voice(letter: Letter) -> None:
    """Ring `address`. Raises NotTaken."""
    if letter.purpose != TEST and (letter.alarm_id is None or letter.person_id is None):
        raise NotTaken("只有告警才打电话", for_good=True)
    ring = ringer(settings().ringer)
    try:
        ring(
            Callee(letter.person_id or NOBODY, letter.name, letter.address),
            Ringing(letter.alarm_id or NOBODY, letter.key, letter.text),
        )
    except Exception as error:
        raise NotTaken(f"电话没有打出去（{type(error).__name__}）") from error


@cache
def ringer(name: str) -> Ringer:
    """The function called `module:function`. Raises NotTaken for good when there is none."""
    module, _, function = name.partition(":")
    try:
        found: Ringer = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise NotTaken(f"找不到 AFTERCARE_NOTIFY_RINGER={name}", for_good=True) from error
    return found
