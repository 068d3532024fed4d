"""Bodies as they arrive, well-formed, broken and hostile."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message

from desk.channels.wechat import messages

BODIES: list[dict[str, Any]] = [
    body
    for name in ("vectors.json", "more_vectors.json")
    for body in json.loads(Path(__file__).with_name(name).read_text("utf-8"))["bodies"]
]
READ = [body for body in BODIES if not body.get("refused")]


@pytest.mark.parametrize("vector", READ, ids=lambda vector: vector["id"])
def test_read(vector: dict[str, Any]) -> None:
    push = messages.parse(vector["body"])
    assert {name: push.fields[name] for name in vector["fields"]} == vector["fields"]
    assert push.key == vector["key"]
    assert push.damaged == vector.get("damaged", False)
    assert list(push.doubled) == vector.get("doubled", [])
    assert push.hostile == bool(push.doubled)


@pytest.mark.parametrize("vector", [b for b in BODIES if b.get("refused")], ids=lambda vector: vector["id"])
def test_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(messages.Unreadable):
        messages.parse(vector["body"])


SAME = [b for b in READ if b["key"] and not any(b.get(mark) for mark in ("damaged", "doubled", "rewritten"))]


@pytest.mark.parametrize("vector", SAME, ids=lambda vector: vector["id"])
def test_another_library_reads_the_same(vector: dict[str, Any]) -> None:
    theirs, ours = parse_message(messages.sanitised(vector["body"]).lstrip("\ufeff")), messages.parse(vector["body"])
    assert (theirs.source, theirs.target) == (ours.openid, ours.to)
    assert plain(theirs._data) == ours.fields


def plain(value: Any) -> Any:
    """What the other library read, with an empty text for its None and nothing around texts."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else (value or "").strip()


def test_words_of_a_damaged_message_are_saved() -> None:
    push = messages.parse(next(b["body"] for b in BODIES if b["id"] == "text-cdata-end-raw"))
    assert push.text("Content") == "if (a[b[0]]]]>1) {}"


def test_a_document_type_that_a_person_pastes_is_only_text() -> None:
    body = BODIES[0]["body"].replace("this is a test", "<!DOCTYPE html><!ENTITY x>")
    assert messages.parse(body).text("Content") == "<!DOCTYPE html><!ENTITY x>"


def test_a_document_type_in_a_damaged_body_is_refused() -> None:
    with pytest.raises(messages.Unreadable):
        messages.parse("<!DOCTYPE x []><xml><FromUserName>a</FromUserName><b></xml>")


@pytest.mark.parametrize("body", ["", "   ", "{", "[1]", "{}x", "<xml>", "hello", "<a>" * 50, "\x00"])
def test_no_message_is_refused(body: str) -> None:
    with pytest.raises(messages.Unreadable):
        messages.parse(body)


def test_json() -> None:
    push = messages.parse('{"FromUserName": "o1", "MsgType": "text", "Content": " 好 ", "MsgId": 7, "CreateTime": 1}')
    assert (push.openid, push.text("Content"), push.key, push.json) == ("o1", "好", "msgid:7", True)
    assert messages.parse('{"FromUserName": "o1", "FromUserName": "o2"}').openid == "o1"
    assert messages.parse('{"FromUserName": "o1", "FromUserName": "o2"}').hostile


def test_events_of_one_second_differ_by_what_they_are_about() -> None:
    def event(name: str, key: str) -> str | None:
        return messages.parse(
            f"<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
            f"<Event>{name}</Event><EventKey>{key}</EventKey></xml>"
        ).key

    keys = {event("CLICK", "a"), event("CLICK", "b"), event("VIEW", "a"), event("VIEW", "https://x/" + "a" * 300)}
    assert len(keys) == 4
    assert all(key and len(key) <= 128 for key in keys)


@given(st.text())
def test_whatever_comes_it_is_read_or_refused(body: str) -> None:
    try:
        messages.parse(body)
    except messages.Unreadable:
        pass


@given(st.text())
def test_typed_text_never_becomes_a_field(typed: str) -> None:
    """Unsplit, as WeChat may send it: the sender stays the sender."""
    push = messages.parse(
        "<xml><ToUserName><![CDATA[gh]]></ToUserName><FromUserName><![CDATA[oReal]]></FromUserName>"
        "<CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{typed}]]></Content><MsgId>42</MsgId></xml>"
    )
    assert (push.openid, push.kind, push.key) == ("oReal", "text", "msgid:42")
