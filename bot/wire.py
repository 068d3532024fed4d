"""JSON over kept-alive HTTP connections to one server: a request is one write, and no more is parsed than is needed."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httptools


class Broken(Exception):
    """The connection ended, or what came over it was no HTTP."""


@dataclass(frozen=True)
class Response:
    """What a server answered."""

    status: int
    body: bytes


class Line(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._body: list[bytes] = []
        self._answer: asyncio.Future[Response] | None = None
        self._keep = False

    @property
    def free(self) -> bool:
        """Whether it may be used for another request."""
        return self._keep and self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> Response:
        """Send a whole request and wait for its answer. Raises Broken."""
        assert self._transport is not None
        self._parser, self._body, self._keep = httptools.HttpResponseParser(self), [], False
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            self._answer = None

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, AttributeError) as error:
            self._fail(type(error).__name__)
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._fail(type(error).__name__ if error else "closed")

    def on_body(self, chunk: bytes) -> None:
        """The parser found a part of the body."""
        self._body.append(chunk)

    def on_message_complete(self) -> None:
        """The parser found the end of the answer."""
        self._keep = self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Response(self._parser.get_status_code(), b"".join(self._body)))

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Broken(why))


class Wire:
    """Connections to the server of one address, kept open `idle` seconds at most."""

    def __init__(self, url: str, idle: float) -> None:
        self._url, self._idle = urlsplit(url), idle
        self._free: list[tuple[float, Line]] = []

    async def post(self, body: Any, headers: Mapping[str, str]) -> Response:
        """POST `body` as JSON. Raises OSError when there is no connection, Broken when it breaks off.

        A kept connection that the server has just closed is replaced once, so what is asked must bear being repeated.
        """
        request = self._request(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), headers)
        kept = self._kept()
        if kept is not None:
            try:
                return await self._ask(kept, request)
            except Broken:
                pass
        return await self._ask(await self._connect(), request)

    def close(self) -> None:
        """End all connections that are not in use."""
        while self._free:
            self._free.pop()[1].close()

    async def _ask(self, line: Line, request: bytes) -> Response:
        try:
            response = await line.ask(request)
        except BaseException:
            line.close()
            raise
        if line.free:
            self._free.append((self._now(), line))
        else:
            line.close()
        return response

    def _kept(self) -> Line | None:
        while self._free:
            since, line = self._free.pop()
            if line.free and self._now() - since < self._idle:
                return line
            line.close()
        return None

    async def _connect(self) -> Line:
        secure = ssl.create_default_context() if self._url.scheme == "https" else None
        port = self._url.port or (443 if secure else 80)
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(Line, self._url.hostname, port, ssl=secure)
        return line

    def _request(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        told = {"Host": self._url.netloc, "Content-Type": "application/json", "Content-Length": len(body), **headers}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1") + body

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
