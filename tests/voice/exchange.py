"""A small exchange for the telephone tests: SIP and RTP on one side, FastAGI and AudioSocket on the other.

    python exchange.py SIP_PORT AUDIO_PORT AGI_PORT SPOOL

It does what the dialplan of docs/hotline-asterisk.md says: begin, AudioSocket, after. Call files in SPOOL are dialled.
One line of JSON for each thing that happens.
"""

import json
import socket
import sys
import threading
import time
import uuid
from collections import deque
from pathlib import Path

import pjsua2 as pj

FRAME = 320
HANG_UP, IDENTITY, KEY, AUDIO = 0x00, 0x01, 0x03, 0x10


def tell(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, "at": round(time.time(), 2), **facts}, ensure_ascii=False), flush=True)


def agi(port: int, script: str, *arguments: str, caller: str = "") -> dict[str, str]:
    """Run a script; the variables that it set. Nothing when nobody answers."""
    found: dict[str, str] = {}
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as wire, wire.makefile("rw", newline="\n") as lines:
            wire.settimeout(15)
            sent = {"agi_request": f"agi://127.0.0.1/{script}", "agi_callerid": caller, "agi_dnid": "4008001234"}
            sent |= {f"agi_arg_{number}": value for number, value in enumerate(arguments, 1)}
            lines.write("".join(f"{name}: {value}\n" for name, value in sent.items()) + "\n")
            lines.flush()
            while command := lines.readline().strip():
                words = command.split(" ", 3)
                found[words[2]] = words[3].strip('"')
                lines.write("200 result=1\n")
                lines.flush()
    except OSError as error:
        tell("agi_failed", script=script, why=str(error))
    return found


class Port(pj.AudioMediaPort):
    """The media leg: frames of 20 ms from and to AudioSocket."""

    def __init__(self, wire: socket.socket) -> None:
        super().__init__()
        self.wire, self.out = wire, deque()
        self._silence = pj.ByteVector([0] * FRAME)
        form = pj.MediaFormatAudio()
        form.type, form.id, form.clockRate, form.channelCount = pj.PJMEDIA_TYPE_AUDIO, pj.PJMEDIA_FORMAT_PCM, 8000, 1
        form.bitsPerSample, form.frameTimeUsec, form.avgBps, form.maxBps = 16, 20000, 128000, 128000
        self.createPort("audiosocket", form)

    def onFrameRequested(self, frame: pj.MediaFrame) -> None:
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pj.ByteVector(list(self.out.popleft())) if self.out else self._silence

    def onFrameReceived(self, frame: pj.MediaFrame) -> None:
        if frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO:
            send(self.wire, AUDIO, bytes(frame.buf))


def send(wire: socket.socket, kind: int, payload: bytes = b"") -> None:
    try:
        wire.sendall(bytes([kind]) + len(payload).to_bytes(2, "big") + payload)
    except OSError:
        pass


class Leg(pj.Call):
    """One call, of a caller or to who is on call."""

    def __init__(self, exchange: "Exchange", number: int = pj.PJSUA_INVALID_ID, ring: dict[str, str] | None = None):
        super().__init__(exchange.account, number)
        self.exchange, self.ring, self.port, self.wire = exchange, ring, None, None
        self.identity, self.caller = "", ""
        self.active = self.done = self.failed = False

    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            tell("disconnected", caller=self.caller, code=info.lastStatusCode, seconds=info.connectDuration.sec)
            if self.wire is not None:
                send(self.wire, HANG_UP)
                self.wire.close()
            self.done = True

    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()  # kept: its parts live no longer than it does
        media = info.media
        # Only noted here: the library's own threads may not be kept waiting.
        self.active = bool(media) and media[0].status == pj.PJSUA_CALL_MEDIA_ACTIVE

    def connect(self) -> None:
        """There is sound: the dialplan begins."""
        if self.ring is None:
            variables = agi(self.exchange.agi_port, "begin", caller=self.caller)
        else:
            variables = agi(self.exchange.agi_port, "ring", self.ring["AFTERCARE_ALARM"], self.ring["AFTERCARE_PERSON"])
        self.identity = variables.get("AFTERCARE_UUID", "")
        try:
            self.wire = socket.create_connection(("127.0.0.1", self.exchange.audio_port), 5)
            self.wire.settimeout(None)
            send(self.wire, IDENTITY, uuid.UUID(self.identity).bytes)
        except (OSError, ValueError):
            self.failed = True
            return
        self.port = Port(self.wire)
        audio = self.getAudioMedia(-1)
        audio.startTransmit(self.port)
        self.port.startTransmit(audio)
        threading.Thread(target=self._hear, daemon=True).start()
        tell("connected", caller=self.caller, ring=self.ring is not None)

    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        tell("key", digit=prm.digit)
        if self.wire is not None:
            send(self.wire, KEY, prm.digit.encode())

    def _hear(self) -> None:
        lines = self.wire.makefile("rb")
        try:
            while len(head := lines.read(3)) == 3:
                payload = lines.read(int.from_bytes(head[1:], "big"))
                if head[0] == HANG_UP:
                    break
                self.port.out.append(payload)
        except (OSError, ValueError):
            pass
        self.failed = True  # the main thread goes on with the dialplan

    def after(self) -> None:
        """AudioSocket has ended: the dialplan goes on."""
        self.failed = False
        goes = agi(self.exchange.agi_port, "after", self.identity).get("AFTERCARE_NEXT", "oncall")
        tell("next", caller=self.caller, next=goes, ring=self.ring is not None)
        self.hangup(pj.CallOpParam(True))


