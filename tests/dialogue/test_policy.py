"""What the rules say is told with the figures of the policy, also of a company's own."""

from pathlib import Path

import pytest

from desk.rules.places import company_dir
from tests.dialogue.conftest import Talk

POLICY = Path(__file__).parents[2] / "desk" / "rules" / "policy"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a company's own policy files."""
    (tmp_path / "warranty").mkdir()
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    assert company_dir() == tmp_path
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "figures"),
    [
        ("买了几天内坏了可以退，七天吗", ["家电、电脑、手机", "7 天", "7 天内可以无理由"]),
        ("十五天内坏了呢", ["15 天", "换货"]),
        ("修了两次还不行怎么办", ["修过 2 次", "电脑要求是同一个故障"]),
        ("电脑修了两次还不行怎么办", ["同一个故障修过 2 次"]),
        ("汽车修了两次还不行怎么办", ["修过 2 次", "30 天"]),
        ("空调保几年", ["空调整机保 1 年", "保 3 年", "压缩机"]),
        ("手机保修期多久 保几年", ["手机整机保 1 年"]),
        ("一般保几年", ["空调整机保 1 年、主要部件保 3 年", "电脑整机保 1 年、主要部件保 2 年"]),
        ("汽车保几年", ["3 年或 6 万公里", "2 年或 5 万公里"]),
        ("投影仪保几年", ["按我们承诺"]),
        ("投影仪七天能退吗", ["7 天内发现质量问题"]),
        ("服务器保几年", ["合同"]),
        ("保修从哪天开始算", ["装好那天", "送到、开票、购买"]),
        ("一直没有配件修了一个月了怎么规定的", ["90 天", "30 天"]),
        ("没有发票行吗", ["订单"]),
        ("退货运费谁出", ["7 天无理由"]),
        ("三包怎么规定的", ["7 天", "15 天", "2 次"]),
    ],
)
def test_a_rule_is_told_with_its_figures(world, asked: str, figures: list[str]) -> None:
    talk = Talk()
    talk.say(asked, "ask_policy")
    assert [figure for figure in figures if figure not in talk.last] == [], talk.last
    assert "{" not in talk.last


def test_a_company_with_longer_periods_says_them(world, own: Path) -> None:
    shipped = (POLICY / "warranty" / "mobile_phone.yml").read_text("utf-8")
    ours = shipped.replace("days: {value: 7,", "days: {value: 10,")
    ours = ours.replace("whole_months: {value: 12,", "whole_months: {value: 24,", 1)
    (own / "warranty" / "mobile_phone.yml").write_text(ours, "utf-8")
    talk = Talk()
    talk.say("手机七天能退吗", "ask_policy")
    assert "手机买回（或送到、装好）10 天内" in talk.last
    talk.say("手机保几年", "ask_policy")
    assert "手机整机保 2 年" in talk.last


def test_hours_are_those_of_the_company(world, own: Path) -> None:
    shipped = (POLICY / "hours.yml").read_text("utf-8")
    ours = shipped.replace('spans: ["09:00-18:00"]', 'spans: ["08:30-12:00", "13:00-20:00"]', 1)
    (own / "hours.yml").write_text(ours, "utf-8")
    talk = Talk()
    talk.say("你们几点上班", "ask_service_info")
    assert "人工客服每天 8:30–12:00、13:00–20:00（法定节假日休息）" in talk.last


def test_how_soon_somebody_calls_is_the_service_level_s(world) -> None:
    talk = Talk()
    talk.say("报修后多久联系我", "ask_service_info")
    assert "工作时间 30 分钟内" in talk.last


def test_an_invoice_is_a_colleague_s(world) -> None:
    talk = Talk()
    talk.say("我要开维修发票", "nlu_fallback", confidence=0.2)
    assert "发票由同事给您开" in talk.last
    assert "human" in talk.steps[-1].offers
