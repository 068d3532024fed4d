"""What goes into a ticket of the customer's words: faults without questions, places without talk."""

import pytest

from desk.cases.dialogue import memory, places
from desk.cases.dialogue.telling import own_words, statements

FAULTS = [
    ("我那台洗衣机漏水还保修吗", "洗衣机漏水"),
    ("洗衣机修一次多少钱 甩干的时候哐哐响", "洗衣机 甩干的时候哐哐响"),
    ("空调不制冷，换压缩机多少钱？你们几点下班？", "空调不制冷"),
    ("空调不制冷怎么办", "空调不制冷"),
    ("手机屏碎了换个屏要多少钱", "手机屏碎了"),
    ("我要投诉 洗衣机漏水漏了一地", "洗衣机漏水漏了一地"),
    ("那你们来修一下吧", ""),
    ("还在保修期 免费换吧", ""),
    ("我不是要退货 是想修 洗衣机漏水", "洗衣机漏水"),
    ("你们什么垃圾产品 买了半年电视就坏了 屏幕全是线", "买了半年电视就坏了 屏幕全是线"),
    ("洗衣机[抓狂]漏水", "洗衣机 漏水"),
    ("我是帮我邻居报修的 他家洗衣机漏水", "他家洗衣机漏水"),
    ("平板屏碎了 我坐了一屁股", "平板屏碎了 我坐了一屁股"),
]

PLACES = [
    (
        "就我老家，余杭区良渚街道古墩路100号，就是那个蓝天小区2幢301",
        "余杭区良渚街道古墩路100号蓝天小区2幢301",
    ),
    ("地址是杭州市西湖区文三路20号3幢502吧", "杭州市西湖区文三路20号3幢502"),
    ("我家在成都市武侯区科华北路65号 到了打电话", "成都市武侯区科华北路65号"),
    ("那个…浦东新区张江路88弄3号402室，好找的", "浦东新区张江路88弄3号402室"),
    ("家乐小区3号楼", "家乐小区3号楼"),
    ("里仁镇家电城旁边", "里仁镇家电城旁边"),
    ("我妈家在苏州姑苏区平江路5号", "苏州姑苏区平江路5号"),
]


@pytest.mark.parametrize(("said", "fault"), FAULTS)
def test_a_fault_is_told_without_what_is_asked(said, fault):
    assert own_words(statements(said)) == fault


@pytest.mark.parametrize(("said", "place"), PLACES)
def test_a_place_is_told_without_the_talk_around_it(said, place):
    assert places.clean(said) == place


def test_a_thing_that_is_left_is_known_again_by_its_kind():
    facts: memory.Facts = {
        "product_type": "洗衣机",
        "symptom": "漏水",
        "serial": "A1",
        "phone": "138",
        "paid": "agreed",
    }
    state: memory.Facts = {}
    memory.leave(facts, state)
    assert facts == {"phone": "138", "unknown": []}
    facts["product_type"] = "电视"
    memory.recall(facts, state)
    assert "symptom" not in facts
    facts["product_type"] = "洗衣机"
    memory.recall(facts, state)
    assert (facts["symptom"], facts["serial"]) == ("漏水", "A1")


def test_a_trouble_that_is_done_with_does_not_come_back():
    state: memory.Facts = {}
    memory.keep({"product_type": "洗衣机", "symptom": "漏水", "serial": "A1"}, state, done=True)
    facts: memory.Facts = {}
    memory.recall(facts, state)
    assert facts == {}
    facts = {"product_type": "洗衣机", "symptom": "不转"}
    memory.recall(facts, state)
    assert (facts["symptom"], facts["serial"]) == ("不转", "A1")