class Account(pj.Account):
    """Who calls in."""

    def __init__(self, exchange: "Exchange") -> None:
        super().__init__()
        self._exchange = exchange

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        leg = Leg(self._exchange, prm.callId)
        leg.caller = leg.getInfo().remoteUri.split("sip:")[-1].split("@")[0]
        self._exchange.legs.append(leg)
        answer = pj.CallOpParam()
        answer.statusCode = 200
        leg.answer(answer)


class Exchange:
    """The SIP endpoint with its legs."""

    def __init__(self, sip_port: int, audio_port: int, agi_port: int, spool: Path) -> None:
        self.audio_port, self.agi_port, self.spool = audio_port, agi_port, spool
        self.legs: list[Leg] = []
        self.endpoint = endpoint(sip_port)
        self.account = Account(self)
        setting = pj.AccountConfig()
        setting.idUri = f"sip:exchange@127.0.0.1:{sip_port}"
        self.account.create(setting)
        tell("ready", port=sip_port)

    def run(self) -> None:
        while True:
            time.sleep(0.02)
            for leg in list(self.legs):
                if leg.done:
                    self.legs.remove(leg)
                elif leg.failed:
                    leg.after()
                elif leg.active and leg.wire is None:
                    leg.connect()
            for file in self.spool.glob("*.call"):
                self.dial(file)

    def dial(self, file: Path) -> None:
        lines = [line.split(": ", 1) for line in file.read_text("utf-8").splitlines()]
        file.unlink()
        ring = dict(value.split("=", 1) for name, value in lines if name == "Setvar")
        channel = next(value for name, value in lines if name == "Channel")
        leg = Leg(self, ring=ring)
        leg.caller = channel
        self.legs.append(leg)
        tell("ringing", channel=channel, **ring)
        leg.makeCall(channel.removeprefix("PJSIP/"), pj.CallOpParam(True))


def endpoint(sip_port: int) -> pj.Endpoint:
    """A SIP endpoint on loopback without a sound card."""
    made = pj.Endpoint()
    made.libCreate()
    setting = pj.EpConfig()
    # Its own threads: the interpreter's lock must not be held while SIP waits for sound.
    setting.uaConfig.threadCnt, setting.uaConfig.maxCalls = 1, 4
    setting.logConfig.level = setting.logConfig.consoleLevel = 1
    setting.medConfig.clockRate = setting.medConfig.sndClockRate = 8000
    setting.medConfig.audioFramePtime, setting.medConfig.noVad, setting.medConfig.ecTailLen = 20, True, 0
    made.libInit(setting)
    transport = pj.TransportConfig()
    transport.port, transport.boundAddress = sip_port, "127.0.0.1"
    made.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    made.libStart()
    made.audDevManager().setNullDev()
    for codec in made.codecEnum2():
        made.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith(("PCMA/8000", "PCMU/8000")) else 0)
    return made


if __name__ == "__main__":
    ports = [int(argument) for argument in sys.argv[1:4]]
    Exchange(*ports, Path(sys.argv[4])).run()
