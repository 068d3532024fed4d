"""Group robots of WeCom (企业微信) and DingTalk (钉钉): a text to the group that names who is meant."""

import base64
import hashlib
import hmac
import re
from typing import Any
from urllib.parse import quote_plus

from desk import time
from desk.notify.http import post
from desk.notify.letter import Letter, NotTaken
from desk.notify.settings import settings

# WeCom refuses a text of more bytes; DingTalk allows ten times as many.
_MOST_BYTES = 2048
_BUSY = {45009, 130101, -1, 40058}
_MOBILE = re.compile(r"1[3-9]\d{9}")


def wecom(letter: Letter) -> None:
    """Post to the WeCom group; `address` is a user id or a mobile number, "" for nobody in particular."""
    text: dict[str, Any] = {"content": _cut(letter.words)}
    if _MOBILE.fullmatch(letter.address):
        text["mentioned_mobile_list"] = [letter.address]
    elif letter.address:
        text["mentioned_list"] = [letter.address]
    _checked(post(settings().wecom_robot, {"msgtype": "text", "text": text}))


def dingtalk(letter: Letter) -> None:
    """Post to the DingTalk group, signed when a secret is set; `address` as for `wecom`."""
    mobile = bool(_MOBILE.fullmatch(letter.address))
    at: dict[str, Any] = {"isAtAll": False}
    if letter.address:
        at["atMobiles" if mobile else "atUserIds"] = [letter.address]
    # DingTalk marks a person only where the text names the number.
    words = letter.words + (f"\n@{letter.address}" if letter.address else "")
    url = settings().dingtalk_robot + dingtalk_signature(settings().dingtalk_secret)
    _checked(post(url, {"msgtype": "text", "text": {"content": words}, "at": at}))


def dingtalk_signature(secret: str) -> str:
    """What 加签 wants added to the address; "" without a secret."""
    if not secret:
        return ""
    stamp = str(int(time.now().timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"&timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def _checked(answer: dict[str, Any]) -> None:
    code = answer.get("errcode")
    if code != 0:
        raise NotTaken(f"errcode {code} {str(answer.get('errmsg', ''))[:120]}", for_good=code not in _BUSY)


def _cut(words: str) -> str:
    data = words.encode()
    return words if len(data) <= _MOST_BYTES else data[: _MOST_BYTES - 3].decode(errors="ignore") + "…"
