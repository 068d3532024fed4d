"""Danger on the telephone: heard in every turn, also misheard, and a person is found whatever else fails."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.cases.hotline import calls
from desk.channels.hotline import chores, danger
from desk.channels.hotline.speech.funasr import FunAsr
from desk.records import db
from desk.records.models import Alarm
from tests.fakes.rasa_server import Said
from tests.hotline.conftest import Night, Play


def alarms() -> list[Alarm]:
    with db.reading() as session:
        return session.query(Alarm).all()


def test_danger_alarms_who_is_on_call_and_leads_to_them(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家厨房有煤气味")
        heard = await caller.hears("具体地址")
        assert heard.index("先保证安全") < heard.index("紧急情况")
        assert "联系电话" not in heard
        (ticket,) = night.tickets()
        assert (ticket.severity, ticket.contact_phone) == ("A", "13800001234")
        (alarm,) = alarms()
        assert alarm.kind == "gas" and alarm.ticket_id == ticket.id
        await caller.quiet()
        await caller.says("开封市龙亭区东大街八号一单元一零二")
        await caller.hears("转接值班人员")
        assert await caller.ends() == "oncall"
        (ticket,) = night.tickets()
        assert "东大街8号" in (ticket.address or "")
        assert night.calls()[0].danger == "gas" and night.calls()[0].outcome == "ticket"

    hotline(scenario)


@pytest.mark.parametrize("answer", ["1", "是的", "silence"])
def test_what_sounds_like_danger_is_asked_once_and_counts_when_unsure(hotline: Play, answer: str) -> None:
    async def scenario(night: Night) -> None:
        night.ears.mishears["我家漏气了"] = "我家楼企乐"
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家漏气了")
        heard = await caller.hears("现在有危险，对吗")
        assert "先保证安全" in heard and not alarms()
        await caller.quiet()
        if answer == "1":
            caller.presses("1")
        elif answer != "silence":
            await caller.says(answer)
        heard = await caller.hears("具体地址")
        assert "我马上登记" in heard and "先保证安全" not in heard  # said once is enough
        await caller.hangs_up()
        (ticket,) = night.tickets()
        assert ticket.severity == "A" and "楼企乐" in ticket.symptom and len(alarms()) == 1

    hotline(scenario)


def test_who_hangs_up_on_the_question_is_in_danger(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        night.ears.mishears["我家漏气了"] = "我家楼企乐"
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家漏气了")
        await caller.hears("先保证安全")
        await caller.hangs_up()
        (ticket,) = night.tickets()
        assert (ticket.severity, ticket.contact_phone) == ("A", "13800001234") and len(alarms()) == 1
        assert night.calls()[0].outcome == "ticket"

    hotline(scenario)


def test_danger_in_a_call_of_a_dead_process_is_found(hotline: Play, pinned_clock: Callable[[str], object]) -> None:
    async def scenario(night: Night) -> None:
        calls.begin("dead", "13800001234", "400", calls_an_hour=9, tickets_a_night=9)
        calls.note("dead", [calls.Line("heard", "我家楼企乐")])
        pinned_clock("2026-11-21T22:20:00+08:00")
        await chores.once(FunAsr(night.ears.url, "offline", 2.0, {}))
        assert [ticket.severity for ticket in night.tickets()] == ["A"] and len(alarms()) == 1

    hotline(scenario)


def test_a_no_goes_on_as_before(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        night.ears.mishears["猫眼"] = "猫眼"
        caller = await night.exchange.call()
        await caller.hears("或者按九")
        await caller.says("猫眼")
        await caller.hears("不是请按二")
        caller.presses("2")
        await caller.hears("没有危险就好")
        await caller.quiet()
        await caller.says("我家空调不制冷")
        await caller.hears("序列号")
        assert not alarms() and night.tickets()[0].severity != "A"

    hotline(scenario)


def test_danger_with_the_assistant_down(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        night.rasa.script = lambda turn: Said(status=500)
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("电梯里有人被困住了")
        heard = await caller.hears("转接值班人员")
        assert heard.index("先别慌") < heard.index("我已经按紧急情况登记了")
        assert await caller.ends() == "oncall"
        (ticket,) = night.tickets()
        assert ticket.severity == "A" and ticket.contact_phone == "13800001234"
        assert len(alarms()) == 1

    hotline(scenario)


def test_danger_in_a_message(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        night.ears.dead = True
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("喂")
        await caller.hears("请用按键选")
        caller.presses("1")
        await caller.hears("直接挂机")
        await asyncio.sleep(0.8)
        await caller.says("你们的热水器一直在冒烟，味道很大，我不敢靠近，请你们马上派人来看一下，越快越好，我等着呢")
        await caller.hangs_up()
        night.ears.dead = False
        await chores.once(FunAsr(night.ears.url, "offline", 2.0, {}))
        assert [row.danger for row in night.voicemails()] == ["smoke"]
        assert [ticket.severity for ticket in night.tickets()] == ["A"] and len(alarms()) == 1

    hotline(scenario)


@pytest.mark.parametrize(
    ("heard", "kind"),
    [
        ("厨房一股没气味", "gas"), ("热水器楼电", "shock"), ("冰箱茂盐了", "smoke"), ("插座找火了", "fire"),
        ("电梯坤人了", "trapped"), ("燃七味很大", "gas"),
    ],
)
def test_misheard_words_sound_like_danger(heard: str, kind: str) -> None:
    found = danger.heard(heard, sure=True)
    assert found is not None and found.kind == kind and not found.certain


@pytest.mark.parametrize("heard", ["没有漏电", "漏电保护器跳闸了", "空调不制冷", "洗衣机有异响", "我要查一下保修"])
def test_plain_faults_are_no_danger(heard: str) -> None:
    assert danger.heard(heard, sure=True) is None


@pytest.mark.parametrize(("heard", "kind"), [("插线板都泡了", "flood"), ("厨房煤七味", "gas")])
def test_dangers_of_the_catalogue_are_certain_on_the_telephone_too(heard: str, kind: str) -> None:
    found = danger.heard(heard, sure=True)
    assert found is not None and found.kind == kind and found.certain


def test_a_word_that_was_badly_heard_is_asked_about() -> None:
    badly, well = danger.heard("冰箱冒烟了", sure=False), danger.heard("冰箱冒烟了", sure=True)
    assert badly is not None and not badly.certain and well is not None and well.certain


DATA = Path(__file__).parent / "data"


def test_spoken_dangers_are_noticed() -> None:
    """As a recogniser delivers them: no punctuation, misheard, in dialect. 99 of 100 at least."""
    spoken = [line.split("\t")[1] for line in (DATA / "dangers.tsv").read_text("utf-8").splitlines()]
    missed = [text for text in spoken if danger.heard(text, sure=True) is None]
    assert len(spoken) >= 200 and len(missed) <= len(spoken) / 100, missed


def test_everyday_calls_are_not_taken_for_danger() -> None:
    lines = (DATA / "harmless.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if danger.heard(line, sure=True)] == []
