"""Speech for tests: sound that carries its own words, a synthesis service that makes it, a recogniser that reads it.

A 20 ms frame holds a mark, how many characters it carries, their code points in halves, and noise loud enough to be
speech. The synthesis talks fast, people at a character a frame.
"""

import json
import threading
from array import array
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from websockets.asyncio.server import ServerConnection, serve

MARK = 12345
SAMPLES = 160
FAST = 8
LEAST_FRAMES = 10


def spoken(text: str, a_frame: int = 1) -> bytes:
    """`text` as sound, at least LEAST_FRAMES long."""
    pieces = [text[at : at + a_frame] for at in range(0, len(text), a_frame)]
    pieces += [""] * (LEAST_FRAMES - len(pieces))
    sound = array("h")
    for piece in pieces:
        frame = [MARK, len(piece)]
        for char in piece:
            frame += [ord(char) >> 8, ord(char) & 0xFF]
        frame += [6000 if at % 2 else -6000 for at in range(SAMPLES - len(frame))]
        sound.extend(frame)
    return sound.tobytes()


def words(pcm: bytes) -> str:
    """The text of a sound; frames without the mark are silence."""
    samples = array("h", pcm[: len(pcm) & ~1])
    found = []
    for at in range(0, len(samples) - 1, SAMPLES):
        if samples[at] == MARK:
            pairs = samples[at + 2 : at + 2 + 2 * samples[at + 1]]
            found += [chr((pairs[n] << 8) + pairs[n + 1]) for n in range(0, len(pairs) - 1, 2)]
    return "".join(found)


class Synthesis:
    """An HTTP service that takes `tts_text`; `broken` makes it answer 500. `said` tells every text."""

    def __init__(self) -> None:
        self.broken = False
        self.said: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                if outer.broken:
                    self.send_response(500)
                    self.end_headers()
                    return
                outer.said.append(form["tts_text"][0])
                body = spoken(form["tts_text"][0], FAST)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/inference_sft"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def start(self) -> "Synthesis":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def synthesis() -> Iterator[Synthesis]:
    """A running one."""
    made = Synthesis().start()
    try:
        yield made
    finally:
        made.stop()


class Recogniser:
    """A server that keeps FunASR's protocol. `mishears` maps what is said to what is heard; `dead` closes at once."""

    def __init__(self) -> None:
        self.dead = self.stuck = False
        self.mishears: dict[str, str] = {}
        self.openings: list[dict[str, object]] = []
        self.url = ""

    async def talk(self, socket: ServerConnection) -> None:
        """One connection: opening, sound, end, words."""
        if self.dead:
            await socket.close(1011)
            return
        opening = json.loads(await socket.recv())
        assert opening["is_speaking"] is True and opening["audio_fs"] == 8000 and opening["wav_format"] == "pcm"
        json.loads(opening["hotwords"])
        self.openings.append(opening)
        sound = bytearray()
        async for message in socket:
            if isinstance(message, bytes):
                sound += message
                continue
            assert json.loads(message) == {"is_speaking": False}
            if self.stuck:
                await socket.wait_closed()
                return
            await self._answer(socket, opening["mode"], words(bytes(sound)))

    async def _answer(self, socket: ServerConnection, mode: str, said: str) -> None:
        heard = self.mishears.get(said, said)
        if mode == "2pass":
            for kind, final in (("2pass-online", False), ("2pass-offline", True)):
                await socket.send(json.dumps({"mode": kind, "wav_name": "call", "text": heard, "is_final": final}))
        else:
            answer = {"mode": "offline", "wav_name": "call", "text": heard, "is_final": True}
            await socket.send(json.dumps(answer, ensure_ascii=False))


@asynccontextmanager
async def recogniser() -> AsyncIterator[Recogniser]:
    """A running one, in this event loop."""
    made = Recogniser()
    async with serve(made.talk, "127.0.0.1", 0, subprotocols=["binary"]) as server:  # type: ignore[list-item]
        made.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield made
