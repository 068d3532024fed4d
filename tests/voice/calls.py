"""Telephone calls, from SIP to ticket. Not collected by default: `make test-voice`."""

import asyncio
import datetime
import shutil
from collections.abc import Callable

import pytest

from desk.cases.hotline import history
from desk.clock.runner import Runner
from desk.records import db
from desk.records.models import Alarm, OncallPerson, OncallShift
from tests.fakes.desk_process import free_port
from tests.voice.conftest import Play, Town

SETTLED = 5.0  # so long a silence means that the answer is over


def shown(town: Town) -> None:
    """The calls of this test, for the report."""
    for call in history.recent(9):
        print(call.line())
        for line in call.words:
            print("   ", line)


def test_a_whole_call_ends_in_a_ticket(town: Play) -> None:
    async def scenario(night: Town) -> None:
        await night.person("13800001234", [
            ["quiet", SETTLED], ["play", night.say("我家空调不制冷，一直吹热风。")],
            ["quiet", SETTLED], ["keys", "004417#"], ["quiet", SETTLED], ["keys", "1"],
            ["quiet", SETTLED], ["keys", "13900005678"], ["quiet", SETTLED], ["keys", "1"],
            ["quiet", SETTLED], ["keys", "1"], ["quiet", SETTLED], ["hang up"],
        ])
        await night.happens("disconnected")
        await asyncio.sleep(2)
        shown(night)
        (ticket,) = night.tickets()
        assert "不制冷" in ticket.symptom and ticket.contact_phone == "13900005678"
        assert ticket.serial_number == "FD0112-004417"

    town(scenario)


def test_an_emergency_reaches_the_second_person_on_call(town: Play, pinned_clock: Callable[[str], object]) -> None:
    first, second = free_port(), free_port()

    async def scenario(night: Town) -> None:
        with db.transaction() as session:
            people = [OncallPerson(name="甲", phone=str(first)), OncallPerson(name="乙", phone=str(second))]
            session.add_all(people)
            session.flush()
            session.add(OncallShift(
                name="夜班", days="every", starts="18:00", ends="09:00", people=[person.id for person in people],
                since=datetime.date(2026, 1, 1),
            ))
        clock = Runner()
        clock.start()
        try:
            # 甲 has a mobile whose voicemail picks up; 乙 listens and presses 1.
            machine = night.say("您好，我现在不方便接听，请在提示音后留言。")
            on_call = [
                night.person("jia", [["play", machine], ["until end", 60]], call=False, port=first),
                night.person("yi", [["quiet", 1.5], ["keys", "1"], ["until end", 20]], call=False, port=second),
            ]
            waiting = [asyncio.create_task(one) for one in on_call]
            caller = asyncio.create_task(night.person("13800001234", [
                ["quiet", SETTLED], ["play", night.say("厨房里有很重的煤气味。")], ["until end", 150],
            ]))
            await night.happens("ringing", 120)
            for _ in range(1200):
                with db.reading() as session:
                    alarm = session.query(Alarm).first()
                if alarm is not None and alarm.state == "acknowledged":
                    break
                await asyncio.sleep(0.1)
            shown(night)
            assert alarm is not None and alarm.taken_by == "乙"
            rung = [event for event in night.events if event["event"] == "ringing"]
            assert len(rung) == 2
            print("rung after", [round(event["at"] - rung[0]["at"]) for event in rung], "s; taken by", alarm.taken_by)
            (ticket,) = night.tickets()
            assert ticket.severity == "A" and ticket.contact_phone == "13800001234"
        finally:
            clock.stop()
            for task in (*waiting, caller):
                task.cancel()
            await asyncio.gather(*waiting, caller, return_exceptions=True)

    town(scenario)


def test_a_hang_up_in_mid_sentence(town: Play) -> None:
    async def scenario(night: Town) -> None:
        await night.person("13800001234", [
            ["quiet", SETTLED], ["play", night.say("我家洗衣机漏水，地上都是水，麻烦你们。"), 2.4], ["hang up"],
        ])
        await night.happens("disconnected")
        for _ in range(300):
            if night.calls() and night.calls()[0].outcome:
                break
            await asyncio.sleep(0.1)
        shown(night)
        assert night.calls()[0].outcome in ("ticket", "half")

    town(scenario)


def test_a_silent_call_of_another_kind_of_telephone(town: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """sipp sends no sound at all: three steps, a message that stays empty, and the end."""
    assert shutil.which("sipp"), "sipp is needed (Debian: apt-get install sip-tester)"
    monkeypatch.setenv("AFTERCARE_HOTLINE_NO_INPUT", "2")
    from desk.channels.hotline.settings import settings

    settings.cache_clear()

    async def scenario(night: Town) -> None:
        sipp = await asyncio.create_subprocess_exec(
            "sipp", "-sn", "uac", f"127.0.0.1:{night.sip_port}", "-i", "127.0.0.1", "-p", str(free_port()), "-m", "1",
            "-d", "120000", "-nostdin", "-s", "hotline", stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, cwd=night.folder,
        )
        await night.happens("next", 110, next="hangup")
        await asyncio.wait_for(sipp.wait(), 20)  # our BYE ends it
        shown(night)
        assert night.calls()[0].outcome == "missed" and "请在提示音后留言" in "".join(night.lines("said"))

    town(scenario)


def test_four_calls_at_once(town: Play) -> None:
    async def scenario(night: Town) -> None:
        fault = night.say("我家空调不制冷，一直吹热风。")
        steps = [["quiet", SETTLED], ["play", fault], ["quiet", SETTLED], ["hang up"]]
        await asyncio.gather(*(night.person(f"1380000123{n}", steps) for n in range(4)))
        await asyncio.sleep(5)
        shown(night)
        assert [call.outcome for call in night.calls()] == ["ticket"] * 4

    town(scenario)
