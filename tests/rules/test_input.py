"""What is refused, and in which words."""

from typing import Any

import pytest

from desk.rules.warranty import RuleInputError, WarrantyInput, parse_input
from tests.rules.build import CAR, FRIDGE, SERVER, TWICE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"color": "red"}, "不认识的字段“color”"),
        ({"category": None}, "缺少 category"),
        ({"report_date": None}, "缺少 report_date"),
        ({"purchase_date": None, "invoice_date": None}, "缺少购买日期"),
        ({"purchase_date": "2025-13-01"}, "不是有效日期"),
        ({"purchase_date": "20250601"}, "2025-06-10 这样的日期"),
        ({"purchase_date": 20250601}, "2025-06-10 这样的日期"),
        ({"report_date": "9999-12-31"}, "超出 1980 至 2099 年"),
        ({"report_date": "2025-06-09"}, "早于购买日期"),
        ({"manufacture_date": "2025-12-02"}, "早于出厂日期"),
        ({"exchange_date": "2025-12-02"}, "早于换货日期"),
        ({"exchange_date": "2025-06-01"}, "早于购买日期"),
        ({"part_replaced_on": "2025-12-02"}, "早于主要部件更换日期"),
        ({"part_replaced_on": "2025-06-01"}, "主要部件更换日期 2025-06-01 早于购买日期"),
        ({"fault": {"occurred_on": "2025-12-02"}}, "故障出现日期 2025-12-02 晚于报修日期"),
        ({"fault": {"occurred_on": "2025-06-01"}}, "故障出现日期 2025-06-01 早于购买日期"),
        ({"promised_until": "2025-06-01"}, "承诺到期日 2025-06-01 早于购买日期"),
        ({"invoice": "yes"}, "invoice 只能是 true 或 false"),
        ({"price": float("nan")}, "price 要写数字"),
        ({"price": float("inf")}, "price 要写数字"),
        ({"price": -1}, "price 要在 0 到"),
        ({"price": True}, "price 要写数字"),
        ({"mileage_km": "9000"}, "mileage_km 要写数字"),
        ({"cum_repair_days": 1.5}, "cum_repair_days 要写整数"),
        ({"safety_repairs": -1}, "safety_repairs 要在 0 到"),
        ({"product": 5}, "product 要写文字"),
        ({"channel": "fax"}, "channel 不能是“fax”"),
        ({"fault": []}, "fault 要写成一个对象"),
        ({"fault": {"sound": 1}}, "不认识的字段“sound”"),
        ({"fault": {"performance": 1}}, "fault.performance 只能是"),
        ({"repairs": {}}, "repairs 要写成列表"),
        ({"repairs": [{}]}, "repairs 第 1 条缺少送修日期"),
        ({"repairs": [{"in": "2025-08-02", "out": "2025-08-01"}]}, "取回日期 2025-08-01 早于送修日期"),
        ({"repairs": [{"in": "2025-12-02"}]}, "晚于报修日期"),
        ({"repairs": [{"in": "2025-08-02", "delay": "rain"}]}, "delay 不能是“rain”"),
        ({"exclusions": {"established": "aliens"}}, "exclusions.established 不能是“aliens”"),
        ({"promises": [{}]}, "promises 第 1 条要写 until"),
        ({"contract_start_basis": "moon"}, "contract_start_basis 不能是"),
    ],
)
def test_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleInputError) as error:
        parse_input({**FRIDGE, **changes})
    assert message in str(error.value)


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_only_objects(data: object) -> None:
    with pytest.raises(RuleInputError, match="要写成一个对象"):
        parse_input(data)


@pytest.mark.parametrize(
    "data",
    [
        FRIDGE,
        {**CAR, "n_coef": 0.005, "mileage_km": 12.5, "repairs": TWICE, "fault": {"performance": None, "cause": "x"}},
        {**SERVER, "contract_exchange_rule": ["2in45", "10d"], "promises": [{"name": "厂家", "months": 3}]},
        {**FRIDGE, "exclusions": {"claimed": "drop"}, "same_model_available": False, "price": 1999.99},
    ],
)
def test_the_json_form_is_read_back_the_same(data: dict[str, Any]) -> None:
    once = WarrantyInput.model_validate(data)

    assert parse_input(once.to_dict()) == once


def test_defaults() -> None:
    data = {"category": "other", "report_date": "2025-12-01", "delivery_date": "2025-11-01"}
    found = parse_input({**data, "fault": None})

    assert (found.channel, found.basis, found.repairs, found.fault.cause) == ("store", "record", (), "quality")
    assert found.to_dict() == data
