"""WeChat's published vectors, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from desk.channels.wechat import crypto

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))
CIPHERS = pytest.mark.parametrize("vector", VECTORS["ciphertexts"], ids=lambda vector: vector["id"])
KEY = crypto.Key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2")


@pytest.mark.parametrize("vector", VECTORS["signatures"], ids=lambda vector: vector["id"])
def test_plain_signature(vector: dict[str, str]) -> None:
    parts = vector["token"], vector["timestamp"], vector["nonce"]
    assert crypto.signed(vector["signature"], *parts)
    assert not crypto.signed(vector["signature"][:-1] + "x", *parts)
    assert not crypto.signed("签名", *parts)


@CIPHERS
def test_decrypts(vector: dict[str, str]) -> None:
    assert crypto.Key(vector["key"], vector["appid"]).decrypt(vector["encrypted"]) == vector["text"]


@CIPHERS
def test_encrypts_to_the_same_bytes(vector: dict[str, str]) -> None:
    key = crypto.Key(vector["key"], vector["appid"])
    assert key.encrypt(vector["text"], vector["random"].encode()) == vector["encrypted"]


@pytest.mark.parametrize("vector", [v for v in VECTORS["ciphertexts"] if "msg_signature" in v], ids=lambda v: v["id"])
def test_message_signature(vector: dict[str, str]) -> None:
    parts = vector["token"], vector["timestamp"], vector["nonce"], vector["encrypted"]
    assert crypto.signed(vector["msg_signature"], *parts)
    assert not crypto.signed(vector["msg_signature"], *parts[:3])


@given(st.text(max_size=300))
def test_there_and_back(text: str) -> None:
    assert KEY.decrypt(KEY.encrypt(text)) == text


@pytest.mark.parametrize("text", ["", "好", "a" * 31, "a" * 32, "你好" * 100])
def test_another_library_reads_and_writes_the_same(text: str) -> None:
    other = WeChatCrypto("token", KEY.encoding_aes_key, KEY.appid)
    encrypted = KEY.encrypt(text)
    mark = crypto.signature("token", "1", "n", encrypted)
    envelope = f"<xml><Encrypt>{encrypted}</Encrypt></xml>"
    assert (other.decrypt_message(envelope, mark, "1", "n") or "") == text
    theirs = other.encrypt_message(text, "n", "1")
    assert KEY.decrypt(theirs.split("<Encrypt><![CDATA[")[1].split("]]>")[0]) == text


@pytest.mark.parametrize("letters", range(32))
def test_another_library_agrees_on_every_length_of_padding(letters: int) -> None:
    text = "修" + "a" * letters
    other = WeChatCrypto("token", KEY.encoding_aes_key, KEY.appid)
    encrypted = KEY.encrypt(text)
    mark = crypto.signature("token", "1", "n", encrypted)
    assert other.decrypt_message(f"<xml><Encrypt>{encrypted}</Encrypt></xml>", mark, "1", "n") == text
    theirs = other.encrypt_message(text, "n", "1")
    assert KEY.decrypt(theirs.split("<Encrypt><![CDATA[")[1].split("]]>")[0]) == text


def test_another_appid_is_refused() -> None:
    with pytest.raises(crypto.Unsealed) as problem:
        crypto.Key(KEY.encoding_aes_key, "wx0000000000000000").decrypt(KEY.encrypt("好"))
    assert problem.value.code == "appid"


@pytest.mark.parametrize("encrypted", ["", "====", "不是密文", "AAAA", "QUJD" * 16])
def test_what_is_no_ciphertext_is_refused(encrypted: str) -> None:
    with pytest.raises(crypto.Unsealed):
        KEY.decrypt(encrypted)


def test_the_previous_key_still_opens() -> None:
    new = crypto.Key("A" * 43, KEY.appid)
    assert crypto.decrypt(KEY.encrypt("旧"), [new, KEY]) == ("旧", KEY)
    assert crypto.decrypt(new.encrypt("新"), [new, KEY]) == ("新", new)
    with pytest.raises(crypto.Unsealed):
        crypto.decrypt(KEY.encrypt("旧"), [new])
