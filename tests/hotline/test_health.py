"""What doctor says of the telephone."""

from pathlib import Path

import pytest

from desk.channels.hotline import health
from desk.channels.hotline.settings import Settings, settings
from tests.fakes.desk_process import free_port
from tests.hotline.conftest import Night, Play


def test_it_is_off_unless_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTERCARE_HOTLINE", raising=False)
    good, words = health.look()
    assert good is True and "没有开" in words


def test_a_process_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE", "1")
    monkeypatch.setenv("AFTERCARE_HOTLINE_AUDIO_PORT", str(free_port()))
    settings.cache_clear()
    good, words = health.look()
    settings.cache_clear()
    assert good is False and "没有应答" in words


def test_a_running_one(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE", "1")

    async def scenario(night: Night) -> None:
        ports = {"audio_port": night.exchange.audio_port, "agi_port": night.exchange.agi_port}
        monkeypatch.setattr(health, "settings", lambda: Settings(**ports))
        good, words = health.look()
        assert good is not False and ("在听" in words or "合成" in words)

    hotline(scenario)
