"""A client of FunASR's runtime servers (offline or 2pass), by their WebSocket protocol."""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from desk.channels.hotline.audiosocket import RATE
from desk.channels.hotline.speech.ears import Deaf
from desk.channels.hotline.steps import Heard

CONNECT_SECONDS = 1.5


class FunAsr:
    """`mode`: offline (one sentence) or 2pass. `hotwords`: word → weight. `timeout`: seconds after the last sound."""

    def __init__(self, url: str, mode: str, timeout: float, hotwords: dict[str, int]) -> None:
        self.url, self.mode, self.timeout, self.hotwords = url, mode, timeout, hotwords

    def listen(self) -> "Utterance":
        """Begin an utterance."""
        return Utterance(self)


class Utterance:
    """One connection, one utterance."""

    def __init__(self, server: FunAsr) -> None:
        self._server = server
        self._sound: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._work = asyncio.create_task(self._run(), name="funasr")

    def feed(self, pcm: bytes) -> None:
        """More sound."""
        self._sound.put_nowait(pcm)

    async def result(self) -> Heard:
        """The words. Raises Deaf."""
        self._sound.put_nowait(None)
        try:
            return await asyncio.wait_for(self._work, self._server.timeout)
        except (TimeoutError, OSError, WebSocketException, ValueError, KeyError) as error:
            raise Deaf(type(error).__name__) from error

    def drop(self) -> None:
        """Not wanted any more."""
        self._work.cancel()

    async def _run(self) -> Heard:
        connection = connect(
            self._server.url, open_timeout=CONNECT_SECONDS, close_timeout=0.2, subprotocols=["binary"],  # type: ignore[list-item]
            max_size=2**20, proxy=None,
        )
        async with connection as socket:
            await socket.send(json.dumps(self._opening(), ensure_ascii=False))
            while (pcm := await self._sound.get()) is not None:
                await socket.send(pcm)
            await socket.send(json.dumps({"is_speaking": False}))
            return Heard(await self._words(socket))

    def _opening(self) -> dict[str, Any]:
        return {
            "mode": self._server.mode, "wav_name": "call", "wav_format": "pcm", "audio_fs": RATE, "is_speaking": True,
            "chunk_size": [5, 10, 5], "chunk_interval": 10, "itn": True,
            "hotwords": json.dumps(self._server.hotwords, ensure_ascii=False),
        }

    async def _words(self, socket: ClientConnection) -> str:
        """The final text: of one sentence, or of all that the second pass corrected."""
        sentences: list[str] = []
        while True:
            try:
                # After a corrected sentence of 2pass the server may send another one, or nothing more.
                raw = await asyncio.wait_for(socket.recv(), 0.5 if sentences else None)
            except TimeoutError:
                return "".join(sentences)
            message = json.loads(raw)
            if message["mode"] == "2pass-online":
                continue
            sentences.append(str(message.get("text") or ""))
            if message["mode"] == "offline" or message.get("is_final"):
                return "".join(sentences)
