"""AudioSocket and FastAGI, as strict and as forgiving as they have to be."""

import asyncio
import uuid

import pytest

from desk.channels.hotline.settings import Settings
from desk.settings import settings
from tests.fakes.exchange import AUDIO, ERROR, FRAME, HANG_UP, Exchange, packed
from tests.fakes.rasa_server import Said
from tests.hotline.conftest import Night, Play, dialogue


async def refused(exchange: Exchange, identity: str) -> bool:
    caller = await exchange.connect(identity)
    await asyncio.wait_for(caller.over.wait(), 5)
    await caller.cut()
    return caller.frames == 0


def test_only_an_announced_identity_is_taken_and_only_once(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        assert await refused(night.exchange, str(uuid.uuid4()))
        begun = await night.exchange.agi("begin")
        first = await night.exchange.connect(begun.variables["AFTERCARE_UUID"])
        await first.hears("录音")
        assert await refused(night.exchange, begun.variables["AFTERCARE_UUID"])
        await first.hangs_up()
        assert len(night.calls()) == 1

    hotline(scenario)


def test_an_identity_goes_stale(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_ANNOUNCED_FOR", "0.05")

    async def scenario(night: Night) -> None:
        begun = await night.exchange.agi("begin")
        await asyncio.sleep(0.2)
        assert await refused(night.exchange, begun.variables["AFTERCARE_UUID"])

    hotline(scenario)


def test_strangers_are_refused_by_address(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_PBX", '["10.1.2.3"]')

    async def scenario(night: Night) -> None:
        assert (await night.exchange.agi("begin")).variables == {}
        assert await refused(night.exchange, str(uuid.uuid4()))

    hotline(scenario)


@pytest.mark.parametrize("host", ["0.0.0.0", "8.8.8.8", "::"])
def test_it_does_not_listen_to_the_internet_by_mistake(host: str) -> None:
    with pytest.raises(ValueError, match="内网"):
        Settings(host=host).check()
    Settings(host=host, public_listen=True).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.5", "192.168.1.2", "localhost"])
def test_private_addresses_are_fine(host: str) -> None:
    Settings(host=host).check()


def test_frames_may_come_in_pieces_and_in_odd_sizes(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        begun = await night.exchange.agi("begin")
        caller = await night.exchange.connect(begun.variables["AFTERCARE_UUID"], pieces=4)
        await caller.hears("录音")
        for size in (1, 7, 160, 640, 0):
            caller.raw(packed(AUDIO, bytes(size)))
        caller.raw(packed(0x42, b"unknown"))
        key = packed(0x03, b"0")
        for at in range(len(key)):
            caller.raw(key[at : at + 1])
            await asyncio.sleep(0.01)
        await caller.hears("联系电话")
        await caller.hangs_up()

    hotline(scenario)


@pytest.mark.parametrize("end", ["error", "closed", "hang up", "half a frame"])
def test_every_way_a_call_may_break_off(hotline: Play, end: str) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("录音")
        if end == "error":
            caller.raw(packed(ERROR, b"\x01"))
        elif end == "half a frame":
            caller.raw(packed(AUDIO, bytes(FRAME))[:100])
        elif end == "hang up":
            caller.raw(packed(HANG_UP))
        await asyncio.sleep(0.1)
        assert await caller.hangs_up(abruptly=True) == "hangup"
        assert [call.outcome for call in night.calls()] == ["missed"]

    hotline(scenario)


def test_silence_is_sent_while_we_think(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asterisk drops a call after two seconds without a frame; a hundred frames are two seconds."""

    def slow(turn: dict[str, object]) -> Said:
        said = dialogue(turn)
        said.seconds = 3.0
        return said

    async def scenario(night: Night) -> None:
        night.rasa.script = slow
        caller = await night.exchange.call()
        await caller.hears("或者按九")
        before = caller.frames
        await caller.says("我家空调不制冷")
        heard = await caller.hears("序列号")
        assert "我看一下" in heard
        assert caller.frames - before > 100
        await caller.hangs_up()

    monkeypatch.setenv("AFTERCARE_RASA_TIMEOUT", "5")
    settings.cache_clear()
    hotline(scenario)


def test_a_phone_that_stops_sending_has_ended_its_sentence(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call()
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")  # and not one frame of silence after it
        await caller.hears("序列号", 10)
        await caller.hangs_up()

    hotline(scenario)


def test_stars_clear_and_pauses_end(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call()
        await caller.hears("录音")
        caller.presses("0")
        await caller.hears("按错了按星号重来")
        caller.presses("1399*13900005678")
        await caller.hears("幺三九，零零零零，五六七八")
        caller.presses("2")
        await caller.hears("十一位")
        caller.presses("02787654321")
        await caller.hears("八七六五，四三二幺")
        caller.presses("1")
        await caller.quiet()
        await caller.hangs_up()

    hotline(scenario)


def test_a_hash_after_a_complete_number_answers_nothing_else(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("录音")
        caller.presses("0")
        await caller.hears("按错了按星号重来")
        caller.presses("13900005678")
        await caller.hears("您的号码是")
        caller.presses("#")
        await caller.hears("正确请按一")
        assert "没听清" not in await caller.quiet()
        caller.presses("2")
        await caller.hears("十一位")
        caller.presses("13900005678#")
        await caller.hears("正确请按一")
        assert "没听清" not in await caller.quiet()
        caller.presses("1")
        await caller.quiet()
        await caller.hangs_up()

    hotline(scenario)


def test_an_older_asterisk_asks_for_digits_by_fastagi(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_KEYS", "agi")

    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")
        await caller.hears("六到八位")
        assert await caller.ends() == "digits"
        night.exchange.digits = ["004417"]
        asked = await night.exchange.agi("digits", caller.identity)
        assert asked.asked == ["GET DATA beep 600 16"]
        caller = await night.exchange.connect(asked.variables["AFTERCARE_UUID"])
        await caller.hears("序列号末尾是")
        await caller.quiet()
        await caller.says("是的")
        await caller.hears("联系电话")
        assert await caller.ends() == "digits"
        assert night.exchange.digits == []
        silent = await night.exchange.agi("digits", caller.identity)
        caller = await night.exchange.connect(silent.variables["AFTERCARE_UUID"])
        await caller.hears("能听到吗")
        await caller.ends()
        assert len(night.calls()) == 1 and night.calls()[0].outcome is None

    hotline(scenario)


def test_what_fastagi_does_not_know_it_refuses(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        for script, arguments in (("rm", ()), ("after", ("nobody",)), ("digits", ()), ("ring", ("x", "1"))):
            assert (await night.exchange.agi(script, *arguments)).variables == {}
        reader, writer = await asyncio.open_connection("127.0.0.1", night.exchange.agi_port)
        writer.write(b"agi_request: agi://127.0.0.1/begin\n")
        writer.close()
        await reader.read()
        assert "AFTERCARE_UUID" in (await night.exchange.agi("begin")).variables

    hotline(scenario)


def test_twenty_calls_at_once(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        callers = await asyncio.gather(*(night.exchange.call(f"138000{n:05d}") for n in range(20)))
        await asyncio.gather(*(caller.hears("录音", 60) for caller in callers))
        await asyncio.gather(*(caller.hangs_up() for caller in callers))
        assert len(night.calls()) == 20

    hotline(scenario)
