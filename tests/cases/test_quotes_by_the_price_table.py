"""A ticket's quote says the same prices as the assistant does: those of the company's table."""

from pathlib import Path
from typing import Any

import pytest

from desk.cases import prices, quotes
from desk.records.db import reading
from desk.rules.places import SHIPPED
from tests.dialogue.conftest import world

__all__ = ["world"]
TABLE = [
    {"item": "上门费", "kind": "visit", "amount_yuan": "50"},
    {"item": "远郊上门费", "kind": "visit", "amount_yuan": "80"},
    {"item": "上门费", "kind": "visit", "amount_yuan": "30", "category": "灯"},
    {"item": "压缩机", "kind": "part", "amount_yuan": "780", "category": "空调"},
    {"item": "压缩机", "kind": "part", "amount_yuan": "620", "category": "冰箱"},
    {"item": "更换压缩机", "kind": "labour", "amount_yuan": "350", "category": "空调"},
    {"item": "一般维修", "kind": "labour", "amount_yuan": "120"},
    {"item": "检测费", "kind": "inspection", "amount_yuan": "60"},
]
EXPIRED = {"payer": "customer", "reason_code": "OUT_OF_PERIOD", "article": "有效期届满"}


def lines(
    product: str, part: str | None = None, mode: str | None = None, address: str = ""
) -> list[tuple[str, int]]:
    with reading() as session:
        made: dict[str, Any] = quotes.for_ticket(session, EXPIRED, product, part, mode, None, address)
    return [(line["name"], line["low_fen"]) for line in made["lines"]]


def test_work_part_and_visit_come_from_the_table(world) -> None:  # type: ignore[no-untyped-def]
    world(prices=TABLE)

    assert lines("空调", "压缩机") == [("更换压缩机", 35_000), ("上门费", 5_000), ("压缩机", 78_000)]
    assert lines("冰箱", "压缩机") == [("一般维修人工费", 12_000), ("上门费", 5_000), ("压缩机", 62_000)]
    assert lines("灯") == [("一般维修人工费", 12_000), ("上门费", 3_000)]
    assert lines("空调", mode="carry_in") == [("一般维修人工费", 12_000)]


def test_a_branch_may_have_a_fee_of_its_own(world) -> None:  # type: ignore[no-untyped-def]
    shops = [
        {"name": "光谷店", "city": "武汉市", "district": "洪山区"},
        {"name": "长沙店", "city": "长沙市", "district": "天心区"},
    ]
    world(branches=shops, prices=[*TABLE, {"item": "光谷店上门费", "kind": "visit", "amount_yuan": "20"}])

    assert lines("空调", address="武汉市洪山区珞喻路10号")[1] == ("上门费", 2_000)
    assert lines("空调", address="长沙市天心区1号")[1] == ("上门费", 5_000)


def test_the_assistant_tells_the_same_visit_fee(world) -> None:  # type: ignore[no-untyped-def]
    world(prices=TABLE)

    with reading() as session:
        said = prices.estimate(session, "压缩机坏了", "空调").in_words()
    assert said == "压缩机 780 元、更换压缩机 350 元、上门费 50 元、检测费 60 元"


def test_without_a_table_the_shipped_list_holds(world) -> None:  # type: ignore[no-untyped-def]
    assert lines("空调") == [("一般维修人工费", 10_000), ("上门费", 3_000)]


def test_a_quote_keeps_the_version_of_the_list_it_was_made_by(
    world, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    later = "{version: 春季价, effective_from: 2026-01-02, source: 公司, confidence: H, visit: {unknown_km: 30}}"
    with reading() as session:
        before = quotes.for_ticket(session, EXPIRED, "空调", None, None, None)
    (tmp_path / "prices.yml").write_text(
        (SHIPPED / "prices.yml").read_text("utf-8") + f"versions:\n  - {later}\n", "utf-8"
    )
    with reading() as session:
        after = quotes.for_ticket(session, EXPIRED, "空调", None, None, None)

    assert (before["policy_version"], before["lines"][1]["low_fen"]) == ("prices@2026-01-01", 3_000)
    assert (after["policy_version"], after["lines"][1]["low_fen"]) == ("prices@春季价", 6_000)
