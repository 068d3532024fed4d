"""How the telephone stands, for `aftercare doctor`."""

import os
import socket

from desk.channels.hotline.settings import settings
from desk.channels.hotline.speech import prompts

ON = ("1", "true", "yes", "on")


def look() -> tuple[bool | None, str]:
    """Whether it is good (None: worth knowing), and words with what to do."""
    if os.environ.get("AFTERCARE_HOTLINE", "").lower() not in ON:
        return True, "没有开（AFTERCARE_HOTLINE=1 打开，见 docs/hotline-asterisk.md）"
    chosen = settings()
    chosen.check()
    for name, port in (("AudioSocket", chosen.audio_port), ("FastAGI", chosen.agi_port)):
        if not _answers(chosen.host, port):
            return False, f"{name} 端口 {port} 没有应答，看 logs/hotline.log"
    rendered = len(list((chosen.folder / "prompts").glob("*.wav")))
    if rendered < len(prompts.fixed()):
        return None, "有的话还没有合成好，运行 aftercare hotline prompts（先设 AFTERCARE_HOTLINE_TTS_URL）"
    if not chosen.asr_url:
        return None, "没有设识别服务（AFTERCARE_HOTLINE_ASR_URL），来电只能按键和留言"
    return True, f"AudioSocket {chosen.audio_port}、FastAGI {chosen.agi_port} 在听"


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 2):
            return True
    except OSError:
        return False
