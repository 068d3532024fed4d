"""Existing tickets: told to their owner only, urged, added to, cancelled."""

import pytest

from tests.dialogue.conftest import AIR, AIR_1, LI, Talk, said

OPEN = {"number": "TK20261121-0055", "phone": LI["phone"], "kind": "repair", "status": "new", "symptom": "掉线"}


@pytest.fixture
def li(world):
    """李敏 on her bound WeChat with a ticket of this morning."""
    world(customers=[{**LI, "wechat_openid": "wx-li"}], tickets=[OPEN])
    world.clock("2026-11-21T09:20:00+08:00")
    return Talk(channel="wechat", sender="wx-li")


def test_status_is_told_to_the_owner(li):
    step = li.say("我的单子到哪了", "check_ticket")
    assert step.tickets == ["TK20261121-0055"]
    assert "等待派工" in said(step)


def test_stranger_learns_nothing_not_even_that_it_exists(world):
    world(customers=[LI], tickets=[OPEN])
    answers = []
    for number in ("TK20261121-0055", "TK20261121-0999"):
        talk = Talk(channel="web", sender=f"x{number}")
        step = talk.say(f"查下{number} 到哪了", "check_ticket", ticket_number=number)
        assert step.asks == "phone"
        assert not step.tickets
        step = talk.say("13600000001", phone="13600000001")
        assert not step.tickets
        answers.append(said(step))
        assert LI["phone"] not in said(step)
    assert answers[0] == answers[1]


def test_number_and_registered_phone_prove_the_owner(world):
    world(customers=[LI], tickets=[OPEN])
    talk = Talk()
    talk.say("TK20261121-0055 修到哪了", "check_ticket", ticket_number="TK20261121-0055")
    step = talk.say(LI["phone"], phone=LI["phone"])
    assert step.tickets == ["TK20261121-0055"]


def test_urge_within_the_deadline_is_counted_and_answered_honestly(li):
    step = li.say("怎么还不来啊 快点", "urge_ticket")
    assert step.handoff is None
    assert step.tickets == ["TK20261121-0055"]
    assert "前" in said(step)


def test_urge_when_overdue_brings_a_person(world):
    world(customers=[{**LI, "wechat_openid": "wx-li"}], tickets=[{**OPEN, "number": "TK20261112-0380"}])
    talk = Talk(channel="wechat", sender="wx-li")
    step = talk.say("都八天了怎么还没人来！！", "urge_ticket")
    assert step.handoff == {"reason": "sla_breached"}
    assert "对不起" in said(step)


def test_cancel_only_after_a_second_thought(li):
    step = li.say("不修了 取消吧", "cancel_ticket")
    assert step.asks == "confirm"
    li.say("先不取消", "deny")
    assert "取消" not in said(li.say("查一下进度", "check_ticket")).split("。")[0]
    li.say("还是取消", "cancel_ticket")
    step = li.say("确定", "affirm")
    assert "已取消" in said(step)


def test_new_phone_goes_into_the_ticket(li):
    step = li.say("电话留错了，改成15900003317", "add_to_ticket", phone="15900003317")
    assert "15900003317" in said(step)


def test_repaired_and_broken_again_reopens(world):
    world(
        customers=[{**LI, "wechat_openid": "wx-li"}],
        products=[AIR],
        devices=[AIR_1],
        tickets=[{**OPEN, "status": "closed", "serial_number": AIR_1["serial_number"], "symptom": "不制冷"}],
    )
    talk = Talk(channel="wechat", sender="wx-li")
    step = talk.say("上次修完还是不制冷", "report_unresolved", fault_symptom="不制冷")
    assert step.tickets == ["TK20261121-0055"]
    assert "重新打开" in said(step)
