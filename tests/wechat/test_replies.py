"""What goes back inside the answer to a push."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.channels.wechat import crypto, messages, replies, split

OUTBOUND: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))["outbound"]
PUSH = messages.parse("<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><MsgType>text</MsgType></xml>")
KEY = crypto.Key("A" * 43, "wxba5fad812f8e6fb9")


@pytest.mark.parametrize("vector", OUTBOUND, ids=lambda vector: vector["id"])
def test_text(vector: dict[str, Any]) -> None:
    answer = messages.parse(replies.text(PUSH, vector["text"], 1))
    assert answer.text("Content") == vector["shown"]
    assert (answer.openid, answer.to, answer.kind) == ("gh", "o1", "text")
    assert not answer.hostile


@given(st.text())
def test_no_text_breaks_the_reply(text: str) -> None:
    answer = messages.parse(replies.text(PUSH, text, 1))
    assert answer.kind == "text" and not answer.hostile and not answer.damaged


@pytest.mark.parametrize("as_json", [False, True])
def test_sealed(as_json: bool) -> None:
    envelope = replies.sealed("<xml/>", KEY, "token", "1713424427", "415670741", as_json=as_json)
    read = messages.parse(envelope)
    encrypted = read.text("Encrypt")
    assert KEY.decrypt(encrypted) == "<xml/>"
    assert crypto.signed(read.text("MsgSignature"), "token", read.text("TimeStamp"), read.text("Nonce"), encrypted)


@given(st.text(max_size=3000), st.integers(40, 300))
def test_parts_lose_nothing_and_fit(text: str, longest: int) -> None:
    found = split.parts(text, longest)
    assert all(0 < split.size(part) <= longest for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_parts_end_where_a_sentence_does() -> None:
    sentence = "请先关掉电源，等两分钟再打开。"
    found = split.parts(sentence * 100)
    assert len(found) == 3
    assert all(part.endswith("。") for part in found)


def test_links_and_composed_characters_stay_whole() -> None:
    link = '<a href="https://example.com/q?sn=1">查看进度</a>'
    found = split.parts("一" * 60 + link, 200)
    assert link in found[-1]
    family = "👨\u200d👩\u200d👧"
    assert all(part.count("👨") == part.count("👧") for part in split.parts(family * 40, 100))
