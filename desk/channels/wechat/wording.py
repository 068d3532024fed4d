"""Answers as WeChat shows them: merged where they fit, cut where they do not, buttons as a menu or as numbers."""

from dataclasses import dataclass, field
from typing import Any

from desk import texts
from desk.cases import photos, shared_files
from desk.channels.wechat import split
from desk.records.models import Message, Outbound

# Room for the line that says how to go on.
PART_BYTES = split.LONGEST_BYTES - 120


@dataclass(frozen=True)
class Batch:
    """Answers that go together: their text, the last one's buttons, and the outbox rows that are done with it.

    A `picture` goes alone.
    """

    text: str
    buttons: list[dict[str, str]] = field(default_factory=list)
    outbound_ids: list[int] = field(default_factory=list)
    more: bool = False
    picture: dict[str, Any] | None = None

    def parts(self) -> list[str]:
        """The text in parts, the buttons not yet added."""
        return split.parts(self.text, PART_BYTES)


def batch(rows: list[tuple[Outbound, Message]], *, numbers: bool = False) -> Batch:
    """As many of `rows` (in order) as fit into one message, at least the first; buttons end a batch.

    `numbers`: for a reply that is only text, with buttons as numbers and pictures as links.
    """
    found: list[str] = []
    ids: list[int] = []
    buttons: list[dict[str, str]] = []
    for outbound, message in rows:
        shown = None if numbers else picture_of(message)
        if shown is not None:
            if not ids:
                return Batch("", [], [outbound.id], more=len(rows) > 1, picture=shown)
            break
        words = _words(message, links=numbers)
        words = numbered(words, message.buttons or []) if numbers else words
        if found and split.size("\n\n".join([*found, words])) > PART_BYTES:
            break
        found.append(words)
        ids.append(outbound.id)
        if message.buttons:
            buttons = list(message.buttons)
            break
    return Batch("\n\n".join(words for words in found if words), buttons, ids, more=len(ids) < len(rows))


def picture_of(message: Message) -> dict[str, Any] | None:
    """The picture that a message of ours is."""
    return next((found for found in message.attachments or [] if photos.path(found) is not None), None)


def _words(message: Message, links: bool) -> str:
    """The text, and a line for each file (with `links` each picture too)."""
    lines = [message.text]
    for number, found in enumerate(message.attachments or []):
        if shared_files.path(found) is not None:
            size, link = shared_files.size_words(found), shared_files.link(message.id, number)
            lines.append(texts.render("shared_files.message", name=found["name"], size=size, link=link))
        elif links and photos.path(found) is not None:
            lines.append(texts.render("shared_files.picture", link=shared_files.link(message.id, number)))
    return "\n".join(line for line in lines if line)


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


def image(media_id: str) -> dict[str, Any]:
    """A picture that was uploaded."""
    return {"msgtype": "image", "image": {"media_id": media_id}}


def text(content: str) -> dict[str, Any]:
    """A plain message."""
    return {"msgtype": "text", "text": {"content": content}}
