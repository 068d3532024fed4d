"""Replies inside the answer to a push (被动回复), and their encrypted envelope."""

import json
import secrets

from desk.channels.wechat.crypto import Key, signature
from desk.channels.wechat.messages import Push, sanitised

# Means: taken, nothing to say. Never encrypted.
NOTHING = "success"
LONGEST_BYTES = 2000


def cdata(text: str) -> str:
    """`text` as a CDATA section whose end nobody can fake."""
    return "<![CDATA[" + sanitised(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def text(push: Push, content: str, at: int) -> str:
    """A text to the sender of `push`, in the form (XML or JSON) of the push; `at` in Unix seconds."""
    if push.json:
        fields = {
            "ToUserName": push.openid, "FromUserName": push.to, "CreateTime": at, "MsgType": "text",
            "Content": sanitised(content),
        }
        return json.dumps(fields, ensure_ascii=False)
    return (
        f"<xml><ToUserName>{cdata(push.openid)}</ToUserName><FromUserName>{cdata(push.to)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType>{cdata('text')}</MsgType><Content>{cdata(content)}</Content></xml>"
    )


def sealed(body: str, key: Key, token: str, timestamp: str, nonce: str = "", *, as_json: bool = False) -> str:
    """`body` encrypted with `key`, in the envelope that WeChat expects."""
    nonce = nonce or secrets.token_hex(8)
    encrypted = key.encrypt(body)
    mark = signature(token, timestamp, nonce, encrypted)
    if as_json:
        return json.dumps({"Encrypt": encrypted, "MsgSignature": mark, "TimeStamp": int(timestamp), "Nonce": nonce})
    return (
        f"<xml><Encrypt>{cdata(encrypted)}</Encrypt><MsgSignature>{cdata(mark)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    )
