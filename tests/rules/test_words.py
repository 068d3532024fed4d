"""What customers and agents read."""

import json
import re

import pytest

from desk.rules.warranty.model import EXCLUSIONS, PAYERS, REASONS
from desk.rules.warranty.words import texts
from tests.rules.build import CAR, COMPUTER, FRIDGE, PHONE, ROUTER, SERVER, TWICE, judge


def test_every_code_has_its_words() -> None:
    words = texts()

    assert set(REASONS) - {"NR7_DENIED"} <= set(words["sentences"])
    assert set(words["exclusion_names"]) == set(EXCLUSIONS)
    assert set(words["payer_names"]) == set(PAYERS)


def test_in_period() -> None:
    assert judge(FRIDGE).sentence == "您的电冰箱还在保修期内，保到2026年6月10日，这次可以免费修，材料和人工都不收费。"


def test_derivation_tells_each_step() -> None:
    decision = judge(
        FRIDGE, repairs=[{"in": "2025-10-09", "out": "2025-10-11"}, {"in": "2025-11-28"}], purchase_date="2025-06-05"
    )

    assert decision.derivation.split("\n") == [
        "适用：家用电器，部分商品修理更换退货责任规定(1995)，政策版本 2026.1/home_appliance@1995",
        "起算：2025-06-10（开票日）",
        "期限：起算日加 12 个月",
        "修理占用：加 7 天（多次取并集，首尾都计）",
        "还在修理中，占用暂计到报修日",
        "末日：2026-06-17（周三），不顺延",
        "报修日 2025-12-01：在期",
        "凭证：发票、三包凭证",
        "故障：功能故障；原因：质量问题",
        "修理记录：2 次",
        "依据：部分商品规定1995 §8（单一二手来源·待核），原因代码 IN_PERIOD",
        "结论：免费修理；商家承担；认定依据：记录",
    ]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (judge(FRIDGE, report_date="2025-06-12"), "到2025年6月17日"),
        (judge(FRIDGE, report_date="2025-06-12", invoice=False), "请再找一下购买发票"),
        (judge(FRIDGE, report_date="2026-06-12"), "修之前先报价"),
        (judge(SERVER, report_date="2028-07-12"), "只按成本价收费"),
        (judge(CAR, mileage_km=70_000), "超过包修里程60000公里"),
        (judge(ROUTER), "还没查到您的路由器的质保期限"),
        (judge(FRIDGE, exclusions={"established": "liquid"}), "经检测，这次故障是进液造成的"),
        (judge(FRIDGE, exclusions={"admitted": "force_majeure"}), "按您说的情况，这次是雷击、水灾等不可抗力造成的"),
        (judge(FRIDGE, no_reason_request=True), "已经过了"),
        (judge(FRIDGE, no_reason_request=True, report_date="2025-06-12"), "不是这样购买的"),
        (judge(FRIDGE, no_reason_request=True, channel="online", nr_excluded="customised"), "不适用无理由"),
        (judge(COMPUTER, part="主板"), "以国务院当年放假安排为准"),
        (judge(FRIDGE | {"product": None}), "您的商品"),
    ],
)
def test_sentences(decision: object, said: str) -> None:
    assert said in decision.sentence  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("decision", "step"),
    [
        (judge(ROUTER), "期限：没有查到规定或约定的期限"),
        (judge(FRIDGE, promised_until="2027-01-01"), "期限：商家承诺优于规定，按承诺到 2027-01-01（含当日，不顺延）"),
        (judge(FRIDGE, promised_months=24), "期限：商家承诺 24 个月，优于规定"),
        (judge(SERVER, contract_ends_on="2027-01-04"), "期限：合同写明的到期日"),
        (judge(FRIDGE, report_date="2026-06-12"), "报修日 2026-06-12：不在期"),
        (judge(FRIDGE, invoice_date="2025-06-14"), "末日：2026-06-14（周日），遇休假日顺延到 2026-06-15（周一）"),
        (judge(CAR), "里程：9000 公里，包修限 60000 公里"),
        (judge(CAR, mileage_km=None), "退换的三包期：到 2027-05-17 或 50000 公里"),
        (judge(CAR, cum_repair_days=31), "使用补偿：6750 元"),
        (judge(FRIDGE, invoice=False, card=False), "凭证：没有"),
        (judge(FRIDGE, exclusions={"claimed": "drop"}), "免责：仅怀疑，未鉴定 摔落"),
        (judge(FRIDGE, fault={"cause": "unknown", "performance": None}), "故障：是否功能故障未确认；原因：不明"),
        (judge(FRIDGE, report_date="2025-06-12"), "判断期限的末日：2025-06-17"),
        (judge(FRIDGE, repairs=[{"in": "2025-07-01", "delay": "repairer"}]), "已修 153 天"),
        (judge(COMPUTER, repairs=TWICE, refuse_exchange=True), "折旧：168 天 × 0.25%/天，缺购买价格"),
        (judge(PHONE, repairs=TWICE, refuse_exchange=True, price=19.9), "照算 16.72 元，默认收 0 元"),
        (judge(FRIDGE, invoice=False, card=False), "待补：购买发票（订单、付款记录也可以）"),
    ],
)
def test_steps(decision: object, step: str) -> None:
    assert step in decision.derivation  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(texts()["sentences"]))
def test_sentences_are_whole_and_plain(name: str) -> None:
    sentence = texts()["sentences"][name]

    assert sentence.endswith("。")
    assert not re.search(r"尊敬|亲[,，]|!|您好|[a-zA-Z_]{2,}(?![^{]*})", re.sub(r"{\w+}", "", sentence))


def test_json_form_is_plain_and_keeps_version_and_inputs() -> None:
    answer = judge(CAR, cum_repair_days=31).to_dict()

    assert json.loads(json.dumps(answer)) == answer
    assert answer["policy_version"] == "2026.1/car@2022"
    assert answer["inputs"]["cum_repair_days"] == 31
    assert (answer["use_fee"], answer["use_fee_fen"]) == (6750.0, 675_000)
    assert judge(FRIDGE, repairs=[{"in": "2025-11-30"}]).to_dict()["end_note"].startswith("修理中")
    assert judge(COMPUTER, repairs=TWICE, refuse_exchange=True).to_dict()["depreciation_if_charged"] is None
