"""What a paid repair costs."""

from datetime import date
from pathlib import Path

import pytest

from desk.rules.errors import RuleInputError
from desk.rules.quotes import PriceRow, QuoteRequest, load_prices, quote
from desk.rules.yamlfile import PolicyError
from tests.rules.build import FRIDGE, SERVER, at, judge

TODAY = date(2026, 11, 21)
EXPIRED = judge(FRIDGE, report_date="2026-07-01")
FREE = judge(FRIDGE)


def test_lines_totals_and_why() -> None:
    found = quote(QuoteRequest(parts=(("压缩机", 2),)), TODAY, EXPIRED, rows=[PriceRow("压缩机", "part", 40_000)])

    assert [(line.name, line.low_fen, line.high_fen) for line in found.lines] == [
        ("一般维修人工费", 10_000, 30_000),
        ("上门费", 3_000, 3_000),
        ("压缩机", 80_000, 80_000),
    ]
    assert (found.low_fen, found.high_fen, found.open_parts) == (93_000, 113_000, False)
    assert found.why == "已过保修期（依据：有效期届满;民法典 §201-203）"
    assert found.valid_until == date(2026, 11, 28)


def test_nothing_to_pay() -> None:
    pending = judge(FRIDGE, exclusions={"claimed": "drop"}, report_date="2026-01-05")

    assert (quote(QuoteRequest(), TODAY, FREE).lines, quote(QuoteRequest(), TODAY, FREE).high_fen) == ((), 0)
    assert "商家先垫" in quote(QuoteRequest(), TODAY, pending).why


def test_reasons() -> None:
    assert quote(QuoteRequest(), TODAY).why == "有偿服务"
    excluded = judge(FRIDGE, exclusions={"established": "drop"})
    assert quote(QuoteRequest(), TODAY, excluded).why.startswith("不在免费保修范围的原因")


def test_parts_at_cost_for_contracts() -> None:
    rows = [PriceRow("电源", "part", 50_000), PriceRow("电源", "part_cost", 30_000), PriceRow("硬盘", "part", 70_000)]
    wanted = QuoteRequest(labour=(), parts=(("电源", 1), ("硬盘", 1)), service_mode="carry_in")

    assert quote(wanted, TODAY, judge(SERVER, report_date="2028-07-01"), rows=rows).low_fen == 100_000
    assert quote(wanted, TODAY, EXPIRED, rows=rows).low_fen == 120_000


def test_unknown_part_is_priced_later() -> None:
    found = quote(QuoteRequest(parts=(("主板", 1),), service_mode="mail_in"), TODAY)

    assert found.lines[-1].name == "主板（检测后报价）"
    assert (found.lines[-1].low_fen, found.open_parts, found.low_fen) == (None, True, 10_000)


@pytest.mark.parametrize(
    ("km", "fen"), [(None, 3_000), (0, 3_000), (10, 3_000), (10.1, 6_000), (60, 10_000), (70.5, 12_100)]
)
def test_visit_by_distance(km: float | None, fen: int) -> None:
    assert quote(QuoteRequest(labour=(), distance_km=km), TODAY).low_fen == fen


def test_diagnosis_is_free_with_a_repair() -> None:
    def cost(*labour: str) -> int:
        return quote(QuoteRequest(labour=labour, service_mode="carry_in"), TODAY).high_fen

    assert cost("diagnosis") == 5_000
    assert cost("diagnosis", "major") == 80_000


def test_out_of_hours() -> None:
    def cost(when: str) -> int:
        return quote(QuoteRequest(labour=("diagnosis",), visit_at=at(when)), TODAY).low_fen

    assert cost("2026-11-21 17:59") == 8_000
    assert cost("2026-11-21 18:00") == 12_000


def test_rows_of_the_price_table_win() -> None:
    rows = [
        PriceRow("general", "labour", 12_000, 20_000),
        PriceRow("cleaning", "labour", 9_900),
        PriceRow("武汉店", "visit", 1_000),
    ]

    found = quote(QuoteRequest(labour=("general", "cleaning"), branch="武汉店"), TODAY, rows=rows)
    assert [line.name for line in found.lines] == ["一般维修人工费", "cleaning", "上门费"]
    assert (found.low_fen, found.high_fen) == (22_900, 30_900)


def test_unknown_labour() -> None:
    with pytest.raises(RuleInputError, match="价目里没有工种“magic”"):
        quote(QuoteRequest(labour=("magic",)), TODAY)


PRICES = (Path(__file__).parents[2] / "desk/rules/policy/prices.yml").read_text("utf-8")


def test_company_prices(tmp_path: Path) -> None:
    own = PRICES.replace("branches: {}", "branches: {武汉店: 19.9}").replace("parts_at: list", "parts_at: cost")
    own = own.replace("diagnosis_waived_if_repaired: true", "diagnosis_waived_if_repaired: false")
    (tmp_path / "prices.yml").write_text(own, "utf-8")
    prices = load_prices(tmp_path).on(TODAY)

    request = QuoteRequest(labour=("diagnosis", "minor"), parts=(("电源", 1),), branch="武汉店")
    found = quote(request, TODAY, rows=[PriceRow("电源", "part_cost", 1)], prices=prices)
    assert found.low_fen == 5_000 + 8_000 + 1_990 + 1


def test_prices_may_name_a_companys_own_hours(tmp_path: Path) -> None:
    (tmp_path / "prices.yml").write_text(PRICES.replace("hours: visits", "hours: moon"), "utf-8")
    with pytest.raises(PolicyError, match="“moon”不在可选值里"):
        load_prices(tmp_path)
    assert load_prices(tmp_path, frozenset(("moon",))).on(TODAY).hours == "moon"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("amount_yuan: 50}", "from_yuan: 50}", "写 amount_yuan，或者"),
        ("amount_yuan: 50}", "amount_yuan: 50, to_yuan: 60}", "写 amount_yuan，或者"),
        ("from_yuan: 80, to_yuan: 150", "from_yuan: 80, to_yuan: 15", "to_yuan 小于 from_yuan"),
        ("up_to_km: 30", "up_to_km: 10", "距离要从近到远"),
        ("amount_yuan: 50}", "amount_yuan: 50.123}", "位数过多"),
        ("amount_yuan: 50}", "amount_yuan: 五十}", "不是小数"),
        ("valid_days: 7", "valid_days: 0", "0 不在 1 到 365 之间"),
    ],
)
def test_bad_files(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in PRICES
    (tmp_path / "prices.yml").write_text(PRICES.replace(old, new, 1), "utf-8")

    with pytest.raises(PolicyError, match=message):
        load_prices(tmp_path)
