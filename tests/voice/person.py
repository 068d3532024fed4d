"""Somebody with a telephone: a customer who calls, or who is on call and is rung.

    python person.py SIP_PORT SCRIPT.json

The script: whom to `call` (null: wait to be rung), where to write what is `heard`, and `steps`: ["wait", seconds],
["quiet", seconds], ["play", "file.wav", at most seconds], ["keys", "1#"], ["hang up"], ["until end", seconds].
"""

import json
import os
import sys
import time
import wave
from array import array
from pathlib import Path

import pjsua2 as pj
from exchange import endpoint, tell


class Ear(pj.AudioMediaPort):
    """What is heard: kept, and whether it is silent now."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = wave.open(file, "wb")
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(8000)
        self.loud_at, self.heard = time.monotonic(), False
        form = pj.MediaFormatAudio()
        form.type, form.id, form.clockRate, form.channelCount = pj.PJMEDIA_TYPE_AUDIO, pj.PJMEDIA_FORMAT_PCM, 8000, 1
        form.bitsPerSample, form.frameTimeUsec, form.avgBps, form.maxBps = 16, 20000, 128000, 128000
        self.createPort("ear", form)

    def onFrameReceived(self, frame: pj.MediaFrame) -> None:
        pcm = bytes(frame.buf)
        self._file.writeframesraw(pcm)
        samples = array("h", pcm)
        if samples and max(map(abs, samples)) > 700:
            self.loud_at, self.heard = time.monotonic(), True

    def close(self) -> None:
        self._file.close()


class Talk(pj.Call):
    """The call."""

    def __init__(self, account: pj.Account, heard: str, number: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, number)
        self.ear, self.over, self.audio, self._heard, self.active = None, False, None, heard, False

    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        if self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.over = True

    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        info = self.getInfo()  # kept: its parts live no longer than it does
        media = info.media
        self.active = bool(media) and media[0].status == pj.PJSUA_CALL_MEDIA_ACTIVE

    def listen(self) -> None:
        """There is sound: hear it."""
        self.ear, self.audio = Ear(self._heard), self.getAudioMedia(-1)
        self.audio.startTransmit(self.ear)


class Account(pj.Account):
    """Takes a call when the script says so."""

    def __init__(self, script: dict) -> None:  # type: ignore[type-arg]
        super().__init__()
        self.script, self.talk = script, None

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        tell("rung")
        self.talk = Talk(self, self.script["heard"], prm.callId)
        answer = pj.CallOpParam()
        answer.statusCode = 200 if self.script.get("answer", True) else 486
        self.talk.answer(answer)


def main() -> None:
    script = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    port = int(sys.argv[1])
    made = endpoint(port)
    account = Account(script)
    setting = pj.AccountConfig()
    setting.idUri = f"sip:{script.get('number', 'person')}@127.0.0.1:{port}"
    account.create(setting)
    tell("ready")
    began = time.monotonic()
    if script.get("call"):
        account.talk = Talk(account, script["heard"])
        account.talk.makeCall(script["call"], pj.CallOpParam(True))
    while account.talk is None or not (account.talk.active or account.talk.over):
        time.sleep(0.02)
        if time.monotonic() - began > script.get("patience", 200):
            tell("nobody")
            return
    if account.talk.active:
        account.talk.listen()
    _play(account.talk, script["steps"])
    tell("over", seconds=round(time.monotonic() - began, 1))
    if account.talk.ear is not None:
        account.talk.ear.close()
    made.hangupAllCalls()
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        time.sleep(0.02)
    sys.stdout.flush()
    os._exit(0)  # the SIP library does not like to be taken apart by the interpreter's end


def _play(talk: Talk, steps: list) -> None:  # type: ignore[type-arg]
    for what, *details in steps:
        tell("step", what=what, details=details)
        began, player = time.monotonic(), None
        seconds = float(details[0]) if what in ("wait", "until end") else 120.0
        if what == "play":
            with wave.open(details[0]) as file:
                seconds = file.getnframes() / file.getframerate() + 0.1
            seconds = min(seconds, float(details[1])) if len(details) > 1 else seconds
            player = pj.AudioMediaPlayer()
            player.createPlayer(details[0], pj.PJMEDIA_FILE_NO_LOOP)
            player.startTransmit(talk.audio)
        elif what == "keys":
            talk.dialDtmf(details[0])
            seconds = 0.35 * len(details[0])
        elif what == "hang up":
            talk.hangup(pj.CallOpParam(True))
            seconds = 0.3
        elif what == "quiet":
            talk.ear.heard = False
        while not talk.over and time.monotonic() - began < seconds:
            time.sleep(0.02)
            if what == "quiet" and talk.ear.heard and time.monotonic() - talk.ear.loud_at > float(details[0]):
                break
        if player is not None:
            player.stopTransmit(talk.audio)
        if talk.over:
            return


if __name__ == "__main__":
    main()
