"""Complaints, low scores and tempers in the dialogue."""

import pytest

from desk import time
from desk.cases import complaints
from desk.records.db import reading, transaction
from desk.records.models import Callback, Complaint, OncallPerson, Rating, StaffNotice, Ticket
from tests.dialogue.conftest import Talk, said


@pytest.fixture
def house(world):
    """A supervisor and a head who can be told."""
    with transaction() as session:
        for name, role in (("周敏", "supervisor"), ("高峰", "manager")):
            session.add(OncallPerson(name=name, role=role, phone="13800000900"))
    return world


def complain(talk: Talk, text: str, phone: str = "15800000001"):
    step = talk.say(text, "complain")
    if step.asks == "phone":
        step = talk.say(phone, phone=phone)
    return step


def the_complaint() -> Complaint:
    with reading() as session:
        return session.query(Complaint).one()


def notices() -> list[tuple[int | None, str]]:
    with reading() as session:
        return [(row.person_id, row.title) for row in session.query(StaffNotice).order_by(StaffNotice.id)]


def test_a_plan_within_a_day_and_the_supervisor_is_told(house) -> None:
    talk = Talk()
    step = complain(talk, "昨天的师傅态度特别差，还乱收费")
    assert step.handoff == {"reason": "complaint"}
    assert "明天" in talk.last and "主管已经收到" in talk.last and "负责人也收到" not in talk.last
    found = the_complaint()
    assert found.grade == "important" and "服务态度" in found.reasons
    assert (found.plan_due - time.now()).total_seconds() <= 24 * 3600
    assert len(notices()) == 1 and "重要投诉" in notices()[0][1]


def test_a_major_one_reaches_the_head_at_once(house) -> None:
    talk = Talk()
    complain(talk, "拖了一个月没人管 我要找律师起诉你们")
    found = the_complaint()
    assert found.grade == "major" and found.head_at
    assert len(notices()) == 2 and all("重大投诉" in title for _, title in notices())
    assert "部门负责人也收到" in talk.last


def test_nobody_is_said_to_be_told_who_cannot_be(world) -> None:
    talk = Talk()
    complain(talk, "昨天的师傅态度特别差，还乱收费")
    assert "主管" not in talk.last


def test_told_again_before_it_is_settled_it_rises_and_is_not_doubled(house) -> None:
    talk = Talk()
    complain(talk, "约好上午来没人来，白等半天")
    talk.say("到现在还没人给我个说法 我还要投诉", "complain")
    [ticket] = talk.tickets()
    assert ticket.kind == "complaint" and ticket.number in talk.last
    assert the_complaint().grade == "major" and the_complaint().raised == 1
    assert "对不起" in talk.last


def test_a_second_complaint_after_the_first_was_settled_rises_a_class(house) -> None:
    talk = Talk()
    complain(talk, "约好上午来没人来，白等半天")
    with transaction() as session:
        session.query(Ticket).one().status = "closed"
    complain(talk, "这次的师傅态度又很差")
    assert len(talk.tickets()) == 2
    with reading() as session:
        assert [one.grade for one in session.query(Complaint).order_by(Complaint.ticket_id)] == ["important", "major"]


def test_the_head_is_due_after_two_days(house) -> None:
    complain(Talk(), "电话老是打不通，太难联系了")
    with transaction() as session:
        assert complaints.due_for_head(session, time.now()) == []
    house.clock("2026-11-23T10:30:00+08:00")
    with transaction() as session:
        [(complaint, ticket)] = complaints.due_for_head(session, time.now())
        complaints.tell_head(session, complaint, ticket)
        assert complaints.due_for_head(session, time.now()) == []


def test_a_low_score_asks_why_and_somebody_calls(house) -> None:
    talk = Talk()
    talk.say("我电话15800000001", phone="15800000001")
    step = talk.say("给1分", "rate_service")
    assert step.asks == "reason"
    step = talk.say("修完地上一堆泥 也不收拾")
    assert step.callback and step.callback["phone"] == "15800000001" and "0001" in talk.last
    with reading() as session:
        rating = session.query(Rating).one()
        assert rating.score == 1 and "一堆泥" in rating.reason and rating.follow_up_due
        assert session.query(Callback).one().reason == "low_rating"
    assert any("低分评价" in title for _, title in notices())


def test_a_low_score_without_a_number_is_followed_up_here(house) -> None:
    talk = Talk()
    talk.say("差评", "rate_service")
    step = talk.say("来晚了两个小时")
    assert step.callback is None and "在这里回复" in talk.last


@pytest.mark.parametrize(
    ("text", "score"),
    [("给5分", 5), ("三星吧", 3), ("非常不满意", 1), ("8分（满分10分）", 4), ("10/10", 5), ("0分", 1), ("不太满意", 2)],
)
def test_scores(text: str, score: int) -> None:
    from desk.cases import ratings

    assert ratings.score_of(text) == score


def test_an_upset_customer_gets_fewer_words_and_a_person_sooner(shop) -> None:
    talk = Talk()
    step = talk.say("什么破空调！！又不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    assert "human" in step.offers and "转人工" in talk.last
    talk.say("问什么问！！烦死了", "out_of_scope")
    assert talk.steps[-1].handoff == {"reason": "angry_customer"}


def test_abuse_is_met_calmly_and_ever_shorter(world) -> None:
    talk = Talk()
    said = []
    for _ in range(3):
        talk.say("滚 傻逼", "out_of_scope")
        said.append(talk.last)
    assert len(set(said)) == 3 and all("您" in one or "我" in one for one in said)
    assert not talk.tickets()


def test_a_curse_instead_of_the_reason_files_nothing(world):
    talk = Talk()
    talk.say("垃圾公司", "complain")
    step = talk.say("滚", "out_of_scope")
    assert talk.tickets() == [] and step.asks is None


def test_a_drum_is_no_curse(world):
    step = Talk().say("滚筒又坏 我要投诉", "complain")
    assert "对不起" in said(step)


def test_a_reason_told_with_the_score_is_not_asked_for(world):
    talk = Talk()
    step = talk.say("打1分 师傅来了两次都没修好 还收了我80块 电话13900001111", "rate_service")
    assert step.asks is None and step.callback["phone"] == "13900001111" and "对不起" in said(step)
    assert Talk(sender="other").say("服务打1分", "rate_service").asks == "reason"
