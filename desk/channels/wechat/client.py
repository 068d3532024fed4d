"""Calls of WeChat's API, with time-outs, a shared token and one retry when the token was refused."""

import json
from time import sleep
from typing import Any
from urllib.parse import quote

import requests

from desk.channels.wechat import alarms, settings, tokens

TIMEOUT = (3.0, 5.0)
# The token is invalid, not the newest, expired, or missing.
TOKEN_CODES = frozenset({40001, 40014, 42001, 41001})
ALARM_CODES = frozenset({40001, 40013, 40125, 40164, 42007, 45009, 48001, 48004, 50002, 89503})
# WeChat is busy, or was asked too fast.
BUSY_CODES = frozenset({-1, 45011})
_BUSY_TRIES = 3
_BUSY_PAUSE = 0.3
LARGEST_MEDIA = 10 * 1024 * 1024


class Refused(Exception):
    """WeChat answered with an errcode; `message` is its errmsg, for logs only."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(f"{code} {message}"[:200])
        self.code = code
        self.message = message


class Unreachable(Exception):
    """No usable answer: no connection, a time-out, or what is no JSON. Whether the call took effect is not known."""


class Client:
    """The API as one account sees it. Safe to share between threads."""

    def __init__(self, name: str, account: settings.Account) -> None:
        self.name = name
        self.account = account
        self._base = (account.base_url or settings.settings().base_url).rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.mount(self._base, requests.adapters.HTTPAdapter(pool_connections=4, pool_maxsize=16))

    # messages

    def send(self, openid: str, message: dict[str, Any]) -> None:
        """A customer-service message, e.g. {"msgtype": "text", "text": {"content": …}}. Raises Refused, Unreachable."""
        self.post("/cgi-bin/message/custom/send", {"touser": openid, **message})

    def typing(self, openid: str, on: bool = True) -> None:
        """Show (or end) 对方正在输入. Raises Refused, Unreachable."""
        body = {"touser": openid, "command": "Typing" if on else "CancelTyping"}
        self._call("POST", "/cgi-bin/message/custom/typing", body=body, tells=False)

    # media

    def media(self, media_id: str) -> bytes:
        """A picture that a follower sent. Raises Refused (40007: gone after three days), Unreachable."""
        answer = self._call("GET", "/cgi-bin/media/get", params={"media_id": media_id}, raw=True, tells=False)
        assert isinstance(answer, bytes)
        return answer

    def upload(self, kind: str, filename: str, content: bytes) -> str:
        """Store a medium for three days; its media_id. Raises Refused, Unreachable."""
        files = {"media": (filename, content)}
        return str(self._call("POST", "/cgi-bin/media/upload", params={"type": kind}, files=files)["media_id"])

    # notices, menu, codes

    def template(self, openid: str, template_id: str, data: dict[str, Any], url: str = "", once: str = "") -> str:
        """A template message; its msgid. `once` (client_msg_id) lets WeChat drop a repeat."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": data}
        body |= {"url": url} if url else {}
        body |= {"client_msg_id": once} if once else {}
        return str(self.post("/cgi-bin/message/template/send", body).get("msgid", ""))

    def subscribe_notice(self, openid: str, template_id: str, data: dict[str, Any], page: str = "") -> None:
        """A notice that the follower agreed to."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": data}
        self.post("/cgi-bin/message/subscribe/bizsend", body | ({"page": page} if page else {}))

    def create_menu(self, buttons: list[dict[str, Any]]) -> None:
        """Replace the account's menu."""
        self.post("/cgi-bin/menu/create", {"button": buttons})

    def qr(self, scene: str, seconds: int | None = None) -> dict[str, str]:
        """A code that opens the account with `scene` (1 to 64 characters): {"url", "image"}.

        Permanent unless `seconds` is given; an account has 100,000 permanent ones.
        """
        body: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        body |= (
            {"action_name": "QR_LIMIT_STR_SCENE"}
            if seconds is None
            else {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
        )
        answer = self.post("/cgi-bin/qrcode/create", body)
        image = f"{settings.settings().qr_url}/cgi-bin/showqrcode?ticket={quote(answer['ticket'], safe='')}"
        return {"url": str(answer.get("url", "")), "image": image}

    # the call itself

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST JSON with the token. Raises Refused, Unreachable."""
        answer = self._call("POST", path, body=body)
        assert isinstance(answer, dict)
        return answer

    def token(self) -> str:
        """The shared token. Raises Refused, Unreachable."""
        try:
            return tokens.current(self.name, self._fetch_token)
        except tokens.Busy as error:
            raise Unreachable("no token yet") from error

    def _call(self, method: str, path: str, *, tells: bool = True, **what: Any) -> Any:
        """With the token, once more with another one. `tells`: whether its outcome says something to the operator."""
        token = self.token()
        try:
            answer = self._patiently(method, path, token, **what)
        except Refused as refused:
            if refused.code not in TOKEN_CODES:
                if tells:
                    self._ring(refused)
                raise
            answer = self._once_more(method, path, token, **what)
        if tells:
            alarms.over(self.name)
        return answer

    def _once_more(self, method: str, path: str, stale: str, **what: Any) -> Any:
        try:
            fresh = tokens.renewed(self.name, stale, self._fetch_token)
            return self._patiently(method, path, fresh, **what)
        except tokens.Busy as error:
            raise Unreachable("no token yet") from error
        except Refused as refused:
            self._ring(refused)
            raise

    def _ring(self, refused: Refused) -> None:
        if refused.code in ALARM_CODES:
            alarms.ring(self.name, refused.code, refused.message)

    def _patiently(self, method: str, path: str, token: str, **what: Any) -> Any:
        for tried in range(1, _BUSY_TRIES + 1):
            try:
                return self._request(method, path, token, **what)
            except Refused as refused:
                if refused.code not in BUSY_CODES or tried == _BUSY_TRIES:
                    raise
                sleep(_BUSY_PAUSE * tried)
        raise AssertionError("not reached")

    def _request(
        self, method: str, path: str, token: str | None, *, body: Any = None, params: dict[str, str] | None = None,
        files: Any = None, raw: bool = False,
    ) -> Any:
        query = {**({"access_token": token} if token else {}), **(params or {})}
        headers, data = {}, None
        if body is not None:
            # WeChat shows \uXXXX as it stands.
            data = json.dumps(body, ensure_ascii=False).encode()
            headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            with self._http.request(
                method, self._base + path, params=query, data=data, headers=headers, files=files, timeout=TIMEOUT,
                stream=raw, allow_redirects=False,
            ) as response:
                if response.status_code != 200:
                    raise Unreachable(f"HTTP {response.status_code}")
                return _content(response) if raw else _judged(response.content)
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__) from error

    def _fetch_token(self) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential", "appid": self.account.appid, "secret": self.account.secret,
            "force_refresh": False,
        }
        try:
            answer = self._patiently("POST", "/cgi-bin/stable_token", "", body=body)
        except Refused as refused:
            self._ring(refused)
            raise
        return str(answer["access_token"]), float(answer["expires_in"])


def _content(response: requests.Response) -> bytes:
    """The bytes of a medium; an error comes as JSON instead."""
    found = bytearray()
    for chunk in response.iter_content(65536):
        found += chunk
        if len(found) > LARGEST_MEDIA:
            raise Refused(45001, "media too large")
    if found[:1] == b"{":
        _judged(bytes(found))
        raise Refused(40007, "no binary content")
    return bytes(found)


def _judged(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise Unreachable("no JSON") from error
    if not isinstance(answer, dict):
        raise Unreachable("no JSON object")
    code = answer.get("errcode", 0)
    if code != 0:
        raise Refused(int(code), str(answer.get("errmsg", "")))
    return answer


_clients: dict[str, Client] = {}


def client(name: str) -> Client | None:
    """The client of an account; None when it is not set up for sending."""
    account = settings.account(name)
    if account is None or not account.sends:
        return None
    known = _clients.get(name)
    if known is None or known.account != account:
        known = _clients[name] = Client(name, account)
    return known


def forget() -> None:
    """Drop the clients: the settings have changed."""
    _clients.clear()
    tokens.forget()
