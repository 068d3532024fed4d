"""No request body beyond a size, whether it says its length or not."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.channels.rest import problems

ORDINARY = 256 * 1024
LARGE = {
    "/api/v1/import": 50 * 1024 * 1024,
    "/chat/photos": 13 * 1024 * 1024,
    "/console/api/photos/": 13 * 1024 * 1024,
    "/console/manage/imports": 50 * 1024 * 1024,
    "/console/manage/policies/": 1024 * 1024,
}


class BodyLimit:
    """ASGI middleware that answers 413 before the application sees a body that is too large.

    `large` gives paths with a limit of their own; any path under a key of it counts.
    """

    def __init__(self, app: ASGIApp, large: dict[str, int] | None = None) -> None:
        self._app = app
        self._large = {**LARGE, **(large or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            return await self._app(scope, receive, send)
        limit = next((size for path, size in self._large.items() if scope["path"].startswith(path)), ORDINARY)
        length = dict(scope["headers"]).get(b"content-length")
        if length is None:
            body = await _read(receive, limit)
            if body is None:
                return await self._refuse(scope, receive, send, limit)
            receive = _replay(body, receive)
        elif not length.isdigit() or int(length) > limit:
            return await self._refuse(scope, receive, send, limit)
        await self._app(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        detail = f"请求体最多 {limit // 1024} KB，请减小后再发；什么都没有改变。"
        answer = problems.response("too-large", detail, scope["path"], {"Connection": "close"})
        await answer(scope, receive, send)


async def _read(receive: Receive, limit: int) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > limit:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
