"""Nobody wonders whether they were heard, and no question is put twice in the same words."""

import itertools

import pytest

from desk import texts
from desk.cases.dialogue.case import _worded
from tests.dialogue.conftest import AIR, LI, OLD_AIR, Talk, said

FAULT = {"product_type": "空调", "fault_symptom": "不制冷"}


def test_what_is_told_at_the_payment_is_taken_in_before_it_is_asked_again(world):
    world(customers=[LI], products=[AIR], devices=[OLD_AIR])
    talk = Talk()
    talk.say("空调不制冷", "report_fault", **FAULT)
    first = said(talk.say("FD0100-000001"))
    step = talk.say("是整个不冷 风是有的", "inform")
    assert "记下了：整个不冷" in said(step) and "风是有的" in step.intake["symptom"]
    assert said(step).split("\n")[-1] not in first


@pytest.mark.parametrize("line", ["啥", "？", "没懂", "你刚才不是问过了吗"])
def test_a_question_is_put_in_other_words(shop, line):
    talk = Talk()
    first = said(talk.say("空调不制冷", "report_fault", **FAULT))
    step = talk.say(line, "out_of_scope", confidence=0.4)
    assert step.asks == "serial_number"
    assert said(step).split("\n")[-1] not in first


def test_no_question_with_other_words_is_worded_the_same_twice_running():
    keys = [key.removeprefix("again.") for key in texts.catalogue() if key.startswith("again.")]
    assert len(keys) > 30
    for key in keys:
        assert texts.has(key), key
        words = [str(texts.catalogue()[_worded(key, times)]) for times in range(1, 6)]
        assert all(one != other for one, other in itertools.pairwise(words)), key


def test_a_model_for_the_serial_number_goes_on_with_the_date(world):
    world(products=[AIR])
    talk = Talk()
    talk.say("空调不制冷", "report_fault", **FAULT)
    step = talk.say("型号是KFR-35GW", "inform")
    assert step.asks == "purchase_date" and "没查到" not in said(step)
    assert step.intake["model_said"] == "KFR-35GW"


def test_several_questions_are_all_answered(world):
    world(
        products=[AIR],
        prices=[{"item": "压缩机", "kind": "part", "amount_yuan": "800", "category": "空调"}],
        branches=[{"name": "西湖店", "city": "杭州", "district": "西湖区", "address": "文三路1号", "phone": "0571-1"}],
    )
    talk = Talk()
    step = talk.say("空调不制冷，换压缩机多少钱？你们几点下班？西湖区有店没？", "ask_service_info", **FAULT)
    assert said(step).index("800") < said(step).index("人工客服") < said(step).index("西湖店")


def test_a_yes_to_the_repair_that_was_proposed_starts_it(shop):
    talk = Talk()
    talk.say("空调FD0112-004417不制冷还保修吗", "ask_warranty", **FAULT)
    step = talk.say("好的", "affirm")
    assert step.pending == "phone" and "不制冷" in step.intake["symptom"]


def test_nobody_hurt_is_heard_without_the_safety_text_again(world):
    talk = Talk()
    first = said(talk.say("冰箱冒烟了", "report_emergency", product_type="冰箱"))
    step = talk.say("没人伤着", "deny")
    assert step.asks == "phone" and "人没事就好" in said(step)
    assert first.split("\n")[0] not in said(step)


def test_a_number_of_another_device_does_not_change_what_is_booked(world):
    tv = {"model": "TV8", "name": "电视", "product_type": "电视", "category": "home_appliance"}
    world(products=[AIR, tv], devices=[{**OLD_AIR, "customer_no": ""}, {"serial_number": "TV8-220011", "model": "TV8"}])
    talk = Talk()
    talk.say("空调不制冷 FD0100-000001", "report_fault", **FAULT)
    step = talk.say("那电视TV8-220011呢", "ask_warranty", product_type="电视")
    assert step.intake["serial"] == "FD0100-000001"
    assert "TV8" in said(step)
