"""Who writes on the page: a random cookie; the database only ever sees its digest."""

import hashlib
import re
import secrets
import threading
from collections import OrderedDict

from fastapi import Request, Response

from desk import time

COOKIE = "aftercare_visitor"
A_YEAR = 365 * 24 * 3600
MOST_IN_A_MINUTE = 20
_REMEMBERED = 10_000


def token_of(request: Request) -> str | None:
    """The visitor's token, when there is a well-formed one."""
    token = request.cookies.get(COOKIE, "")
    return token if re.fullmatch("[A-Za-z0-9_-]{40,64}", token) else None


def sender(token: str) -> str:
    """The name under which a visitor's conversation is stored."""
    return "web-" + hashlib.sha256(token.encode()).hexdigest()[:40]


def welcome(request: Request, response: Response) -> None:
    """Give a newcomer a token, and a known visitor's one another year."""
    token = token_of(request) or secrets.token_urlsafe(32)
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    response.set_cookie(COOKIE, token, max_age=A_YEAR, httponly=True, samesite="strict", secure=secure, path="/")


class Pace:
    """So many messages a minute and visitor; kept in memory, for the visitors seen last."""

    def __init__(self, most: int = MOST_IN_A_MINUTE, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._seen: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, who: str) -> bool:
        """Whether `who` may send one more now; it is counted if so."""
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._seen.pop(who, []) if now - at < self._seconds]
            allowed = len(recent) < self._most
            self._seen[who] = [*recent, now] if allowed else recent
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return allowed
