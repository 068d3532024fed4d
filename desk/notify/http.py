"""Posting JSON to a robot or webhook, with the signature that its receiver checks."""

import hashlib
import hmac
import json
from typing import Any

import requests

from desk import time
from desk.notify.letter import NotTaken

TIMEOUT = (3.0, 6.0)
LONGEST_REASON = 200


def post(url: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON that `url` answers to `body` ({} when it is none). Raises NotTaken for any answer but 2xx."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return post_bytes(url, data, headers or {})


def post_signed(url: str, secret: str, key: str, body: dict[str, Any]) -> None:
    """Post `body` with X-Aftercare-Timestamp and -Signature: HMAC-SHA256 of `timestamp.body` in hex.

    `key` goes along as Idempotency-Key. Raises NotTaken.
    """
    data = json.dumps(body, ensure_ascii=False).encode()
    stamp = str(int(time.now().timestamp()))
    headers = {"Idempotency-Key": key, "X-Aftercare-Timestamp": stamp}
    if secret:
        headers["X-Aftercare-Signature"] = signature(secret, stamp, data)
    post_bytes(url, data, headers)


def signature(secret: str, stamp: str, data: bytes) -> str:
    """What the receiver computes anew and compares."""
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + data, hashlib.sha256).hexdigest()


def post_bytes(url: str, data: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """As `post`, for a body that is made already."""
    try:
        answer = requests.post(
            url, data=data, headers={"Content-Type": "application/json; charset=utf-8", **headers}, timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # The address holds the robot's key: it stays out of what is stored and shown.
        raise NotTaken(f"连不上（{type(error).__name__}）") from error
    if not 200 <= answer.status_code < 300:
        again = answer.status_code in (408, 425, 429) or answer.status_code >= 500
        raise NotTaken(f"HTTP {answer.status_code}", for_good=not again)
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
