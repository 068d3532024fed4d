"""Access tokens as WeChat gives them: a new one each call or each lifetime, the old one good for five minutes more."""

import secrets
from collections.abc import Callable

from desk.demo_wechat.errors import ApiError

LIFETIME = 7200.0
GRACE = 300.0
FORCED_A_DAY = 20
FORCED_PAUSE = 30.0


class Tokens:
    """The tokens of one account; `clock` gives seconds."""

    def __init__(self, appid: str, secret: str, clock: Callable[[], float]) -> None:
        self.appid, self.secret, self._clock = appid, secret, clock
        self.fetched = 0
        self.forced: list[float] = []
        self._until: dict[str, float] = {}
        self._latest: dict[str, str] = {}

    def ordinary(self, appid: str, secret: str) -> dict[str, object]:
        """/cgi-bin/token: every call makes a new one."""
        self._check(appid, secret)
        return self._new("ordinary")

    def stable(self, appid: str, secret: str, force: bool) -> dict[str, object]:
        """/cgi-bin/stable_token: the same one until five minutes before its end, unless forced."""
        self._check(appid, secret)
        now = self._clock()
        if force:
            recent = [at for at in self.forced if at > now - 86400]
            if len(recent) >= FORCED_A_DAY or (recent and now - recent[-1] < FORCED_PAUSE):
                raise ApiError(45011, "api freq out of limit")
            self.forced = [*recent, now]
            return self._new("stable")
        token = self._latest.get("stable")
        left = self._until.get(token or "", 0) - now
        if token is None or left < GRACE:
            return self._new("stable")
        self.fetched += 1
        return {"access_token": token, "expires_in": int(left)}

    def check(self, token: str | None) -> None:
        """Raises ApiError for a token that may not be used."""
        if not token:
            raise ApiError(41001, "access_token missing")
        if token not in self._until:
            raise ApiError(40001, "invalid credential, access_token is invalid or not latest")
        if self._until[token] <= self._clock():
            raise ApiError(42001, "access_token expired")

    def steal(self) -> None:
        """Every token given out so far is worthless at once."""
        self._until.clear()
        self._latest.clear()

    def _check(self, appid: str, secret: str) -> None:
        if appid != self.appid:
            raise ApiError(40013, "invalid appid")
        if secret != self.secret:
            raise ApiError(40125, "invalid appsecret")

    def _new(self, family: str) -> dict[str, object]:
        self.fetched += 1
        old, now = self._latest.get(family), self._clock()
        if old in self._until:
            self._until[old] = min(self._until[old], now + GRACE)
        token = secrets.token_urlsafe(96)
        self._latest[family], self._until[token] = token, now + LIFETIME
        return {"access_token": token, "expires_in": int(LIFETIME)}
