"""Asterisk's AudioSocket protocol: three bytes of header (kind, length), then the payload."""

import asyncio
import uuid
from dataclasses import dataclass

HANG_UP, IDENTITY, KEY, AUDIO, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
RATE = 8000
FRAME_SECONDS = 0.02
FRAME_BYTES = 320  # 20 ms of signed 16-bit mono
SILENCE = bytes(FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the other side."""

    kind: int
    payload: bytes = b""


class Broken(Exception):
    """The stream ended, or what came is no AudioSocket."""


def packed(kind: int, payload: bytes = b"") -> bytes:
    """A frame as it goes over the wire."""
    return bytes((kind, len(payload) >> 8, len(payload) & 0xFF)) + payload


async def read(stream: asyncio.StreamReader) -> Frame:
    """The next frame, however it was cut up on its way. Raises Broken."""
    try:
        head = await stream.readexactly(3)
        length = int.from_bytes(head[1:], "big")
        return Frame(head[0], await stream.readexactly(length) if length else b"")
    except (asyncio.IncompleteReadError, OSError) as error:
        raise Broken(str(error)) from error


async def identity(stream: asyncio.StreamReader, seconds: float) -> uuid.UUID:
    """The first frame of a connection, which names the call. Raises Broken when it is anything else or too late."""
    try:
        first = await asyncio.wait_for(read(stream), seconds)
    except TimeoutError as error:
        raise Broken("no identity in time") from error
    if first.kind != IDENTITY or len(first.payload) != 16:
        raise Broken(f"first frame is 0x{first.kind:02x} of {len(first.payload)} bytes")
    return uuid.UUID(bytes=first.payload)
