"""The API and the phones over HTTP."""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from desk.demo_wechat.errors import ApiError
from desk.demo_wechat.world import World

_WITHOUT_TOKEN = ("/cgi-bin/token", "/cgi-bin/stable_token")


class Server:
    """Serves a world on loopback. `start`, `stop`; `url` is the API's base address and the phones' page."""

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self._server = _Server(("127.0.0.1", port), _handler(world))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the server and its deliveries."""
        self.world.pushes.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news here."""


def _routes(world: World) -> dict[str, Any]:
    return {
        "/cgi-bin/token": world.token,
        "/cgi-bin/stable_token": world.stable_token,
        "/cgi-bin/message/custom/send": world.send,
        "/cgi-bin/message/custom/typing": world.typing,
        "/cgi-bin/media/get": world.get_media,
        "/cgi-bin/media/upload": world.upload,
        "/cgi-bin/message/template/send": world.template,
        "/cgi-bin/message/subscribe/bizsend": world.subscribe_notice,
        "/cgi-bin/menu/create": world.create_menu,
        "/cgi-bin/qrcode/create": world.qr,
    }


class _NoAnswer(Exception):
    pass


def _call(world: World, routes: dict[str, Any], path: str, query: dict[str, str], body: Any, ip: str) -> Any:
    """What WeChat answers to one API call; failures that a test asked for come first."""
    with world.lock:
        planned = world.failures.get(path, [])
        how = planned.pop(0) if planned else None
    if isinstance(how, float):
        time.sleep(how)
    elif how in ("500", "drop"):
        raise _NoAnswer(how)
    with world.lock:
        if isinstance(how, int):
            raise ApiError(how, f"planned failure {how}")
        if world.allowed_ips is not None and ip not in world.allowed_ips:
            raise ApiError(40164, f"invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")
        if path not in _WITHOUT_TOKEN:
            world.tokens.check(query.get("access_token"))
        answer = routes[path](query, body)
    if how == "after":
        raise _NoAnswer(how)
    return answer


def _handler(world: World) -> type[BaseHTTPRequestHandler]:
    routes = _routes(world)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            path, query = self._where()
            if path in routes:
                return self._api(path, query, None)
            if path == "/":
                return self._send(200, files(__package__).joinpath("phones.html").read_bytes(), "text/html")
            return self._phones(path, query, {})

        def do_POST(self) -> None:
            path, query = self._where()
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if path == "/cgi-bin/media/upload":
                return self._api(path, query, _first_part(raw))
            if path == "/phone/picture":
                return self._picture(query, raw)
            try:
                body = json.loads(raw or b"{}")
            except ValueError:
                return self._json({"errcode": 47001, "errmsg": "data format error"})
            if path in routes:
                # WeChat shows escapes as they stand; here they are refused, so that nobody sends them.
                if re.search(rb"\\u[0-9a-fA-F]{4}", raw) and path.startswith("/cgi-bin/message"):
                    return self._json({"errcode": 47001, "errmsg": "escaped characters"})
                return self._api(path, query, body)
            return self._phones(path, query, body)

        def _where(self) -> tuple[str, dict[str, str]]:
            parts = urlsplit(self.path)
            return unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))

        def _api(self, path: str, query: dict[str, str], body: Any) -> None:
            try:
                answer = _call(world, routes, path, query, body, self.client_address[0])
                world.calls.append((path, 0))
            except ApiError as error:
                world.calls.append((path, error.code))
                return self._json({"errcode": error.code, "errmsg": f"{error.message} rid: demo"})
            except _NoAnswer as how:
                world.calls.append((path, 500))
                if str(how) == "500":
                    return self._send(500, b"", "text/plain")
                self.close_connection = True
                return None
            if isinstance(answer, bytes):
                return self._send(200, answer, "image/jpeg")
            return self._json(answer if "access_token" in answer else {"errcode": 0, "errmsg": "ok", **answer})

        def _phones(self, path: str, query: dict[str, str], body: Any) -> None:
            try:
                found = _phone_call(world, path, query, body)
            except (KeyError, TypeError, ValueError):
                return self._send(400, b"", "text/plain")
            if found is None:
                return self._send(404, b"", "text/plain")
            return self._json(found)

        def _picture(self, query: dict[str, str], raw: bytes) -> None:
            world.picture(query["openid"], raw)
            self._json({})

        def _json(self, body: Any) -> None:
            self._send(200, json.dumps(body, ensure_ascii=False).encode(), "application/json")

        def _send(self, status: int, data: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


def _phone_call(world: World, path: str, query: dict[str, str], body: Any) -> Any:
    """What the phones' page asks for."""
    if path == "/phones":
        return {
            "phones": [
                {"openid": p.openid, "name": p.name, "follows": p.follows, "lines": len(p.screen)}
                for p in list(world.phones.all.values())
            ],
            "menu": world.menu,
        }
    if path == "/phone/new":
        phone = world.phones.new(str(body["name"])[:20] or "客户")
        return {"openid": phone.openid}
    if path == "/phone/screen":
        phone = world.phones.get(query["openid"])
        return {
            "lines": phone.screen[int(query.get("after", 0)) :], "typing": phone.typing_until > world.now(),
            "follows": phone.follows, "quota": phone.quota,
        }
    if path == "/phone/do":
        return _do(world, body)
    return None


def _do(world: World, what: dict[str, Any]) -> Any:
    openid, act = what["openid"], what["act"]
    if act == "text":
        world.say(openid, what["text"])
    elif act == "tap":
        world.tap(openid, what["id"], what["text"])
    elif act == "follow":
        world.follow(openid, what.get("scene", ""))
    elif act == "leave":
        world.leave(openid)
    elif act == "scan":
        world.scan(openid, what["scene"])
    elif act == "nameplate":
        world.event(
            openid, "scancode_waitmsg", EventKey="scan_serial",
            ScanCodeInfo={"ScanType": "barcode", "ScanResult": f"CODE_128,{what['serial']}"},
        )
    elif act == "click":
        world.event(openid, "CLICK", EventKey=what["key"])
    elif act == "voice":
        world.message(openid, "voice", MediaId=world.keep(b"#!AMR"), Format="amr", MediaId16K=world.keep(b"#!AMR"))
    elif act == "sticker":
        world.say(openid, "【收到不支持的消息类型，暂无法显示】")
    elif act == "place":
        world.message(
            openid, "location", Location_X=what["latitude"], Location_Y=what["longitude"], Scale=15,
            Label=what.get("label", ""),
        )
    else:
        return None
    return {}


def _first_part(raw: bytes) -> bytes:
    boundary = raw.split(b"\r\n", 1)[0]
    part = raw.split(boundary)[1]
    return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
