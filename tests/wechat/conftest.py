"""A desk that serves /wechat, a fake Rasa behind it, and a fake WeChat in front of it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from desk.channels.wechat import background, client, people, settings
from desk.channels.wechat.webhook import router
from desk.records import db
from desk.records.models import Conversation, Message, Outbound, Turn
from desk.talk.view import UNFINISHED
from tests.fakes.desk import pointed_at, running_engine
from tests.fakes.rasa_server import FakeRasa
from tests.fakes.wechat import Phone, Sender, Server, World

APPID, SECRET, TOKEN = "wx1234567890abcdef", "s3cret", "tok3n"
KEY, OLD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "QWERTYUIOPASDFGHJKLZXCVBNM0123456789qwertyu"


class Desk:
    """One running desk with its WeChat. `world` is the WeChat side, `phone` a follower's phone."""

    def __init__(self, world: World, wechat: Server, url: str) -> None:
        self.world, self.wechat, self.url = world, wechat, url
        self.rasa: FakeRasa

    def phone(self, openid: str = "oA") -> Phone:
        return self.world.phones.get(openid)

    def shown(self, count: int, openid: str = "oA", seconds: float = 8) -> list[str]:
        """The texts on a phone, once there are `count` of them."""
        eventually(lambda: len(self.phone(openid).texts()) >= count, seconds)
        return self.phone(openid).texts()

    def settle(self) -> None:
        """Until every push is delivered, every turn answered, and everything that can be sent is sent."""
        self.world.pushes.wait()
        eventually(lambda: not unanswered() and not outbox("pending"))


def eventually(true: Callable[[], bool], seconds: float = 8) -> None:
    """Wait until `true()` is, or fail."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def outbox(state: str) -> int:
    with db.reading() as session:
        return session.query(Outbound).filter_by(state=state).count()


def unanswered() -> int:
    with db.reading() as session:
        return session.query(Turn).filter(Turn.state.in_(UNFINISHED)).count()


def lines(openid: str = "oA", account: str = "") -> list[Message]:
    """A follower's conversation, in order."""
    with db.reading() as session:
        return (
            session.query(Message)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .filter(Conversation.sender == openid, Conversation.account == account)
            .order_by(Message.seq)
            .all()
        )


@pytest.fixture(scope="session")
def desk_url() -> Iterator[str]:
    """The webhook, served."""
    app = FastAPI()
    app.include_router(router)
    with served(app) as url:
        yield url


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """An application on a port of its own, without its start and end."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="session")
def _one_rasa() -> Iterator[FakeRasa]:
    fake = FakeRasa().start()
    yield fake
    fake.stop()


@pytest.fixture
def assistant(_one_rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeRasa]:
    _one_rasa.reset()
    with pointed_at(_one_rasa, monkeypatch, AFTERCARE_DATA_DIR=str(tmp_path)):
        yield _one_rasa


@contextmanager
def configured(monkeypatch: pytest.MonkeyPatch, **chosen: Any) -> Iterator[None]:
    """The WeChat settings of this process."""
    for name, value in chosen.items():
        text = value if isinstance(value, str) else json.dumps(value)
        monkeypatch.setenv(f"AFTERCARE_WECHAT_{name.upper()}", text)
    settings.settings.cache_clear()
    client.forget()
    people.forget()
    try:
        yield
    finally:
        settings.settings.cache_clear()
        client.forget()


Start = Callable[..., Desk]


@pytest.fixture
def wechat_world(desk_url: str) -> Iterator[World]:
    """The WeChat side alone, fast: a second of its patience is a tenth."""
    sender = Sender(f"{desk_url}/wechat", TOKEN, APPID, KEY, patience=0.5)
    world = World(sender, SECRET)
    server = Server(world).start()
    world.server = server  # type: ignore[attr-defined]
    yield world
    server.stop()


def settings_for(world: World, **more: Any) -> dict[str, Any]:
    return {
        "appid": APPID, "secret": SECRET, "token": TOKEN, "aes_key": KEY, "mode": "safe", "verified": True,
        "original_id": world.original_id, "base_url": world.server.url,  # type: ignore[attr-defined]
        "settle": 0.1, "passive_seconds": 0.35, "privacy_notice": False, **more,
    }


@pytest.fixture
def start(
    clean_database: str, assistant: FakeRasa, wechat_world: World, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Start a desk over SQLite: `start(verified=False, …)` with AFTERCARE_WECHAT_* settings."""
    yield from _started(assistant, wechat_world, desk_url, monkeypatch)


@pytest.fixture
def start_on_each(
    database: str, assistant: FakeRasa, wechat_world: World, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """As `start`, over each kind of database."""
    yield from _started(assistant, wechat_world, desk_url, monkeypatch)


def _started(
    assistant: FakeRasa, world: World, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    open_now: list[Any] = []

    def begin(**chosen: Any) -> Desk:
        world.verified = chosen.get("verified", True)
        world.pushes.sender.mode = chosen.get("mode", "safe")
        told = configured(monkeypatch, **settings_for(world, **chosen))
        told.__enter__()
        engine = running_engine()
        engine.__enter__()
        background.start()
        open_now.extend([told, engine])
        desk = Desk(world, world.server, desk_url)  # type: ignore[attr-defined]
        desk.rasa = assistant
        return desk

    yield begin
    world.pushes.wait()
    if open_now:
        told, engine = open_now
        background.stop()
        engine.__exit__(None, None, None)
        told.__exit__(None, None, None)
