"""How bad a fault is, from the customer's words."""

from pathlib import Path

import pytest

from desk.rules.errors import RuleInputError
from desk.rules.severity import Severity, assess, change, load_severity
from desk.rules.yamlfile import PolicyError
from tests.rules.build import day


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("冒烟了", "A"),
        ("插座冒火花", "A"),
        ("洗衣机漏电，手一碰就麻手", "A"),
        ("不小心漏电了", "A"),
        ("一股煤气味我头有点晕", "A"),
        ("开了热水器就头晕恶心", "A"),
        ("燃气灶那边好像有点漏", "A"),
        ("吊灯掉下来砸到我婆婆头上出血了", "A"),
        ("电梯里困住两个人", "A"),
        ("刹车失灵", "A"),
        ("水管爆了，家里都淹了", "A"),
        ("整条产线停了", "A"),
        ("我们车间变频器报警停机了", "A"),
        ("没有冒烟，就是不转", "B"),
        ("没闻到煤气味，就是打不着火", "B"),
        ("空气炸锅不加热", "B"),
        ("漏电保护跳闸", "B"),
        ("我都快要炸了，空调还是不冷", "B"),
        ("电脑中毒了开不了机", "B"),
        ("充电到一半就停", "B"),
        ("打印纸出不来", "B"),
        ("洗碗机漏水", "B"),
        ("键盘按不出来", "B"),
        ("屏碎", "B"),
        ("饮水机漏水", "B"),
        ("卡纸", "B"),
        ("温度一直升，里面两万块的海鲜", "B"),
        ("屏幕上一条绿线", "B"),
        ("续航掉得厉害", "C"),
        ("偶尔不制冷", "C"),
        ("有时候蓝屏", "C"),
        ("有时间来看看吗，洗衣机不转", "B"),
        ("外壳有划痕", "C"),
        ("吸力越来越小", "C"),
        ("喷白粉", "C"),
        ("怎么用除湿功能", "C"),
        ("", "C"),
        ("  ", "C"),
    ],
)
def test_words(said: str, code: str) -> None:
    assert assess(said).code == code


def test_the_reason_names_the_word() -> None:
    assert assess("洗碗机漏水").reason == "主要功能受影响或正在造成损失（提到“漏水”）"
    assert assess("煤气灶旁边恶心想吐").reason == "燃气和身体不适一起出现（提到“煤气、恶心”）"


def test_circumstances() -> None:
    assert assess("说不清", emergency=True) == Severity("A", "客户报的是紧急情况")
    assert assess("不制冷", critical=True).code == "A"
    assert assess("有点吵，声音大", critical=True).code == "C"
    assert assess("系统停机", contract=True).code == "A"
    assert assess("系统停机").code == "B"
    assert assess("没有停机", contract=True).code == "B"
    assert assess("漏水", contract=True).code == "B"


def test_a_word_denied_once_may_be_said_again() -> None:
    assert assess("刚开始没冒烟，后来冒烟了").code == "A"


def test_agents_may_change_it_with_a_reason() -> None:
    assert change(assess("漏水"), "A", " 水已经流到楼下 ") == Severity("A", "水已经流到楼下", "B")
    with pytest.raises(RuleInputError, match="要写原因"):
        change(assess("漏水"), "A", " ")
    with pytest.raises(RuleInputError, match="不能是“S”"):
        change(assess("漏水"), "S", "急")


def test_a_company_edits_the_words(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "desk/rules/policy/severity.yml").read_text("utf-8")
    own = text.replace("raise_critical: true", "raise_critical: false").replace("default: B", "default: C")
    (tmp_path / "severity.yml").write_text(own, "utf-8")
    rules = load_severity(tmp_path).on(day("2026-11-21"))

    assert assess("不制冷", critical=True, rules=rules).code == "B"
    assert assess("屏幕上一条绿线", rules=rules).code == "C"

    for wrong, message in (("text:", "不认识的键"), ("all_of: [], words:", "要写且只写一个")):
        broken = text.replace("{why: 有爆炸的危险, words:", f"{{why: 有爆炸的危险, {wrong}")
        (tmp_path / "severity.yml").write_text(broken, "utf-8")
        with pytest.raises(PolicyError, match=message):
            load_severity(tmp_path)
