"""Advice step by step, and what is never taught."""

import pytest

from tests.dialogue.conftest import AIR, AIR_1, LI, OLD_AIR, Talk, said

COLD = {
    "title": "空调不制冷",
    "product_type": "空调",
    "symptom": "不制冷、不凉",
    "steps": "看是不是制冷模式|温度调到24度以下|断电清洗滤网|看外机有没有被挡住",
    "safe": "是",
}
NOZZLE = {"title": "燃气灶换喷嘴", "product_type": "燃气灶", "symptom": "换喷嘴", "steps": "要有资质", "safe": "否"}


@pytest.fixture
def library(world):
    world(customers=[LI], products=[AIR], devices=[AIR_1, OLD_AIR], articles=[COLD, NOZZLE])
    return world


def ask(text: str = "空调不制冷我自己先看看 怎么弄") -> Talk:
    talk = Talk()
    talk.say(text, "ask_how_to", product_type="空调", fault_symptom="不制冷")
    return talk


def test_two_steps_at_a_time(library) -> None:
    talk = ask()
    assert "1. 看是不是制冷模式" in talk.last and "断电清洗滤网" not in talk.last and "解决了吗" in talk.last
    talk.say("试了 还是不凉", "report_unresolved")
    assert "3. 断电清洗滤网" in talk.last and "解决了吗" in talk.last
    step = talk.say("还是不行", "report_unresolved")
    assert step.asks is None and "repair" in step.offers
    assert not talk.tickets()


def test_solved_needs_no_ticket(library) -> None:
    talk = ask()
    step = talk.say("好了好了 凉了 谢谢", "thank")
    assert step.asks is None and "解决了就好" in talk.last and not talk.tickets()


def test_after_all_steps_a_repair_knows_what_is_broken(library) -> None:
    talk = ask()
    talk.say("没用", "deny")
    talk.say("没用", "deny")
    step = talk.say("试了都没用 报修吧", "report_fault")
    assert step.asks == "serial_number"


def test_a_question_on_the_way_comes_back(library) -> None:
    talk = ask()
    step = talk.say("滤网在哪里买", "ask_price")
    assert step.asks == "else" and "解决了吗" in talk.last


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("燃气灶喷嘴怎么自己换喷嘴", "漏气"),
        ("怎么接线 零线火线怎么分", "触电"),
        ("空调怎么自己加氟", "制冷剂"),
        ("洗衣机怎么拆开后盖", "拆"),
    ],
)
def test_dangerous_work_is_not_taught(library, text: str, why: str) -> None:
    talk = Talk()
    step = talk.say(text, "ask_how_to")
    assert why in talk.last and "约师傅" in talk.last
    assert "1." not in talk.last and "repair" in step.offers


def test_opening_a_device_under_warranty_says_what_it_costs(library) -> None:
    talk = Talk()
    talk.say("FD0112-004417", serial_number="FD0112-004417")
    talk.say("这个怎么拆开外壳清理", "ask_how_to")
    assert "保修期内" in talk.last
    other = Talk(sender="other")
    other.say("FD0100-000001", serial_number="FD0100-000001")
    other.say("这个怎么拆开外壳清理", "ask_how_to")
    assert "保修期内" not in other.last and "师傅" in other.last


def test_mended_by_oneself_registers_nothing(world):
    talk = Talk()
    talk.say("洗碗机排不了水 我先自己弄 别派人来", "ask_how_to", product_type="洗碗机", fault_symptom="排不了水")
    step = talk.say("弄好了 谢谢", "thank")
    assert talk.tickets() == [] and step.asks is None and step.transition is None and "好了" in said(step)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("燃气灶的管子怎么自己换 教一下步骤", "漏气"),
        ("煤气阀门怎么拆", "漏气"),
        ("热水器能自己移机吗 怎么拆", "漏气"),
        ("插座没电了怎么接线", "触电"),
        ("墙上的开关怎么换", "触电"),
        ("怎么拆开空调外壳清洗电机", "割伤"),
        ("笔记本电池怎么换", "割伤"),
        ("空调怎么加氟", "冻伤"),
        ("外机自己能洗吗 我探出窗去", "高处"),
    ],
)
def test_dangerous_work_is_never_explained(world, line, why):
    world(articles=[{"title": "怎么换", "symptom": line[:8], "steps": "第一步|第二步|第三步", "safe": "是"}])
    step = Talk().say(line, "ask_how_to")
    assert why in said(step) and "repair" in step.offers and "第一步" not in said(step)


@pytest.mark.parametrize("line", ["遥控器电池怎么换", "空调滤网怎么拆下来洗", "热水器水管怎么防冻"])
def test_harmless_work_is_not_refused(world, line):
    step = Talk().say(line, "ask_how_to")
    assert "危险" not in said(step)


def test_what_cannot_wait_is_registered_instead_of_looked_up(world):
    line = "诊所放疫苗的冰柜温度到15度了 怎么办 急"
    step = Talk().say(line, "ask_how_to", product_type="冰柜", fault_symptom="温度到15度")
    assert step.asks == "serial_number"
