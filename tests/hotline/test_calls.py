"""Whole calls: what the caller hears, and what is in the records afterwards."""

import asyncio
from collections.abc import Callable

import pytest

from desk.channels.hotline import chores
from desk.channels.hotline.speech.funasr import FunAsr
from desk.records import db
from desk.records.models import Callback, Conversation
from tests.hotline.conftest import Night, Play


def test_a_fault_with_a_number_by_keys_becomes_a_ticket(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        heard = await caller.hears("或者按九")
        assert "录音" in heard and "现在是下班时间" in heard and heard.index("录音") < heard.index("智能助手")
        await caller.quiet()
        await caller.says("我家空调不制冷")
        asked = await caller.quiet()
        assert "序列号" in asked and "六到八位" in asked
        assert [ticket.contact_phone for ticket in night.tickets()] == ["13800001234"]
        caller.presses("004417#")
        assert "序列号末尾是" in await caller.quiet()
        caller.presses("1")
        asked = await caller.quiet()
        assert "联系电话" in asked and "尾号幺二三四" in asked
        caller.presses("13900005678")
        assert "幺三九，零零零零，五六七八" in await caller.quiet()
        caller.presses("1")
        await caller.quiet()
        await caller.says("上门修")
        await caller.quiet()
        await caller.says("武汉市洪山区珞喻路十号二栋三零一")
        await caller.quiet()
        await caller.says("你们安排就行")
        assert "对吗" in await caller.quiet()
        caller.presses("1")
        done = await caller.quiet()
        assert "登记好了" in done and "工单号是" in done and "还有别的要办吗" in done
        await caller.says("没有了再见")
        assert await caller.ends() == "hangup"
        (ticket,) = night.tickets()
        assert ticket.serial_number == "FD0112-004417" and ticket.contact_phone == "13900005678"
        assert "不制冷" in ticket.symptom and ticket.service_mode == "on_site"
        (call,) = night.calls()
        assert call.outcome == "ticket" and call.ticket_id == ticket.id

    hotline(scenario)


def test_hanging_up_with_a_fault_and_a_number_leaves_a_ticket(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家洗衣机漏水")
        await caller.hears("序列号")
        await caller.hangs_up()
        (ticket,) = night.tickets()
        assert "漏水" in ticket.symptom and ticket.contact_phone == "13800001234" and ticket.status == "new"
        assert night.calls()[0].outcome == "ticket"

    hotline(scenario)


def test_what_was_told_since_is_in_the_ticket_when_the_caller_hangs_up(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")
        await caller.hears("六到八位")
        caller.presses("004417#")
        await caller.hears("是的请按一")
        caller.presses("1")
        await caller.hears("按错了按星号重来")
        caller.presses("13900005678")
        await caller.hears("正确请按一")
        caller.presses("1")
        await caller.hears("地址")
        await caller.hangs_up()
        (ticket,) = night.tickets()
        assert (ticket.contact_phone, ticket.serial_number) == ("13900005678", "FD0112-004417")
        assert ticket.status == "new"

    hotline(scenario)


def test_hanging_up_in_mid_sentence_keeps_what_was_said(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.quiet()
        await caller.says("我家洗衣机漏水一地都是")
        await caller.hangs_up()
        (ticket,) = night.tickets()
        assert "漏水" in ticket.symptom and night.calls()[0].outcome == "ticket"

    hotline(scenario)


def test_the_number_that_the_exchange_shows_proves_nobody(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("15000009174")
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")
        await caller.hears("六到八位")
        caller.presses("99999999#")
        await caller.hears("没有查到")
        await caller.hears("什么时候买的")
        await caller.quiet()
        await caller.says("我不知道")
        await caller.hears("尾号九幺七四")
        caller.presses("#")
        await caller.quiet()
        await caller.says("序列号FD0112-004417")
        assert "李敏" not in await caller.quiet() and "珞喻路" not in caller.heard
        await caller.hangs_up()
        with db.reading() as session:
            talk = session.get_one(Conversation, night.calls()[0].conversation_id)
        assert talk.customer_id is None

    hotline(scenario)


def test_who_declines_leaves_no_open_ticket(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("或者按九")
        await caller.says("我家空调不制冷")
        await caller.hears("六到八位")
        assert [ticket.status for ticket in night.tickets()] == ["new"]
        await caller.says("算了不报了")
        await caller.quiet()
        await caller.hangs_up()
        assert [ticket.status for ticket in night.tickets()] == ["cancelled"]

    hotline(scenario)


def test_zero_in_the_agents_hours_goes_to_them(hotline: Play, pinned_clock: Callable[[str], object]) -> None:
    async def scenario(night: Night) -> None:
        pinned_clock("2026-11-21T10:00:00+08:00")
        caller = await night.exchange.call()
        heard = await caller.hears("或者按九")
        assert "下班" not in heard
        caller.presses("0")
        await caller.hears("转接人工客服")
        assert await caller.ends() == "agents"
        assert night.calls()[0].outcome == "transfer"

    hotline(scenario)


def test_zero_at_night_promises_a_call(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("13800001234")
        await caller.hears("录音")
        caller.presses("0")
        await caller.hears("尾号幺二三四")
        caller.presses("#")
        await caller.quiet()
        await caller.hangs_up()
        with db.reading() as session:
            assert [row.phone for row in session.query(Callback)] == ["13800001234"]

    hotline(scenario)


def test_silence_leads_to_a_message_in_three_steps(hotline: Play) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call("02787654321")
        await caller.hears("能听到吗")
        await caller.hears("请用按键选")
        await caller.hears("请在提示音后留言")
        await caller.hears("挂机")
        await asyncio.sleep(0.6)
        await caller.says("我是武昌的王师傅，冰箱一直响，电话打这个号就行，白天晚上都可以，麻烦快一点安排人来看看吧")
        caller.presses("#")
        await caller.hears("给您回电话")
        assert await caller.ends() == "hangup"
        (left,) = night.voicemails()
        assert left.seconds > 0.3 and left.file
        assert night.calls()[0].outcome == "voicemail" and night.calls()[0].caller == "02787654321"
        await chores.once(FunAsr(night.ears.url, "offline", 2.0, {}))
        assert "冰箱一直响" in night.voicemails()[0].transcript
        with db.reading() as session:
            assert session.query(Callback).one().reason == "voicemail"

    hotline(scenario)


def test_a_number_that_calls_too_often_can_still_leave_word(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_CALLS_AN_HOUR", "1")

    async def scenario(night: Night) -> None:
        first = await night.exchange.call("13800001234")
        await first.hears("或者按九")
        await first.hangs_up()
        second = await night.exchange.call("13800001234")
        await second.hears("来过几次电话")
        await second.hears("挂机")
        await second.hangs_up()
        third = await night.exchange.call("13800001234")
        await third.hears("来过几次电话")
        third.presses("9")
        await third.hears("先保证安全")
        await third.hangs_up()
        assert [ticket.severity for ticket in night.tickets()] == ["A"]

    hotline(scenario)


def test_a_call_has_an_end(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HOTLINE_LONGEST_CALL", "1")

    async def scenario(night: Night) -> None:
        caller = await night.exchange.call()
        await caller.hears("通话时间到了")
        await caller.hears("请在提示音后留言")
        await caller.hangs_up()

    hotline(scenario)


def test_speech_stops_a_prompt_and_may_be_forbidden_to(hotline: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(night: Night) -> None:
        caller = await night.exchange.call()
        await caller.hears("我是智能助手")
        await caller.says("我家空调不制冷")
        heard = await caller.hears("序列号")
        assert "或者按九" not in heard

    async def deaf_while_speaking(night: Night) -> None:
        caller = await night.exchange.call()
        await caller.hears("我是智能助手")
        await caller.says("我家空调不制冷")
        await caller.hears("或者按九")

    hotline(scenario)
    monkeypatch.setenv("AFTERCARE_HOTLINE_BARGE_IN", "false")
    hotline(deaf_while_speaking)
