"""The account and its followers: what the API does, and what followers do."""

import io
import re
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from desk.demo_wechat import pushes
from desk.demo_wechat.errors import ApiError
from desk.demo_wechat.phones import MESSAGE, TAP, Phone, Phones
from desk.demo_wechat.tokens import Tokens

MEDIA_LIFE = 3 * 86400.0
LONGEST_TEXT = 2048
_VALUE_LIMITS = {"thing": 20, "phrase": 5, "character_string": 32, "number": 32, "name": 10}
_TAPS = ("CLICK", "scancode_push", "scancode_waitmsg", "SCAN", "subscribe")


class World:
    """One Official Account. Its state is public: tests look at it and change it."""

    def __init__(self, sender: pushes.Sender, secret: str, *, original_id: str = "gh_demo", verified: bool = True,
                 service_account: bool = True, clock: Callable[[], float] = time.time) -> None:
        self.offset = 0.0
        self._clock = clock
        self.original_id, self.verified, self.service_account = original_id, verified, service_account
        self.tokens = Tokens(sender.appid, secret, self.now)
        self.phones = Phones(self.now)
        self.pushes = pushes.Pushes(sender, self.phones, self.now)
        self.lock = threading.RLock()
        self.allowed_ips: set[str] | None = None
        self.media: dict[str, tuple[bytes, float]] = {}
        self.menu: list[dict[str, Any]] = []
        self.templates: set[str] = {"tpl-status"}
        self.consents: dict[tuple[str, str], int] = {}
        self.scenes: dict[str, str] = {}
        self.permanent_codes = 0
        self.calls: list[tuple[str, int]] = []
        self.failures: dict[str, list[Any]] = {}
        self._seen_once: set[str] = set()

    def now(self) -> float:
        """This world's time, seconds; `offset` moves it."""
        return self._clock() + self.offset

    def fail(self, path: str, *how: Any) -> None:
        """The next calls of `path` fail so, one each: an errcode, or "500", "drop" (no answer), "after" (done, then no
        answer), or seconds of delay as a float."""
        self.failures.setdefault(path, []).extend(how)

    # the API

    def token(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        return self.tokens.ordinary(query.get("appid", ""), query.get("secret", ""))

    def stable_token(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        return self.tokens.stable(body.get("appid", ""), body.get("secret", ""), bool(body.get("force_refresh")))

    def send(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        if not self.verified:
            raise ApiError(48001, "api unauthorized")
        phone = self.phones.sendable(body.get("touser", ""))
        kind = body.get("msgtype", "")
        shown = self._shown(kind, body.get(kind) or {})
        phone.quota -= 1
        phone.typing_until = 0.0
        phone.show("account", kind, **shown)
        return {}

    def _shown(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        if kind == "text":
            if not content.get("content"):
                raise ApiError(44004, "empty content")
            if len(content["content"].encode()) > LONGEST_TEXT:
                raise ApiError(45002, "content size out of limit")
            return {"text": content["content"]}
        if kind == "msgmenu":
            if not self.service_account:
                raise ApiError(40200, "invalid account type")
            return {"text": content.get("head_content", ""), "menu": content.get("list", [])}
        if kind == "image":
            self._medium(content.get("media_id", ""))
            return {"media_id": content["media_id"]}
        raise ApiError(40008, "invalid message type")

    def typing(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        if not self.verified:
            raise ApiError(48001, "api unauthorized")
        self.phones.type(body.get("touser", ""), body.get("command", ""))
        return {}

    def get_media(self, query: dict[str, str], body: Any) -> bytes:
        if not self.verified:
            raise ApiError(48001, "api unauthorized")
        return self._medium(query.get("media_id", ""))

    def _medium(self, media_id: str) -> bytes:
        found = self.media.get(media_id)
        if found is None or found[1] <= self.now():
            raise ApiError(40007, "invalid media_id")
        return found[0]

    def upload(self, query: dict[str, str], body: bytes) -> dict[str, Any]:
        return {"type": query.get("type", ""), "media_id": self.keep(body), "created_at": int(self.now())}

    def keep(self, content: bytes) -> str:
        """Store a medium for three days; its id."""
        media_id = secrets.token_urlsafe(48)
        self.media[media_id] = (content, self.now() + MEDIA_LIFE)
        return media_id

    def template(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        phone = self._notifiable(body)
        self._check_values(body.get("data", {}))
        once = body.get("client_msg_id", "")
        msgid = str(secrets.randbelow(10**12))
        if once and once in self._seen_once:
            return {"msgid": msgid}
        self._seen_once.add(once)
        phone.show("account", "template", text=_lines(body), url=body.get("url", ""))
        status = "failed:user block" if phone.blocked else "success"
        self.event(phone.openid, "TEMPLATESENDJOBFINISH", MsgID=int(msgid), Status=status)
        return {"msgid": int(msgid)}

    def subscribe_notice(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        phone = self._notifiable(body)
        key = (phone.openid, body["template_id"])
        if self.consents.get(key, 0) < 1:
            raise ApiError(43101, "user refuse to accept the msg")
        self._check_values(body.get("data", {}))
        self.consents[key] -= 1
        phone.show("account", "notice", text=_lines(body), url=body.get("page", ""))
        return {}

    def _notifiable(self, body: Any) -> Phone:
        if not (self.verified and self.service_account):
            raise ApiError(48001, "api unauthorized")
        if body.get("template_id") not in self.templates:
            raise ApiError(40037, "invalid template_id")
        phone = self.phones.all.get(body.get("touser", ""))
        if phone is None:
            raise ApiError(40003, "invalid openid")
        if not phone.follows:
            raise ApiError(43004, "require subscribe")
        return phone

    def _check_values(self, data: dict[str, Any]) -> None:
        for name, entry in data.items():
            limit = _VALUE_LIMITS.get(name.rstrip("0123456789"))
            value = str(entry.get("value", ""))
            chinese_only = name.startswith("phrase") and re.search(r"[^\u4e00-\u9fff]", value)
            if not value or (limit and len(value) > limit) or chinese_only:
                raise ApiError(47003, f"argument invalid! data.{name}.value invalid")

    def create_menu(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        buttons = body.get("button", [])
        if not 1 <= len(buttons) <= 3 or any(len(button.get("sub_button", [])) > 5 for button in buttons):
            raise ApiError(40017, "invalid button size")
        below = [item for button in buttons for item in button.get("sub_button", [])]
        for limit, entries in ((4, buttons), (8, below)):
            if any(not 1 <= len(entry.get("name", "")) <= limit for entry in entries):
                raise ApiError(40018, "invalid button name size")
        self.menu = buttons
        return {}

    def qr(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        scene = body.get("action_info", {}).get("scene", {}).get("scene_str", "")
        if not 1 <= len(scene) <= 64:
            raise ApiError(40093, "invalid scene_str")
        permanent = body.get("action_name") == "QR_LIMIT_STR_SCENE"
        self.permanent_codes += permanent
        ticket = "gQ" + secrets.token_urlsafe(40)
        self.scenes[ticket] = scene
        return {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket}"} | (
            {} if permanent else {"expire_seconds": body.get("expire_seconds", 30)}
        )

    # what followers do

    def follow(self, openid: str, scene: str = "") -> None:
        """Follow, perhaps by way of a code with a scene."""
        phone = self.phones.get(openid)
        phone.follows = True
        more = {"EventKey": f"qrscene_{scene}", "Ticket": "gQ-ticket"} if scene else {"EventKey": ""}
        self.event(openid, "subscribe", **more)

    def leave(self, openid: str) -> None:
        """Stop following."""
        phone = self.phones.get(openid)
        phone.follows, phone.quota, phone.window_until = False, 0, 0.0
        self.event(openid, "unsubscribe", EventKey="")

    def scan(self, openid: str, scene: str) -> None:
        """Scan one of the account's codes."""
        if not self.phones.get(openid).follows:
            self.follow(openid, scene)
        else:
            self.event(openid, "SCAN", EventKey=scene, Ticket="gQ-ticket")

    def say(self, openid: str, text: str, **more: Any) -> str:
        """Send a text; its message id."""
        return self.message(openid, "text", Content=text, **more)

    def tap(self, openid: str, entry_id: str, title: str) -> str:
        """Tap an entry of a menu message."""
        self.phones.get(openid).follows = True
        return self.message(openid, "text", Content=title, bizmsgmenuid=entry_id)

    def picture(self, openid: str, content: bytes, url: str = "http://mmbiz.qpic.cn/none") -> str:
        """Send a picture."""
        return self.message(openid, "image", PicUrl=url, MediaId=self.keep(content))

    def message(self, openid: str, kind: str, **fields: Any) -> str:
        """Send an ordinary message of any kind; its message id."""
        phone = self.phones.get(openid)
        phone.follows = True
        message_id = self.pushes.next_id()
        self.phones.acted(openid, TAP if "bizmsgmenuid" in fields else MESSAGE)
        after = {"bizmsgmenuid": fields.pop("bizmsgmenuid")} if "bizmsgmenuid" in fields else {}
        phone.show("me", kind, text=fields.get("Content") or f"[{kind}]")
        self.pushes.send(
            openid, pushes.body({**self._head(openid, kind), **fields, "MsgId": int(message_id), **after})
        )
        return message_id

    def event(self, openid: str, name: str, **fields: Any) -> None:
        """Push an event."""
        if name in _TAPS:
            self.phones.acted(openid, TAP)
        self.pushes.send(openid, pushes.body({**self._head(openid, "event"), "Event": name, **fields}))

    def _head(self, openid: str, kind: str) -> dict[str, Any]:
        return {
            "ToUserName": self.original_id, "FromUserName": openid, "CreateTime": int(self.now()), "MsgType": kind
        }


def sample_picture(text: str = "") -> bytes:
    """A small picture that carries a place in its metadata, as phones make them."""
    from PIL import Image

    picture = Image.new("RGB", (64, 48), (200, 60, 60))
    exif = Image.Exif()
    exif[0x010E] = text or "photo"
    exif.get_ifd(0x8825).update({1: "N", 2: (23.0, 8.0, 0.0), 3: "E", 4: (113.0, 21.0, 0.0)})
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


def _lines(body: dict[str, Any]) -> str:
    return "\n".join(str(entry.get("value", "")) for entry in body.get("data", {}).values())
