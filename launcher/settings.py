"""The settings of one run, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.environments import PROJECT
from launcher.problem import Problem


@dataclass(frozen=True)
class Settings:
    """Where a run listens and where it keeps what it knows."""

    host: str
    port: int
    rasa_ports: tuple[int, ...]
    actions_port: int
    data_dir: Path
    cache_dir: Path
    demo: bool
    api_key: str
    database_url: str
    hotline: bool = False
    audio_port: int = 9092
    agi_port: int = 4573

    @property
    def embedded(self) -> bool:
        """Whether the database is SQLite; then actions and the clock run inside desk."""
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def ports(self) -> dict[str, tuple[int, ...]]:
        """The ports that must be free, by the setting that moves them."""
        needed: dict[str, tuple[int, ...]] = {
            "PORT": (self.port,),
            "AFTERCARE_RASA_PORT": self.rasa_ports,
            "AFTERCARE_ACTIONS_PORT": (self.actions_port,),
        }
        if self.hotline:
            needed["AFTERCARE_HOTLINE_AUDIO_PORT"] = (self.audio_port,)
            needed["AFTERCARE_HOTLINE_AGI_PORT"] = (self.agi_port,)
        return needed


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `environ`. Raises Problem for one that makes no sense."""
    first = _port(environ, "AFTERCARE_RASA_PORT", 5005)
    workers = _number(environ, "AFTERCARE_RASA_WORKERS", 1, least=1, most=64)
    return Settings(
        host=environ.get("AFTERCARE_HOST") or "127.0.0.1",
        port=_port(environ, "PORT", _port(environ, "AFTERCARE_PORT", 8080)),
        rasa_ports=tuple(range(first, first + workers)),
        actions_port=_port(environ, "AFTERCARE_ACTIONS_PORT", 5055),
        data_dir=data_dir(environ),
        cache_dir=cache_dir(environ),
        demo=environ.get("AFTERCARE_DEMO", "1").lower() not in {"0", "false", "no", "off"},
        api_key=environ.get("AFTERCARE_API_KEY", ""),
        database_url=environ.get("AFTERCARE_DATABASE_URL", ""),
        hotline=environ.get("AFTERCARE_HOTLINE", "").lower() in {"1", "true", "yes", "on"},
        audio_port=_port(environ, "AFTERCARE_HOTLINE_AUDIO_PORT", 9092),
        agi_port=_port(environ, "AFTERCARE_HOTLINE_AGI_PORT", 4573),
    )


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where trained models are kept for all runs."""
    return _folder(environ, "AFTERCARE_CACHE_DIR", Path.home() / ".cache" / "aftercare")


def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where one run keeps all that it knows."""
    return _folder(environ, "AFTERCARE_DATA_DIR", PROJECT / "var")


def _folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    return Path(environ.get(name) or default).expanduser().absolute()


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    return _number(environ, name, default, least=1, most=65535)


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdigit() or not least <= int(text) <= most:
        raise Problem(f"{name}={text} 应是 {least} 到 {most} 的整数。 It must be a number from {least} to {most}.")
    return int(text)
