"""Settings of the hotline: AFTERCARE_HOTLINE_*."""

import ipaddress
from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from desk.settings import settings as desk_settings


class Settings(BaseSettings):
    """How the telephone listens, hears and speaks. Times in seconds.

    `pbx`: addresses that may connect. `keys`: audiosocket (Asterisk 21.9, 20.14, 22.4 and later send key frames) or
    agi (older: digits are asked for by FastAGI). `barge_in`: speech stops a prompt; switch it off where the line
    echoes. `shortest_pause`: quiet that ends an answer that needs no more words, `end_of_speech` any other,
    `longest_pause` one that stops half way, as in a number. `comfort_after`: after so long without our answer the
    caller is told that it comes. `sure`: below this confidence an utterance counts as badly heard. `spool`: Asterisk's
    folder of call files, empty for no ringing. `ring_channel`: the dial string of a person on call, {phone} being the
    number.
    """

    model_config = SettingsConfigDict(env_prefix="AFTERCARE_HOTLINE_", extra="ignore")

    host: str = "127.0.0.1"
    audio_port: int = 9092
    agi_port: int = 4573
    pbx: list[str] = ["127.0.0.1", "::1"]
    public_listen: bool = False
    keys: str = "audiosocket"
    barge_in: bool = True
    asr_url: str = ""
    asr_mode: str = "offline"
    asr_timeout: float = 4.0
    sure: float = 0.6
    tts_url: str = ""
    tts_voice: str = "中文女"
    tts_rate: int = 24000
    tts_timeout: float = 6.0
    desk_url: str = ""
    desk_timeout: float = 6.0
    records_timeout: float = 3.0
    announced_for: float = 10.0
    longest_call: float = 300.0
    calls_an_hour: int = 6
    tickets_a_night: int = 3
    no_input: float = 6.0
    shortest_pause: float = 0.35
    end_of_speech: float = 0.65
    longest_pause: float = 1.0
    comfort_after: float = 1.3
    key_gap: float = 4.0
    longest_utterance: float = 20.0
    longest_voicemail: float = 120.0
    record: bool = False
    keep_days: int = 90
    spool: Path | None = None
    ring_channel: str = "PJSIP/{phone}@trunk"
    ring_seconds: int = 40

    @property
    def desk(self) -> str:
        """The base address of the desk."""
        return self.desk_url or f"http://127.0.0.1:{desk_settings().port}"

    @property
    def folder(self) -> Path:
        """Where prompts, voicemails and recordings are kept."""
        return desk_settings().data_dir / "hotline"

    def check(self) -> None:
        """Raises ValueError for an address that the whole internet could reach: neither protocol knows a password."""
        outside = self.host in ("0.0.0.0", "::") or not _private(self.host)
        if outside and not self.public_listen:
            raise ValueError(f"AFTERCARE_HOTLINE_HOST={self.host} 不是内网地址，AudioSocket 没有鉴权，请改用内网地址")


def _private(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_private


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
