"""Every failure of ours ends in a ticket, a message or a person; never in a silent line."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time as wall
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from desk.cases.hotline import calls
from desk.channels.hotline import chores, unsaved
from desk.channels.hotline.settings import settings
from tests.fakes.desk_process import PROJECT, free_port
from tests.fakes.exchange import Exchange
from tests.fakes.rasa_server import Said
from tests.fakes.speech import Synthesis
from tests.hotline.conftest import Night, Play

LONG = "我是汉口的老赵，空调一点都不凉，电话就打这个号码，什么时候打都可以，白天我都在家，麻烦你们安排人来看看吧"


async def leaves_word(caller, press: str = "#") -> str:  # type: ignore[no-untyped-def]
    await caller.hears("直接挂机")
    await asyncio.sleep(0.8)
    await caller.says(LONG)
    caller.presses(press)
    await caller.hears("再见")
    return str(await caller.ends())


def test_without_the_recogniser_keys_and_a_message_remain(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        night.ears.dead = True
        caller = await night.exchange.call()
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")
        await caller.hears("请用按键选")
        caller.presses("1")
        assert await leaves_word(caller) == "hangup"
        assert len(night.voicemails()) == 1 and night.calls()[0].outcome == "voicemail"
        assert night.lines("failed") == ["asr"]

    hotline(scenario)


def test_a_recogniser_that_never_answers_is_given_up(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        night.ears.stuck = True
        caller = await night.exchange.call()
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")
        await caller.hears("请用按键选")
        await caller.hangs_up()

    hotline(scenario)


def test_without_the_assistant_words_become_a_ticket_and_a_message_is_taken(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        night.rasa.script = lambda turn: Said(status=500)
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")
        await caller.hears("系统现在有点忙")
        await caller.hangs_up()
        (ticket,) = night.tickets()
        assert "不制冷" in ticket.symptom and ticket.contact_phone == "13800001234"
        assert night.calls()[0].outcome == "ticket"

    hotline(scenario)


def test_without_the_desk_a_message_is_taken(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_DESK_URL", f"http://127.0.0.1:{free_port()}")

    async def scenario(night: Night) -> None:
        caller = await night.exchange.call()
        await caller.hears("或者按九")
        await caller.says("查一下保修")
        await caller.hears("系统现在有点忙")
        assert await leaves_word(caller) == "hangup"
        assert len(night.voicemails()) == 1

    hotline(scenario)


def test_without_the_voice_in_mid_call_kept_prompts_lead_to_a_message(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call()
        await caller.hears("或者按九")
        await _prompts_kept()
        night.voice.broken = True
        await caller.says("我家空调不制冷")
        await caller.hears("请在提示音后留言")
        await caller.hangs_up()
        assert night.calls()[0].outcome == "ticket"

    hotline(scenario)


async def _prompts_kept() -> None:
    from desk.channels.hotline.speech import prompts

    folder = settings().folder / "prompts"
    for _ in range(200):
        if len(list(folder.glob("*.wav"))) >= len(prompts.fixed()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the prompts were not rendered")


def test_without_any_voice_the_exchange_rings_who_is_on_call(
    hotline: Play,
    _voice: Synthesis,
    tmp_path: Path,
) -> None:
    _voice.broken = True
    (tmp_path / "hotline" / "prompts").unlink()

    async def scenario(night: Night) -> None:
        caller = await night.exchange.call()
        assert await caller.ends() == "oncall"

    hotline(scenario)


def test_a_slow_database_delays_no_prompt_and_loses_no_call(
    hotline: Play, clean_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_RECORDS_TIMEOUT", "0.3")

    async def scenario(night: Night) -> None:
        # Another process writes all the time: nobody else gets the database.
        free = threading.Event()
        held = threading.Thread(target=_hold, args=(clean_database, free))
        held.start()
        try:
            caller = await night.exchange.call("13800001234")
            await caller.hears("或者按九")
            await caller.says("我家空调不制冷")
            await caller.hears("系统现在有点忙")
            assert await leaves_word(caller) == "hangup"
        finally:
            free.set()
            held.join()
        for _ in range(100):
            if night.voicemails():
                break
            await asyncio.to_thread(unsaved.take_up)
            await asyncio.sleep(0.1)
        (call,) = night.calls()
        assert call.caller == "13800001234" and call.outcome in ("ticket", "voicemail")
        assert len(night.voicemails()) == 1

    hotline(scenario)


def _hold(url: str, free: threading.Event) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else "BEGIN")
        if not sqlite:
            connection.exec_driver_sql("LOCK TABLE calls, conversations IN ACCESS EXCLUSIVE MODE")
        free.wait(30)
        connection.exec_driver_sql("ROLLBACK")


def test_a_process_that_dies_in_mid_call(
    hotline: Play, tmp_path: Path, clean_database: str, pinned_clock: Callable[[str], object]
) -> None:
    """The exchange rings who is on call; what was said is a ticket once the lost call is found."""

    async def scenario(night: Night) -> None:
        audio, agi = free_port(), free_port()
        environment = {
            **os.environ, "AFTERCARE_HOTLINE_AUDIO_PORT": str(audio), "AFTERCARE_HOTLINE_AGI_PORT": str(agi),
            "AFTERCARE_HOTLINE_ASR_URL": night.ears.url, "AFTERCARE_NOW": "2026-11-21T22:00:00+08:00",
            "AFTERCARE_DATABASE_URL": clean_database,
        }
        log = (tmp_path / "hotline.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "desk.channels.hotline.serve"], cwd=PROJECT, env=environment, stdout=log, stderr=log
        )
        try:
            exchange = Exchange(audio, agi)
            night.exchange.callers = exchange.callers
            await _answers(exchange)
            caller = await exchange.call("13800001234")
            await caller.hears("或者按九", 40)
            await caller.says("我家空调不制冷")
            await caller.hears("序列号")
            process.send_signal(signal.SIGKILL)
            assert await caller.ends() == "oncall"
        finally:
            process.kill()
            process.wait()
            log.close()
        assert night.calls()[0].outcome is None
        pinned_clock("2026-11-21T22:20:00+08:00")
        ((call_id, words),) = calls.lost(timedelta(minutes=12))
        assert call_id == night.calls()[0].id and "不制冷" in words[0]
        chores.take_up(call_id, words)
        assert night.calls()[0].outcome == "ticket"
        assert [ticket.contact_phone for ticket in night.tickets()] == ["13800001234"]

    hotline(scenario)


async def _answers(exchange: Exchange) -> None:
    began = wall.monotonic()
    while (await exchange.agi("nothing")).status != "SUCCESS":
        assert wall.monotonic() - began < 40, "the hotline did not start"
        await asyncio.sleep(0.2)
