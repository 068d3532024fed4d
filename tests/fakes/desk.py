"""Point this process at a fake Rasa, with short patience, and put everything back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desk.settings import settings
from desk.talk import engine, rasa
from tests.fakes.rasa_server import TOKEN, FakeRasa


@contextmanager
def pointed_at(fake: FakeRasa, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[None]:
    """The settings of a desk whose assistant is `fake`; `environment` adds AFTERCARE_* variables."""
    chosen = {
        "AFTERCARE_RASA_PORT": str(fake.port), "AFTERCARE_RASA_TOKEN": TOKEN, "AFTERCARE_RASA_TIMEOUT": "1.0",
        **environment,
    }
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    rasa.fresh_start()
    try:
        yield
    finally:
        settings.cache_clear()


@contextmanager
def running_engine() -> Iterator[engine.Engine]:
    """The engine of this process, stopped at the end."""
    started = engine.start()
    try:
        yield started
    finally:
        engine.stop()
