"""A push as WeChat writes it (XML, for some accounts JSON), read without trusting it."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

# What XML 1.0 does not allow, but phones type.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_DECLARES = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_DEEPEST = 6
_LONGEST_KEY = 120

# A sticker, a GIF or a file arrives as a text that says so.
UNSUPPORTED = ("【收到不支持的消息类型，暂无法显示】", "[收到不支持的消息类型，暂无法显示]", "[Unsupported Message]")


class Unreadable(ValueError):
    """A body that is refused: no message, or one that declares a document type or entities."""


@dataclass(frozen=True)
class Push:
    """One message or event. `fields` holds trimmed texts by WeChat's names; what is nested is a dict.

    `damaged`: not well-formed, read as far as it can be; `hostile`: an element came twice, so its content is not used.
    """

    fields: dict[str, Any]
    damaged: bool = False
    hostile: bool = False
    json: bool = False
    doubled: tuple[str, ...] = field(default=())

    @property
    def openid(self) -> str:
        return self.text("FromUserName")

    @property
    def to(self) -> str:
        return self.text("ToUserName")

    @property
    def kind(self) -> str:
        return self.text("MsgType")

    @property
    def event(self) -> str:
        return self.text("Event") if self.kind == "event" else ""

    def text(self, name: str) -> str:
        """A field's text, empty when it is absent or nested."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    @property
    def key(self) -> str | None:
        """The same for every delivery of this push, different for others of its sender; None without a sender."""
        if not self.openid:
            return None
        if self.kind != "event" and self.text("MsgId"):
            return _short(f"msgid:{self.text('MsgId')}")
        about = self.text("MsgID") or self.text("EventKey")
        return _short(f"evt:{self.openid}:{self.text('CreateTime')}:{self.event or self.kind}:{about}")


def sanitised(text: str) -> str:
    """`text` without the characters that no XML may hold."""
    return _ILLEGAL.sub("", text)


def parse(body: str) -> Push:
    """Read a body whose signature was checked. Raises Unreadable."""
    body = sanitised(body).strip().lstrip("\ufeff")
    if body.startswith("{"):
        return _from_json(body)
    try:
        pairs = _read_xml(body)
    except expat.ExpatError:
        return _salvaged(body)
    return _made(pairs)


def encrypted_part(body: str) -> str:
    """The ciphertext of an encrypted body, XML or JSON. Raises Unreadable when there is none."""
    found = parse(body).text("Encrypt")
    if not found:
        raise Unreadable("no Encrypt")
    return found


def _made(pairs: list[tuple[str, Any]], *, is_json: bool = False) -> Push:
    fields: dict[str, Any] = {}
    doubled = []
    for name, value in pairs:
        if name not in fields:
            fields[name] = value
        else:
            doubled.append(name)
            # What a person wrote stands before MsgId, so only MsgId's last copy is WeChat's own.
            if name == "MsgId":
                fields[name] = value
    return Push(fields, hostile=bool(doubled), json=is_json, doubled=tuple(dict.fromkeys(doubled)))


def _from_json(body: str) -> Push:
    tops: list[list[tuple[str, Any]]] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        tops.append(pairs)
        return dict(pairs)

    try:
        json.loads(body, object_pairs_hook=keep)
    except (ValueError, RecursionError) as error:
        raise Unreadable("no JSON") from error
    return _made([(name, _plain(value)) for name, value in tops[-1]], is_json=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return "" if value is None else str(value).strip()


def _read_xml(body: str) -> list[tuple[str, Any]]:
    """The children of the root with their values. Raises ExpatError, and Unreadable for declarations."""
    parser = expat.ParserCreate("utf-8")
    stack: list[tuple[str, list[tuple[str, Any]], list[str]]] = []
    root: list[tuple[str, Any]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) >= _DEEPEST:
            raise Unreadable("too deep")
        stack.append((name, [], []))

    def end(name: str) -> None:
        _, children, words = stack.pop()
        if not stack:
            root.extend(children)
            return
        stack[-1][1].append((name, _gathered(children) if children else "".join(words).strip()))

    def refuse(*_: Any) -> None:
        raise Unreadable("declarations are not allowed")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda words: stack[-1][2].append(words)
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.Parse(body.encode(), True)
    return root


def _gathered(children: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in children:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _salvaged(body: str) -> Push:
    """What can be told of a body that is no XML: WeChat's own fields stand before and after what the person typed."""
    if _DECLARES.search(_CDATA.sub("", body)):
        raise Unreadable("declarations are not allowed")
    fields: dict[str, Any] = {}
    for name in ("ToUserName", "FromUserName", "CreateTime", "MsgType"):
        match = re.search(rf"<{name}>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</{name}>", body, re.DOTALL)
        if match:
            fields[name] = match[1].strip()
    ids = re.findall(r"<MsgId>\s*(\d+)\s*</MsgId>", body)
    if ids:
        fields["MsgId"] = ids[-1]
    typed = re.search(r"<Content>\s*<!\[CDATA\[(.*)\]\]>\s*</Content>\s*<MsgId>", body, re.DOTALL)
    if typed and fields.get("MsgType") == "text":
        fields["Content"] = typed[1].strip()
    if not fields.get("FromUserName"):
        raise Unreadable("no sender")
    return Push(fields, damaged=True)


def _short(key: str) -> str:
    """`key`, or a digest of it where the store would not take it (a clicked address can be long)."""
    if len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
