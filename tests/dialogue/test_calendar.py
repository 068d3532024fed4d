"""Times from engineers' calendars in the dialogue."""

import pytest

from desk.records.db import reading, transaction
from desk.records.models import Engineer, Ticket, Visit
from tests.dialogue.conftest import AIR, AIR_1, LI, Talk, said

LU = {
    "name": "陆志强",
    "phone": "13800000801",
    "skills": "空调、冰箱",
    "regions": "武汉市洪山区",
    "shift": "周一至周五 08:30-17:30",
}


@pytest.fixture
def staffed(world):
    world(customers=[LI], products=[AIR], devices=[AIR_1, {**AIR_1, "serial_number": "FD0112-004418"}], engineers=[LU])
    return world


def to_the_time(serial: str = "FD0112-004417", sender: str = "visitor") -> Talk:
    talk = Talk(sender=sender)
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say(serial, serial_number=serial)
    if talk.steps[-1].asks == "phone":
        talk.say("15000009174", phone="15000009174")
    while talk.steps[-1].asks in ("existing_ticket", "service_mode", "address"):
        answers = {"existing_ticket": "新的问题", "service_mode": "上门", "address": LI["address"]}
        talk.say(answers[talk.steps[-1].asks])
    assert talk.steps[-1].asks == "visit_time", talk.last
    return talk


def visits_now() -> list[Visit]:
    with reading() as session:
        return list(session.query(Visit).order_by(Visit.id))


def test_three_real_times_are_offered(staffed) -> None:
    talk = to_the_time()
    step = talk.steps[-1]
    assert "next_slot" in step.offers
    offered = [button["title"] for button in step.replies[-1].buttons]
    assert len(offered) == 4 and offered[-1] == "更多时间"
    assert offered[0] == "后天 08:30–10:30"


def test_a_wish_is_matched_kept_and_booked(staffed) -> None:
    talk = to_the_time()
    step = talk.say("周二下午", visit_time="周二下午")
    assert step.asks == "confirm" and "留着" in talk.last
    assert [visit.state for visit in visits_now()] == ["held"]
    talk.say("对的", "affirm")
    [ticket] = talk.tickets()
    assert ticket.visit_start and ticket.visit_start.isoformat().startswith("2026-11-24T06:30")
    assert ticket.status == "scheduled" and ticket.engineer_id
    assert [visit.state for visit in visits_now()] == ["booked"]
    assert "约好" in talk.last


def test_a_wish_that_nobody_can_keep_gets_the_nearest(staffed) -> None:
    talk = to_the_time()
    step = talk.say("周六下午", visit_time="周六下午")
    assert step.asks == "visit_time" and "排不开" in talk.last
    assert {"next_slot", "human"} <= set(step.offers)
    step = talk.say("第一个吧")
    assert step.asks == "confirm", talk.last


def test_more_times_and_another_day(staffed) -> None:
    talk = to_the_time()
    first = said(talk.steps[-1])
    step = talk.say("还有别的时间吗", "ask_service_info", confidence=0.4)
    assert step.asks == "visit_time" and talk.last != first
    step = talk.say("换一天吧")
    assert step.asks == "visit_time"
    step = talk.say("你们安排就行")
    assert step.asks == "confirm" and "留着" in talk.last


def test_another_wish_frees_the_time_kept(staffed) -> None:
    talk = to_the_time()
    talk.say("周二下午", visit_time="周二下午")
    step = talk.say("时间改成周三上午", visit_time="周三上午")
    assert step.asks == "confirm" and "周三" in talk.last
    assert [visit.state for visit in visits_now()] == ["cancelled", "held"]


def test_a_refusal_frees_the_time_kept(staffed) -> None:
    talk = to_the_time()
    talk.say("周二下午", visit_time="周二下午")
    talk.say("算了 不修了 取消", "cancel_ticket")
    assert [visit.state for visit in visits_now()] == ["cancelled"]


def test_a_time_that_went_to_somebody_else_is_said_and_the_next_offered(staffed) -> None:
    with transaction() as session:
        session.query(Engineer).one().shift = {"days": [2], "from": "08:30", "to": "10:30"}
    first, second = to_the_time(), to_the_time("FD0112-004418", "somebody else")
    first.say("周二上午", visit_time="周二上午")
    staffed.clock("2026-11-21T10:30:00+08:00")
    second.say("周二上午", visit_time="周二上午")
    second.say("对", "affirm")
    assert second.tickets()
    step = first.say("对", "affirm")
    assert "先约走" in first.last and not first.tickets()
    assert step.asks == "visit_time"
    first.say("你们安排吧")
    first.say("对", "affirm")
    [ticket] = first.tickets()
    assert ticket.visit_start and ticket.visit_start.isoformat().startswith("2026-12-01")


def test_nobody_goes_there_and_that_is_said(staffed) -> None:
    with transaction() as session:
        session.query(Engineer).one().regions = ["上海市"]
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417", serial_number="FD0112-004417")
    step = talk.say("15000009174", phone="15000009174")
    while step.asks in ("service_mode", "address"):
        step = talk.say({"service_mode": "上门", "address": "武汉市洪山区珞喻路10号"}[step.asks])
    assert step.asks == "confirm" and "没有可以直接约的师傅" in talk.last
    talk.say("对", "affirm")
    [ticket] = talk.tickets()
    assert ticket.visit_start is None and not visits_now()


def test_moving_and_calling_off(staffed) -> None:
    talk = to_the_time()
    talk.say("周二下午", visit_time="周二下午")
    talk.say("对", "affirm")
    talk.say("改到周三上午吧", "change_visit", visit_time="周三上午")
    [ticket] = talk.tickets()
    assert ticket.visit_start and ticket.visit_start.isoformat().startswith("2026-11-25")
    assert [visit.state for visit in visits_now()] == ["cancelled", "booked"]
    talk.say("师傅别来了，我出差", "change_visit")
    [ticket] = talk.tickets()
    assert ticket.visit_start is None and ticket.status not in ("cancelled", "closed")
    assert [visit.state for visit in visits_now()] == ["cancelled", "cancelled"]


def test_moving_without_a_time_offers_real_ones(staffed) -> None:
    talk = to_the_time()
    talk.say("周二下午", visit_time="周二下午")
    talk.say("对", "affirm")
    step = talk.say("上门时间想改一下", "change_visit")
    assert step.asks == "visit_time" and "next_slot" in step.offers
    talk.say("最后那个")
    assert "改到" in talk.last
    assert [visit.state for visit in visits_now()] == ["cancelled", "booked"]


def test_cancelling_the_ticket_frees_the_time(staffed) -> None:
    talk = to_the_time()
    talk.say("周二下午", visit_time="周二下午")
    talk.say("对", "affirm")
    talk.say("不用修了 单子取消", "cancel_ticket")
    talk.say("确定", "affirm")
    with reading() as session:
        assert session.query(Ticket).one().status == "cancelled"
    assert [visit.state for visit in visits_now()] == ["cancelled"]
