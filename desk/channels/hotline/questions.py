"""Open questions: what an answer may be, which keys answer it, and how it is asked again."""

from dataclasses import dataclass
from typing import Literal

from desk import texts
from desk.channels.hotline import spoken
from desk.channels.hotline.assistant import Answer
from desk.channels.hotline.steps import Expected, Gather, Keys, Say

Kind = Literal[
    "free", "choice", "phone", "phone_check", "serial", "serial_check", "tail", "ticket", "danger", "menu", "limited"
]
YES_NO = ("confirm", "existing_ticket", "reopen", "injury", "address")
AFFIRM = ("/affirm", "/deny")
NUMBERS = ("phone", "serial", "tail", "ticket")
MOST_KEYS = {"phone": 12, "serial": 16, "tail": 4, "ticket": 12}
_EXPECTED: dict[Kind, Expected] = {
    "phone": "phone", "serial": "code", "tail": "code", "ticket": "code", "phone_check": "choice",
    "serial_check": "choice", "danger": "choice", "choice": "choice",
}


@dataclass(frozen=True)
class Question:
    """`text` asks it again, short; `hint` tells the keys; `options` answer keys 1, 2, 3; `value` is being checked."""

    kind: Kind = "free"
    text: str = ""
    hint: str = ""
    options: tuple[str, ...] = ()
    value: str = ""

    def gather(self, patience: float, speech: bool = True) -> Gather:
        """How to wait for its answer."""
        most = MOST_KEYS.get(self.kind, 1)
        speech = speech and self.kind not in ("menu", "limited")
        keys = Keys(most, mobile=self.kind in ("phone", "ticket"))
        return Gather(keys, speech, patience, _EXPECTED.get(self.kind, "anything"))


def line(name: str, **values: object) -> str:
    """A text of the hotline for the ear."""
    return spoken.of(texts.render(f"hotline.{name}", "phone", **values))


def say(name: str, **values: object) -> Say:
    """The same as a step; without blanks its sound may be kept."""
    return Say(line(name, **values), fixed=not values)


def of(answer: Answer, caller: str | None) -> Question:
    """The question that an answer leaves open."""
    asked = spoken.of(answer.lines[-1]) if answer.lines else ""
    if answer.asks == "phone":
        tail = spoken.number(caller[-4:]) if caller else ""
        hint = line("phone.offer_caller", tail=tail) if caller else line("phone.by_keys")
        return Question("phone", asked, hint)
    if answer.asks == "serial_number":
        return Question("serial", asked, line("serial.by_keys"))
    if answer.asks == "identity":
        return Question("tail", asked, line("tail.by_keys"))
    if answer.asks == "ticket_number":
        return Question("ticket", asked, line("ticket.by_keys"))
    if answer.asks:
        return _choice(answer, asked)
    return Question("free", asked if "？" in asked else line("ask_short"))


def _choice(answer: Answer, asked: str) -> Question:
    buttons = answer.buttons[: spoken.LISTED]
    titles = tuple(title for title, _ in buttons)
    if titles and all(payload in AFFIRM for _, payload in buttons):
        return Question("choice", asked, line("confirm" if answer.asks == "confirm" else "yes_no"), titles)
    if titles:
        names = texts.data("hotline.key_names")
        hint = "".join(line("choice", title=title, number=names[at]) for at, title in enumerate(titles, 1))
        items = tuple(spoken.of(title).rstrip("。") for title in titles)
        return Question("choice", spoken.without_list(asked, items), hint, titles)
    if answer.asks in YES_NO and asked.endswith(("吗？", "对吗？")):
        return Question("choice", asked, line("yes_no"), ("是", "不是"))
    return Question("free", asked)
