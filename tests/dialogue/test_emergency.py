"""Danger: safety first, an A ticket and people at once, then the least data."""

import pytest

from desk.records.db import reading
from desk.records.models import StaffNotice, TicketNote
from tests.dialogue.conftest import LI, Talk, said


def test_gas_at_night_on_the_phone(world):
    world.clock("2026-11-21T22:48:00+08:00")
    talk = Talk(channel="phone")
    step = talk.say(
        "喂我家热水器那边一股煤气味啊我头有点晕", "report_emergency", product_type="热水器", fault_symptom="一股煤气味"
    )
    assert said(step).startswith("先保证安全")
    assert "119" in said(step)
    assert step.handoff == {"reason": "emergency"}
    [ticket] = talk.tickets()
    assert (ticket.severity, ticket.kind) == ("A", "repair")
    assert step.asks == "phone"
    step = talk.say("窗户开了开了", "inform")
    assert step.asks == "phone"
    step = talk.say("幺三五零零零零二九幺七", "inform")
    assert step.asks == "address"
    step = talk.say(
        "沈阳和平区南京南街二十八号三单元五零二", "inform", address="沈阳和平区南京南街二十八号三单元五零二"
    )
    assert step.transition["to"] == "queued"
    [ticket] = talk.tickets()
    assert ticket.contact_phone == "13500002917"
    assert ticket.address == "沈阳和平区南京南街28号3单元502"


@pytest.mark.parametrize("line", ["冒烟了", "漏电了 手麻", "着火了快来", "电梯困人了"])
def test_danger_is_heard_whatever_the_understanding_says(world, line):
    step = Talk().say(line, "out_of_scope", confidence=0.3)
    assert step.handoff == {"reason": "emergency"}


@pytest.mark.parametrize("line", ["气得我要爆炸了 空调还没人修", "没有冒烟 就是不转", "空调跳闸了"])
def test_figures_of_speech_are_not(world, line):
    step = Talk().say(line, "report_fault", product_type="空调", fault_symptom="不转")
    assert step.handoff is None


def test_danger_inside_another_journey(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    step = talk.say("等下 插头冒火花了", "report_emergency", fault_symptom="插头冒火花")
    assert step.handoff == {"reason": "emergency"}
    assert talk.tickets()[0].severity == "A"


def test_one_emergency_is_one_ticket(world):
    talk = Talk()
    talk.say("冒烟了", "report_emergency", fault_symptom="冒烟了")
    talk.say("还在冒烟啊怎么办", "report_emergency", fault_symptom="冒烟")
    talk.say("13800000001")
    assert len(talk.tickets()) == 1
    assert talk.tickets()[0].contact_phone == "13800000001"


def test_distress_is_met_with_care_and_nothing_is_asked(world):
    world.clock("2026-11-09T23:55:00+08:00")
    talk = Talk(channel="wechat")
    step = talk.say("冰箱也坏了 工作也没了 人活着有什么意思", "report_fault", product_type="冰箱")
    assert step.handoff == {"reason": "distress"}
    assert "12356" in said(step)
    assert step.asks is None
    assert "序列号" not in said(talk.say("不想活了", "out_of_scope"))
    assert not talk.tickets()


def test_known_customer_is_not_asked_for_the_phone_in_danger(world):
    world(customers=[{**LI, "wechat_openid": "wx-li"}])
    talk = Talk(channel="wechat", sender="wx-li")
    step = talk.say("插座打火了", "report_emergency", fault_symptom="打火")
    assert step.asks == "address"
    assert talk.tickets()[0].contact_phone == LI["phone"]


def test_a_fault_taken_for_an_emergency_without_a_word_of_danger_is_a_fault(world) -> None:
    talk = Talk()
    step = talk.say("平板屏碎了 我坐了一屁股", "report_emergency", product_type="平板")
    assert step.handoff is None and not talk.tickets() and step.asks == "serial_number"


def test_what_may_be_dangerous_stays_an_emergency(world) -> None:
    talk = Talk()
    step = talk.say("滑板车前叉断 下巴缝针", "report_emergency", product_type="滑板车")
    assert step.handoff == {"reason": "emergency"}


def test_a_complaint_that_danger_interrupts_is_not_lost(world):
    talk = Talk()
    talk.say("我要投诉 师傅上门态度恶劣还乱收钱", "complain")
    step = talk.say("等等 热水器那里冒烟了", "report_emergency", product_type="热水器", fault_symptom="冒烟")
    assert "119" in said(step) and step.handoff == {"reason": "emergency"}
    kinds = {ticket.kind: ticket for ticket in talk.tickets()}
    assert set(kinds) == {"complaint", "repair"}
    assert "态度恶劣" in kinds["complaint"].symptom and "冒烟" in kinds["repair"].symptom
    assert kinds["complaint"].linked_tickets == [kinds["repair"].number]
    talk.say("13800000001")
    step = talk.say("苏州市姑苏区观前街1号", address="苏州市姑苏区观前街1号")
    assert kinds["complaint"].number in said(step)
    complaint = next(ticket for ticket in talk.tickets() if ticket.kind == "complaint")
    assert complaint.contact_phone == "13800000001"
    with reading() as session:
        assert session.query(StaffNotice).filter_by(purpose="complaint").count() == 1


def test_what_else_danger_interrupts_is_written_down(shop):
    talk = Talk()
    talk.say("我要退货 上个月买的", "request_return_exchange")
    talk.say("插座漏电了 手麻", "report_emergency", fault_symptom="漏电")
    talk.say("13800000001")
    talk.say("苏州市姑苏区观前街1号", address="苏州市姑苏区观前街1号")
    [ticket] = talk.tickets()
    with reading() as session:
        notes = [note.text for note in session.query(TicketNote).filter_by(ticket_id=ticket.id)]
    assert any("退换货" in note for note in notes)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("灶没关严 满屋煤七味", "燃气总阀"),
        ("热水器漏水漏得一地都是 插座都泡了", "进水总阀"),
        ("楼上洗衣机漏水 我家天花板在滴 水停不住", "进水总阀"),
    ],
)
def test_what_the_words_of_danger_lack(world, line, words):
    step = Talk().say(line, "report_fault", fault_symptom="漏水")
    assert step.handoff == {"reason": "emergency"} and words in said(step)


@pytest.mark.parametrize("line", ["急得我冒火", "我快被你们气爆了", "电视画面像着了火一样红"])
def test_what_is_likened_to_fire_is_none(world, line):
    step = Talk().say(line, "report_emergency")
    assert step.handoff is None


def test_a_smell_likened_to_gas_is_gas(world):
    assert Talk().say("有股像煤气一样的味道", "report_fault").handoff == {"reason": "emergency"}


@pytest.mark.parametrize(
    ("line", "danger"),
    [("师傅把我家地板砸了个坑 怎么赔", False), ("瓷砖被你们砸裂了", False), ("柜子倒了砸到孩子了", True)],
)
def test_a_hurt_floor_is_no_injury(world, line, danger):
    step = Talk().say(line, "complain")
    assert (step.handoff == {"reason": "emergency"}) is danger
