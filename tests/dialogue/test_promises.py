"""Callbacks that are asked for again, urging, repairs that did not hold, second thoughts, the same fault twice."""

from datetime import timedelta

import pytest

from desk import time
from desk.records.db import reading, transaction
from desk.records.models import Callback, Device, Repair, Ticket
from tests.dialogue.conftest import AIR, AIR_1, LI, Talk


@pytest.fixture
def promised(world) -> Talk:
    talk = Talk()
    told = {"phone": "15800000001", "visit_time": "今天下午三点"}
    talk.say("给我回个电话 15800000001 今天下午三点", "request_callback", **told)
    assert talk.steps[-1].callback, talk.last
    return talk


def the_call() -> Callback:
    with reading() as session:
        return session.query(Callback).one()


def test_asked_before_its_time_the_promise_is_repeated(promised: Talk) -> None:
    step = promised.say("怎么还没给我打电话", "urge_ticket")
    assert "15:00" in promised.last and "没有忘" in promised.last and step.handoff is None
    assert the_call().urge_count == 1


def test_asked_after_its_time_a_person_takes_over(promised: Talk, world) -> None:
    world.clock("2026-11-21T16:40:00+08:00")
    step = promised.say("说好三点打电话的 怎么还没打", "complain")
    assert step.handoff == {"reason": "sla_breached"} and "对不起" in promised.last


def test_asked_at_night_it_is_promised_for_the_morning(promised: Talk, world) -> None:
    world.clock("2026-11-21T20:00:00+08:00")
    step = promised.say("电话还没打来 到底打不打", "urge_ticket")
    assert step.callback and step.callback["at"].startswith("2026-11-22T09")
    assert the_call().urge_count == 1


def test_called_off(promised: Talk) -> None:
    promised.say("不用打了 我弄好了", "deny")
    assert the_call().state == "cancelled" and the_call().settled_at


@pytest.fixture
def done(world) -> Talk:
    """李敏's repair of last week, closed."""
    world(customers=[{**LI, "wechat_openid": "visitor"}], products=[AIR], devices=[AIR_1])
    with transaction() as session:
        device = session.query(Device).one()
        session.add(
            Ticket(
                number="TK20261110-0001",
                kind="repair",
                status="closed",
                severity="B",
                customer_id=device.customer_id,
                device_id=device.id,
                product_type="空调",
                symptom="不制冷",
                opened_at=time.now() - timedelta(days=11),
                resolved_at=time.now() - timedelta(days=9),
                contact_phone=LI["phone"],
                deadlines={},
            )
        )
    return Talk(channel="wechat")


def test_a_repair_that_did_not_hold_is_remembered_as_one(done: Talk) -> None:
    done.say("空调上周刚修过 又不制冷了", "report_unresolved", product_type="空调", fault_symptom="不制冷")
    assert "重新打开" in done.last
    with reading() as session:
        [repair] = session.query(Repair).all()
        assert repair.fault == "不制冷" and repair.returned_on
        assert session.query(Ticket).one().repeat_repair


def test_the_second_repair_of_the_same_fault_opens_an_exchange_and_it_is_said(done: Talk) -> None:
    with transaction() as session:
        device = session.query(Device).one()
        day = time.today() - timedelta(days=60)
        fault = {"fault": "不制冷", "same_fault_key": "cold"}
        session.add(Repair(device_id=device.id, received_on=day, returned_on=day, **fault))
    done.say("空调上周刚修过 又不制冷了", "report_unresolved", product_type="空调", fault_symptom="不制冷")
    assert "换" in done.last and done.steps[-1].decision


def test_the_second_urge_brings_a_person(done: Talk) -> None:
    with transaction() as session:
        ticket = session.query(Ticket).one()
        ticket.status, ticket.opened_at, ticket.resolved_at = "accepted", time.now() - timedelta(hours=5), None
        ticket.deadlines = {"arrival_due": (time.now() + timedelta(hours=20)).isoformat()}
    step = done.say("怎么还不来 快点啊", "urge_ticket")
    assert step.handoff is None and "最晚" in done.last
    step = done.say("催一下 还没人联系我", "urge_ticket")
    assert step.handoff == {"reason": "sla_breached"}


def test_second_thoughts_after_a_cancellation(shop) -> None:
    talk = Talk()
    talk.say("空调不制冷 FD0112-004417 15000009174", "report_fault", product_type="空调", fault_symptom="不制冷")
    while talk.steps[-1].asks:
        answers = {"service_mode": "上门", "visit_time": "你们安排就行", "confirm": "对", "address": LI["address"]}
        talk.say(answers[talk.steps[-1].asks], "affirm" if talk.steps[-1].asks == "confirm" else "inform")
    talk.say("等太久了 取消吧", "cancel_ticket")
    assert "加急" in talk.last and "human" in talk.steps[-1].offers
    talk.say("确定", "affirm")
    assert talk.tickets()[0].status == "cancelled"
    talk.say("哎等等 还是修吧 刚才取消错了", "deny")
    assert talk.tickets()[0].status == "reopened"


def test_the_same_fault_told_twice_in_one_conversation(world) -> None:
    talk = Talk()
    talk.say("电饭煲不加热", "report_fault", product_type="电饭煲", fault_symptom="不加热")
    told = {"serial_number": "找不到", "purchase_date": "今年三月", "phone": "15800000002", "service_mode": "上门"}
    told |= {"address": "武汉市洪山区珞喻路10号", "visit_time": "你们安排", "confirm": "对"}
    told["existing_ticket"] = "就是那个"
    for _ in range(12):
        if not talk.steps[-1].asks:
            break
        talk.say(told[talk.steps[-1].asks], "affirm" if talk.steps[-1].asks == "confirm" else "inform")
    assert len(talk.tickets()) == 1
    talk.say("我电饭煲不加热怎么办 要报修", "report_fault", product_type="电饭煲", fault_symptom="不加热")
    for _ in range(6):
        if talk.steps[-1].asks == "existing_ticket" or not talk.steps[-1].asks:
            break
        talk.say(told[talk.steps[-1].asks], "inform")
    assert talk.steps[-1].asks == "existing_ticket"
    talk.say("就是那个")
    assert len(talk.tickets()) == 1
