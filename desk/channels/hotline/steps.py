"""What the engine wants done, and what comes back: plain data that any adapter can carry out.

A list of steps is some `Say`s and then one that waits (`Gather`, `Voicemail`), ends the call (`Transfer`, `HangUp`) or
goes on at once (`GoOn`).
The adapter answers with one event.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Say:
    """Speak `text`. `fixed`: it names nobody, so its sound may be kept. `barge`: it may be cut short.

    `optional`: left out when it cannot be spoken.
    """

    text: str
    fixed: bool = False
    barge: bool = True
    optional: bool = False


@dataclass(frozen=True)
class Keys:
    """Digits wanted: at most `most` (then it is done), `#` ends, `*` clears; `#` alone comes as it is.

    `mobile`: eleven digits that begin with 1 are complete.
    """

    most: int = 1
    mobile: bool = False


Expected = Literal["anything", "phone", "code", "choice"]


@dataclass(frozen=True)
class Gather:
    """Wait for speech or keys. `speech` False: only keys count. `patience`: seconds until nobody answers.

    `expects` tells when an answer is complete: a telephone number, a code, one of a few answers, or anything.
    """

    keys: Keys = Keys()
    speech: bool = True
    patience: float = 6.0
    expects: Expected = "anything"


@dataclass(frozen=True)
class Transfer:
    """Give the caller to the exchange: to who is on call, or to the agents."""

    to: Literal["oncall", "agents"]


@dataclass(frozen=True)
class Voicemail:
    """A tone, then what is said is kept until `#`, silence, `seconds` or the end of the call."""

    seconds: float = 120.0


@dataclass(frozen=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True)
class GoOn:
    """Ask at once for what follows (`WentOn`), while the words before it are being spoken."""


Step = Say | Gather | Transfer | Voicemail | HangUp | GoOn


@dataclass(frozen=True)
class Heard:
    """Words. `confidence` 0 to 1, None where the recogniser tells none."""

    text: str
    confidence: float | None = None


@dataclass(frozen=True)
class Pressed:
    """Keys, without the `#` that ended them; `#` alone when nothing stood before it."""

    digits: str


@dataclass(frozen=True)
class Nothing:
    """Nobody spoke or pressed; or (`noise`) somebody spoke and no word was made out."""

    noise: bool = False


@dataclass(frozen=True)
class Failed:
    """Something of ours does not work: asr or tts."""

    what: Literal["asr", "tts"]


@dataclass(frozen=True)
class Recorded:
    """A voicemail is stored as `file`: `seconds` of speech, 0 when nobody spoke."""

    seconds: float
    file: str = ""


@dataclass(frozen=True)
class TimeUp:
    """The call has lasted as long as a call may."""


@dataclass(frozen=True)
class WentOn:
    """A `GoOn` was reached."""


Event = Heard | Pressed | Nothing | Failed | Recorded | TimeUp | WentOn
