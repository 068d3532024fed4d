"""A desk with the real dialogue, speech that tests can read, and an exchange that calls."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from desk import time
from desk.app import create_app
from desk.cases import product_types
from desk.cases.dialogue import Entity, Heard, Turn, take
from desk.channels.hotline import serve
from desk.channels.hotline.settings import settings
from desk.channels.rest import auth
from desk.imports import run_import
from desk.records import db
from desk.records.models import Call, CallTurn, Ticket, Voicemail
from tests.fakes import speech
from tests.fakes.desk import pointed_at, running_engine
from tests.fakes.exchange import Exchange
from tests.fakes.rasa_server import FakeRasa, Said

KEY = "key-of-the-hotline-tests"
FAULTS = ("不制冷", "漏水", "不启动", "不通电", "异响")
DANGERS = ("煤气味", "漏气", "冒烟", "着火", "漏电", "被困")


def understood(text: str) -> Heard:
    """What a small understanding makes of plain words."""
    intents = {
        "report_emergency": DANGERS, "report_fault": FAULTS, "talk_to_human": ("转人工",), "goodbye": ("再见",),
        "dont_know": ("没有序列号", "不知道"), "check_ticket": ("查进度",), "cancel_ticket": ("不报了",),
        "affirm": ("确认", "对"), "deny": ("不修",),
    }
    intent = next((name for name, words in intents.items() if any(word in text for word in words)), "inform")
    entities = [Entity("fault_symptom", word, text.find(word)) for word in FAULTS if word in text]
    product = product_types.find(text)
    if product:
        entities.append(Entity("product_type", product[0], text.find(product[0])))
    return Heard(intent, 0.95, None, ((intent, 0.95),), tuple(entities))


def dialogue(turn: dict[str, object]) -> Said:
    """The assistant: the desk's own dialogue behind the fake understanding."""
    meta = turn["metadata"]
    assert isinstance(meta, dict)
    text = str(turn["text"])
    if text.startswith("/"):
        heard = Heard(text[1:], 1.0)
    else:
        heard = understood(text)
    step = take(Turn(str(turn["turn_id"]), meta["conversation"], text, heard, time.now(), meta["channel"]))
    return Said([{"text": reply.text, "buttons": reply.buttons} for reply in step.replies])


@dataclass
class Night:
    """Everything that a test may look at or break."""

    exchange: Exchange
    ears: speech.Recogniser
    voice: speech.Synthesis
    rasa: FakeRasa

    def calls(self) -> list[Call]:
        with db.reading() as session:
            return session.query(Call).order_by(Call.started_at).all()

    def tickets(self) -> list[Ticket]:
        with db.reading() as session:
            return session.query(Ticket).order_by(Ticket.id).all()

    def voicemails(self) -> list[Voicemail]:
        with db.reading() as session:
            return session.query(Voicemail).order_by(Voicemail.id).all()

    def lines(self, kind: str) -> list[str]:
        with db.reading() as session:
            return [row.text for row in session.query(CallTurn).filter_by(kind=kind).order_by(CallTurn.id)]


Play = Callable[[Callable[[Night], Awaitable[None]]], None]

PRODUCTS = "model,name,product_type,category,brand\nKFR-35GW,挂式空调,空调,home_appliance,示范\n"
CUSTOMERS = "customer_no,name,phone,address\nC1,李敏,15000009174,武汉市洪山区珞喻路10号2栋301\n"
DEVICES = (
    "serial_number,model,customer_no,purchase_date,invoice_no,delivered_on,installed_on\n"
    "FD0112-004417,KFR-35GW,C1,2026-08-01,F1,2026-08-02,2026-08-03\n"
)


@pytest.fixture(scope="session")
def _fake() -> Iterator[FakeRasa]:
    fake = FakeRasa().start()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def _voice() -> Iterator[speech.Synthesis]:
    with speech.synthesis() as made:
        yield made


@pytest.fixture(scope="session")
def _prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prompts that were rendered once, for all tests."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
def site() -> Iterator[Callable[[], int]]:
    """Start the desk's web application; its port."""
    stops: list[Callable[[], None]] = []

    def start() -> int:
        server = uvicorn.Server(uvicorn.Config(create_app(), log_config=None, access_log=False, lifespan="off"))
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        running = threading.Thread(target=server.run, args=([listening],), daemon=True)
        running.start()

        def stop() -> None:
            server.should_exit = True
            running.join(20)
            listening.close()

        stops.append(stop)
        return int(listening.getsockname()[1])

    yield start
    for stop in stops:
        stop()


@pytest.fixture
def hotline(
    clean_database: str,
    pinned_clock: Callable[[str], object],
    _fake: FakeRasa,
    _voice: speech.Synthesis,
    site: Callable[[], int],
    tmp_path: Path,
    _prompts: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Play]:
    """Play a night: `hotline(scenario)` with `async def scenario(night)`. It is 22:00 on Saturday, nobody is in."""
    _fake.reset()
    _fake.script = dialogue
    _voice.broken = False
    pinned_clock("2026-11-21T22:00:00+08:00")
    (tmp_path / "hotline").mkdir()
    (tmp_path / "hotline" / "prompts").symlink_to(_prompts)
    chosen = {
        "DATA_DIR": str(tmp_path), "API_KEY": KEY, "HOTLINE_AUDIO_PORT": "0", "HOTLINE_AGI_PORT": "0",
        "HOTLINE_TTS_URL": _voice.url, "HOTLINE_TTS_RATE": "8000", "HOTLINE_END_OF_SPEECH": "0.25",
        "HOTLINE_NO_INPUT": "1.2", "HOTLINE_KEY_GAP": "0.6", "HOTLINE_ASR_TIMEOUT": "1.5",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"AFTERCARE_{name}", value)
    with pointed_at(_fake, monkeypatch), running_engine():
        auth.keep_first_key()
        report = run_import([("products.csv", PRODUCTS.encode()), ("customers.csv", CUSTOMERS.encode()),
                             ("devices.csv", DEVICES.encode())])
        assert report.ok, report.in_words()
        monkeypatch.setenv("AFTERCARE_HOTLINE_DESK_URL", f"http://127.0.0.1:{site()}")

        def play(scenario: Callable[[Night], Awaitable[None]]) -> None:
            asyncio.run(_night(scenario, _fake, _voice, monkeypatch))

        yield play
    settings.cache_clear()


async def _night(
    scenario: Callable[[Night], Awaitable[None]], rasa: FakeRasa, voice: speech.Synthesis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with _running(rasa, voice, monkeypatch) as night:
        await scenario(night)


@asynccontextmanager
async def _running(
    rasa: FakeRasa, voice: speech.Synthesis, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Night]:
    async with speech.recogniser() as ears:
        monkeypatch.setenv("AFTERCARE_HOTLINE_ASR_URL", ears.url)
        settings.cache_clear()
        async with serve.running() as ports:
            exchange = Exchange(ports.audio_port, ports.agi_port)
            try:
                yield Night(exchange, ears, voice, rasa)
            finally:
                await exchange.close()
