"""What WeChat sees of us: verification, signatures, freshness, and that it is stored before it is acknowledged."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import requests

from desk.app import create_app
from desk.channels.wechat.crypto import Key, signature
from desk.demo_wechat.pushes import body
from tests.wechat.conftest import APPID, KEY, OLD_KEY, TOKEN, Desk, Start, lines, outbox, served


def text(content: str = "空调不制冷", number: int = 1, openid: str = "oA", **more: Any) -> str:
    return body({
        "ToUserName": "gh_demo", "FromUserName": openid, "CreateTime": int(time.time()), "MsgType": "text",
        "Content": content, "MsgId": number, **more,
    })


def post(desk: Desk, xml: str, *, key: str = KEY, appid: str = APPID, at: float | None = None, account: str = "",
         **changed: str) -> requests.Response:
    """A push in safe mode; `changed` replaces parts of the query."""
    stamp, nonce = str(int(at if at is not None else time.time())), "n0nce"
    encrypted = Key(key, appid).encrypt(xml)
    query = {
        "signature": signature(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce, "encrypt_type": "aes",
        "msg_signature": signature(TOKEN, stamp, nonce, encrypted),
    }
    url = f"{desk.url}/wechat{account}"
    return requests.post(url, params=query | changed, data=f"<xml><Encrypt>{encrypted}</Encrypt></xml>", timeout=5)


def plain(desk: Desk, xml: str, **changed: str) -> requests.Response:
    stamp = str(int(time.time()))
    query = {"signature": signature(TOKEN, stamp, "n"), "timestamp": stamp, "nonce": "n"} | changed
    return requests.post(f"{desk.url}/wechat", params=query, data=xml.encode(), timeout=5)


def test_verification_echoes_verbatim(start: Start) -> None:
    desk = start()
    query = {"timestamp": "1", "nonce": "n", "signature": signature(TOKEN, "1", "n"), "echostr": "43751209<&4"}
    answer = requests.get(f"{desk.url}/wechat", params=query, timeout=5)
    assert (answer.status_code, answer.text) == (200, "43751209<&4")
    assert requests.get(f"{desk.url}/wechat", params=query | {"signature": "0"}, timeout=5).status_code == 403
    assert requests.get(f"{desk.url}/wechat", timeout=5).status_code == 403


def test_the_product_serves_it(start: Start) -> None:
    start()
    with served(create_app()) as url:
        query = {"timestamp": "1", "nonce": "n", "signature": signature(TOKEN, "1", "n"), "echostr": "42"}
        assert requests.get(f"{url}/wechat", params=query, timeout=5).text == "42"


def test_a_message_is_stored_and_acknowledged(start: Start) -> None:
    desk = start()
    assert post(desk, text()).text == "success"
    first = lines()[0]
    assert (first.author, first.text) == ("customer", "空调不制冷")


def test_an_unknown_account_is_not_found(start: Start) -> None:
    desk = start()
    assert post(desk, text(), account="/other").status_code == 404
    assert requests.get(f"{desk.url}/wechat/other", timeout=5).status_code == 404


def test_a_second_account_has_its_own_people(start: Start) -> None:
    desk = start(accounts={"b2": {"token": TOKEN, "appid": APPID, "secret": "x", "aes_key": KEY, "verified": True}})
    assert post(desk, text("甲", 7)).status_code == 200
    assert post(desk, text("乙", 7), account="/b2").status_code == 200
    assert [lines(account=name)[0].text for name in ("", "b2")] == ["甲", "乙"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"msg_signature": "0" * 40},
        {"timestamp": "abc"},
        {"timestamp": ""},
        {"nonce": "other"},
        {"encrypt_type": "raw"},  # the plain signature does not cover the body, so it is not enough here
    ],
)
def test_what_is_not_signed_is_refused(start: Start, wrong: dict[str, str]) -> None:
    desk = start()
    assert post(desk, text(), **wrong).status_code == 403
    assert lines() == []


def test_another_appid_or_key_is_refused(start: Start) -> None:
    desk = start()
    assert post(desk, text(), appid="wx0000000000000000").status_code == 403
    assert post(desk, text(), key=OLD_KEY).status_code == 403
    assert post(desk, text().replace("gh_demo", "gh_other")).status_code == 403
    assert lines() == []


@pytest.mark.parametrize("age", [-600, 600, 301, -301])
def test_an_old_push_is_refused(start: Start, age: int) -> None:
    desk = start()
    assert post(desk, text(), at=time.time() - age).status_code == 403
    assert lines() == []


def test_a_pinned_clock_does_not_shut_wechat_out(pinned_clock: Callable[[str], datetime], start: Start) -> None:
    pinned_clock("2026-02-17T03:00:00+08:00")
    desk = start()
    assert post(desk, text()).status_code == 200
    assert post(desk, text(number=2), at=time.time() - 600).status_code == 403


def test_a_captured_push_changes_nothing(start: Start) -> None:
    desk = start()
    assert [post(desk, text()).status_code for _ in range(3)] == [200, 200, 200]
    desk.settle()
    assert [line.author for line in lines()] == ["customer", "bot"]


def test_the_previous_key_opens_and_answers(start: Start) -> None:
    desk = start(aes_key_previous=OLD_KEY, verified=False, passive_seconds=4.0)
    answer = post(desk, text(), key=OLD_KEY)
    encrypted = answer.text.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert "收到：空调不制冷" in Key(OLD_KEY, APPID).decrypt(encrypted)


def test_plain_and_compatible_modes(start: Start) -> None:
    desk = start(mode="plain")
    assert plain(desk, text("一", 1)).text == "success"
    assert plain(desk, text("二", 2), signature="0").status_code == 403
    assert [line.text for line in lines() if line.author == "customer"] == ["一"]


def test_compatible_mode_reads_the_encrypted_part(start: Start) -> None:
    desk = start(mode="compatible")
    desk.world.say("oA", "你好")
    assert desk.shown(1) == ["收到：你好"]
    assert plain(desk, text("明文", 2)).text == "success"


@pytest.mark.parametrize("xml", ["<xml>", "hello", "<!DOCTYPE x []><xml><FromUserName>a</FromUserName></xml>"])
def test_what_is_no_message_is_refused(start: Start, xml: str) -> None:
    desk = start()
    assert post(desk, xml).status_code == 400


def test_a_body_without_end_is_refused(start: Start) -> None:
    desk = start()
    assert requests.post(f"{desk.url}/wechat", data=b"x" * 300_000, timeout=5).status_code == 413


def test_hostile_and_damaged_messages_get_a_hint(start: Start) -> None:
    desk = start()
    injected = "x]]></Content><FromUserName><![CDATA[oVICTIM]]></FromUserName><Content><![CDATA[y"
    assert post(desk, text(injected, 1)).text == "success"
    assert post(desk, text("a[b[0]]]]>1", 2)).text == "success"
    desk.settle()
    assert lines("oVICTIM") == []
    assert [line.text for line in lines() if line.author == "customer"] == ["[读不了的消息]", "a[b[0]]]]>1"]


def test_words_with_control_characters_arrive(start: Start) -> None:
    desk = start()
    assert post(desk, text("报警\x02代码\x1dE1")).text == "success"
    assert lines()[0].text == "报警代码E1"


def test_json_is_answered_in_json(start: Start) -> None:
    desk = start(mode="plain", verified=False, passive_seconds=4.0)
    push = {"ToUserName": "gh_demo", "FromUserName": "oA", "MsgType": "text", "Content": "好", "MsgId": 5}
    answer = plain(desk, json.dumps(push)).json()
    assert (answer["ToUserName"], answer["Content"]) == ("oA", "收到：好")


def test_a_push_is_not_acknowledged_when_it_cannot_be_stored(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    from desk.channels.wechat import inbound

    desk = start()

    def broken(*args: Any, **named: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as change:
        change.setattr(inbound, "take", broken)
        assert post(desk, text()).status_code == 500
    assert post(desk, text()).text == "success"
    assert outbox("failed") == 0
