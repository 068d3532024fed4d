"""Followers with their phones: what they may still be sent, and what their screens show."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from desk.demo_wechat.errors import ApiError

MESSAGE, TAP = (5, 48 * 3600.0), (3, 60.0)
TYPING_WITHIN, TYPING_LASTS = 30.0, 15.0
BROKEN = "该公众号提供的服务出现故障，请稍后再试"


@dataclass
class Phone:
    """One follower. `screen` lists what they see: {"n", "from", "kind", "text", …}."""

    openid: str
    name: str = ""
    follows: bool = False
    quota: int = 0
    window_until: float = 0.0
    acted_at: float = 0.0
    typing_until: float = 0.0
    typed: int = 0
    blocked: bool = False
    screen: list[dict[str, Any]] = field(default_factory=list)

    def show(self, who: str, kind: str, **what: Any) -> None:
        """Add a line to the screen."""
        self.screen.append({"n": len(self.screen) + 1, "from": who, "kind": kind, **what})

    def texts(self, who: str = "account") -> list[str]:
        """The texts on the screen, in order."""
        return [line["text"] for line in self.screen if line["from"] == who and "text" in line]


class Phones:
    """All followers of the account; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.all: dict[str, Phone] = {}

    def get(self, openid: str) -> Phone:
        """The phone with this openid, made when it is new."""
        return self.all.setdefault(openid, Phone(openid, name=openid))

    def new(self, name: str) -> Phone:
        """A phone with an openid of its own."""
        phone = self.get(f"o{secrets.token_urlsafe(20)[:27]}")
        phone.name = name
        return phone

    def acted(self, openid: str, quota: tuple[int, float]) -> None:
        """The follower did something: the quota begins anew."""
        phone, now = self.get(openid), self._clock()
        phone.quota, phone.window_until, phone.acted_at = quota[0], now + quota[1], now

    def sendable(self, openid: str) -> Phone:
        """The phone, if it may be sent something now. Raises ApiError."""
        phone = self.all.get(openid)
        if phone is None:
            raise ApiError(40003, "invalid openid")
        if not phone.follows:
            raise ApiError(43004, "require subscribe")
        if phone.window_until <= self._clock():
            raise ApiError(45015, "response out of time limit or subscription is canceled")
        if phone.quota < 1:
            raise ApiError(45047, "out of response count limit")
        return phone

    def type(self, openid: str, command: str) -> None:
        """对方正在输入. Raises ApiError."""
        phone, now = self.sendable(openid), self._clock()
        if command == "CancelTyping":
            phone.typing_until = 0.0
            return
        if command != "Typing":
            raise ApiError(45072, "command field must be Typing or CancelTyping")
        if now - phone.acted_at > TYPING_WITHIN:
            raise ApiError(45080, "no interaction within 30 seconds")
        if phone.typing_until > now:
            raise ApiError(45081, "typing already")
        phone.typing_until = now + TYPING_LASTS
        phone.typed += 1
