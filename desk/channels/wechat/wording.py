"""Answers as WeChat shows them: merged where they fit, cut where they do not, buttons as a menu or as numbers."""

from dataclasses import dataclass, field
from typing import Any

from desk import texts
from desk.channels.wechat import split
from desk.records.models import Message, Outbound

# Room for the line that says how to go on.
PART_BYTES = split.LONGEST_BYTES - 120


@dataclass(frozen=True)
class Batch:
    """Answers that go together: their text, the last one's buttons, and the outbox rows that are done with it."""

    text: str
    buttons: list[dict[str, str]] = field(default_factory=list)
    outbound_ids: list[int] = field(default_factory=list)
    more: bool = False

    def parts(self) -> list[str]:
        """The text in parts, the buttons not yet added."""
        return split.parts(self.text, PART_BYTES)


def batch(rows: list[tuple[Outbound, Message]], *, numbers: bool = False) -> Batch:
    """As many of `rows` (in order) as fit into one message, at least the first; buttons end a batch."""
    found: list[str] = []
    ids: list[int] = []
    buttons: list[dict[str, str]] = []
    for outbound, message in rows:
        words = numbered(message.text, message.buttons or []) if numbers else message.text
        if found and split.size("\n\n".join([*found, words])) > PART_BYTES:
            break
        found.append(words)
        ids.append(outbound.id)
        if message.buttons:
            buttons = list(message.buttons)
            break
    return Batch("\n\n".join(words for words in found if words), buttons, ids, more=len(ids) < len(rows))


def numbered(text: str, buttons: list[dict[str, str]]) -> str:
    """`text` with its buttons as lines to answer with a number."""
    if not buttons:
        return text
    lines = [f"{number}. {button['title']}" for number, button in enumerate(buttons, 1)]
    return "\n".join([text, *lines, texts.render("wechat.choose")]).strip()


def continued(part: str) -> str:
    """A part after which more waits for the customer's word."""
    return f"{part}\n{texts.render('wechat.more')}"


def menu(text: str, buttons: list[dict[str, str]], message_id: int) -> dict[str, Any]:
    """A message with buttons to tap; a tap comes back as a text with the button's title."""
    entries = [
        {"id": f"{message_id}-{number}", "content": button["title"]} for number, button in enumerate(buttons, 1)
    ]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": text, "list": entries, "tail_content": ""}}


def text(content: str) -> dict[str, Any]:
    """A plain message."""
    return {"msgtype": "text", "text": {"content": content}}
