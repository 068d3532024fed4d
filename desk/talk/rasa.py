"""The client of the Rasa server. A conversation always goes to the same server; nothing is retried here."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3

from desk import time
from desk.settings import settings
from desk.talk import metrics

CONNECT = 1.0
FAILURES_TO_REST = 3
REST = 2.0
_KEPT_OPEN = 16


class Unavailable(Exception):
    """Rasa or the actions behind it gave no answer; nothing is known of what they did. `kind` names how."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


@dataclass(frozen=True)
class Answer:
    """What the assistant said in one turn, and how it understood the customer."""

    replies: list[dict[str, Any]] = field(default_factory=list)
    parse: dict[str, Any] = field(default_factory=dict)


class _Breaker:
    """After several time-outs in a row a server rests, so that a hung one costs its callers no time-out each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    def lets_through(self) -> bool:
        with self._lock:
            if self._failures < FAILURES_TO_REST:
                return True
            if time.monotonic() < self._until:
                return False
            self._until = time.monotonic() + REST  # one caller at a time tries a server that rested
            return True

    def resting(self) -> bool:
        with self._lock:
            return self._failures >= FAILURES_TO_REST and time.monotonic() < self._until

    def good(self) -> None:
        with self._lock:
            self._failures = 0

    def bad(self) -> None:
        with self._lock:
            self._failures += 1
            self._until = time.monotonic() + REST


_breakers: dict[str, _Breaker] = {}
_breakers_lock = threading.Lock()


def ask(conversation_id: str, turn_id: str, text: str, metadata: dict[str, Any]) -> Answer:
    """Play one turn. Asked again with the same `turn_id` after a failure it has its effects once.

    Raises Unavailable after settings().rasa_timeout seconds at the latest.
    """
    body = {"sender": conversation_id, "text": text, "turn_id": turn_id, "metadata": metadata}
    with metrics.RASA_SECONDS.time():
        found = _call("POST", conversation_id, "/webhooks/desk/turn", body=body)
    return _answer(found, turn_id)


def kept(conversation_id: str, turn_id: str) -> Answer | None:
    """The answer that Rasa's tracker already holds for this turn, if any. Raises Unavailable."""
    path = f"/webhooks/desk/turns/{quote(conversation_id, safe='')}/{quote(turn_id, safe='')}"
    found = _call("GET", conversation_id, path, none_for=(404,))
    return None if found is None else _answer(found, turn_id)


def restore(conversation_id: str, slots: dict[str, Any]) -> None:
    """Clear the active form and set `slots`, when a person gives the conversation back. Raises Unavailable."""
    _call("POST", conversation_id, "/webhooks/desk/restore", body={"sender": conversation_id, "slots": slots})


def forget(conversation_id: str) -> None:
    """Let Rasa forget a conversation. Raises Unavailable."""
    _call("DELETE", conversation_id, f"/webhooks/desk/conversations/{quote(conversation_id, safe='')}", none_for=(404,))


def forget_all() -> None:
    """Let every Rasa server forget every conversation. Raises Unavailable."""
    for base in settings().rasa:
        _request("DELETE", base, "/webhooks/desk/conversations")


def ready() -> bool:
    """Whether every Rasa server answers and has a model."""
    try:
        for base in settings().rasa:
            _request("GET", base, "/webhooks/desk/ready", limit=1.0)
    except Unavailable:
        return False
    return True


def resting(conversation_id: str) -> bool:
    """Whether this conversation's server was found hung or gone a moment ago, and is not asked just now."""
    return _breaker(base_of(conversation_id)).resting()


def fresh_start() -> None:
    """Forget which servers were found down."""
    with _breakers_lock:
        _breakers.clear()


def base_of(conversation_id: str) -> str:
    """The server that has this conversation."""
    bases = settings().rasa
    return bases[int(hashlib.sha256(conversation_id.encode()).hexdigest()[:8], 16) % len(bases)].rstrip("/")


def _breaker(base: str) -> _Breaker:
    with _breakers_lock:
        return _breakers.setdefault(base, _Breaker())


def _call(method: str, conversation_id: str, path: str, **more: Any) -> Any:
    base = base_of(conversation_id)
    breaker = _breaker(base)
    if not breaker.lets_through():
        metrics.RASA_FAILURES.labels("resting").inc()
        raise Unavailable("resting")
    try:
        found = _request(method, base, path, **more)
    except Unavailable as error:
        metrics.RASA_FAILURES.labels(error.kind).inc()
        # A 5xx may be the fault of one message; only a server that does not answer at all rests.
        if error.kind in ("timeout", "connection"):
            breaker.bad()
        raise
    breaker.good()
    return found


def _request(
    method: str,
    base: str,
    path: str,
    body: Any = None,
    limit: float | None = None,
    none_for: tuple[int, ...] = (),
) -> Any:
    limit = limit or settings().rasa_timeout
    waits = urllib3.Timeout(connect=min(CONNECT, limit), read=limit)
    sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    try:
        response = _pool(base).urlopen(
            method, urlsplit(base).path + path, sent, _headers(), timeout=waits, retries=False, redirect=False
        )
    except urllib3.exceptions.TimeoutError as error:
        raise Unavailable("timeout") from error
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable("connection", type(error).__name__) from error
    if response.status in none_for:
        return None
    if response.status >= 300:
        raise Unavailable("refused" if response.status < 500 else "error", str(response.status))
    try:
        return json.loads(response.data) if response.data else {}
    except ValueError as error:
        raise Unavailable("unreadable") from error


def _headers() -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    return headers | {"Authorization": f"Bearer {settings().rasa_token}"} if settings().rasa_token else headers


@cache
def _pool(base: str) -> urllib3.HTTPConnectionPool:
    """Kept-alive connections to one server, without any proxy of the environment: Rasa is on a private address."""
    return urllib3.connection_from_url(base, maxsize=_KEPT_OPEN)


def _answer(found: Any, turn_id: str) -> Answer:
    replies = found.get("replies") if isinstance(found, dict) else None
    if not isinstance(replies, list) or found.get("turn_id", turn_id) != turn_id:
        raise Unavailable("unreadable")
    return Answer([reply for reply in replies if isinstance(reply, dict)], found.get("parse") or {})
