"""HTTP to the action server, against servers that behave and ones that do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.wire import Broken, Response, Wire

_FIXED = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_CHUNKED = b'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n'

_Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class _Server:
    """Gives the next of `answers` to each request; after an answer that ends in a dash it hangs up."""

    def __init__(self, *answers: bytes) -> None:
        self.answers, self.requests, self.connections = list(answers), list[bytes](), 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0)
                writer.write(answer.removesuffix(b"-"))
                await writer.drain()
                if answer.endswith(b"-"):
                    break
        except asyncio.IncompleteReadError:
            pass
        writer.close()


@asynccontextmanager
async def _wire_to(handler: _Handler, idle: float = 4.0) -> AsyncIterator[Wire]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    wire = Wire(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook?x=1", idle)
    try:
        yield wire
    finally:
        wire.close()
        server.close()


def _asked(server: _Server, times: int, idle: float = 4.0) -> list[Response]:
    async def play() -> list[Response]:
        async with _wire_to(server.handle, idle) as wire:
            answers = []
            for _ in range(times):
                answers.append(await wire.post({"text": "坏了"}, {"Authorization": "Bearer t"}))
                await asyncio.sleep(0.02)
            return answers

    return asyncio.run(play())


def test_one_connection_for_one_request_after_the_other() -> None:
    server = _Server(_FIXED, _FIXED)
    assert _asked(server, 2) == [Response(200, b"{}")] * 2
    assert server.connections == 1
    assert server.requests[0].startswith(b"POST /webhook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.requests[0].endswith('\r\n\r\n{"text":"坏了"}'.encode())
    assert b"Authorization: Bearer t\r\n" in server.requests[0]


def test_an_answer_in_chunks() -> None:
    assert _asked(_Server(_CHUNKED), 1) == [Response(404, b'{"a":1}')]


def test_a_connection_that_the_server_closed_is_replaced() -> None:
    server = _Server(_FIXED + b"-", _FIXED)
    assert len(_asked(server, 2)) == 2
    assert server.connections == 2


def test_a_connection_that_was_idle_too_long_is_not_used() -> None:
    server = _Server(_FIXED, _FIXED)
    _asked(server, 2, idle=0.0)
    assert server.connections == 2


@pytest.mark.parametrize("nonsense", [b"hello\r\n\r\n-", b"-", _FIXED[:20] + b"-"])
def test_no_answer_is_told(nonsense: bytes) -> None:
    with pytest.raises(Broken):
        _asked(_Server(nonsense), 1)


def test_nobody_there() -> None:
    with pytest.raises(OSError):
        asyncio.run(Wire("http://127.0.0.1:1/", 4.0).post({}, {}))


def test_two_requests_at_once_have_a_connection_each() -> None:
    server = _Server(_FIXED, _FIXED)

    async def play() -> list[Response]:
        async with _wire_to(server.handle) as wire:
            return await asyncio.gather(wire.post({}, {}), wire.post({}, {}))

    assert asyncio.run(play()) == [Response(200, b"{}")] * 2
    assert server.connections == 2
