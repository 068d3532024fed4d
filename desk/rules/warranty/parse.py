"""Reads a warranty question in its JSON form, strictly, and writes it back."""

import dataclasses
import math
from datetime import date
from typing import Any

from desk.rules.asked import fields, listed, text
from desk.rules.errors import RuleInputError
from desk.rules.warranty.model import EXCLUSIONS, Exclusions, Fault, Promise, Repair, WarrantyInput
from desk.rules.warranty.policy import CHANNELS

EARLIEST, LATEST = date(1980, 1, 1), date(2099, 12, 31)

NAMES = {
    "report_date": "报修日期",
    "purchase_date": "购买日期",
    "invoice_date": "开票日期",
    "delivery_date": "交付日期",
    "install_date": "安装完成日期",
    "acceptance_date": "验收合格日期",
    "signing_date": "合同签订日期",
    "shipment_date": "出货日期",
    "completion_date": "竣工日期",
    "manufacture_date": "出厂日期",
    "exchange_date": "换货日期",
    "season_start": "作业季开始日期",
    "contract_ends_on": "合同到期日",
    "promised_until": "承诺到期日",
    "part_replaced_on": "主要部件更换日期",
    "occurred_on": "故障出现日期",
    "in": "送修日期",
    "out": "取回日期",
}
_DATES = [name for name in NAMES if name not in ("report_date", "in", "out", "occurred_on")]
_FLAGS = "invoice card copy other_proof refuse_other refuse_exchange no_reason_request consumable".split()
_COUNTS = {
    "cum_repair_days": 36_500,
    "same_issue_repairs": 1000,
    "safety_repairs": 1000,
    "accessory_replaced": 1000,
    "contract_months": 1200,
    "promised_months": 1200,
}
_BASES = ("acceptance", "signing", "shipment", "invoice", "completion")
_REPAIR_DELAYS = {"parts": "parts", "no_parts": "parts", "repairer": "repairer"}
_OTHER = (
    "category product part channel price mileage_km n_coef fault repairs exclusions same_model_available nr_excluded"
    " contract_exchange_rule contract_start_basis promises basis note"
).split()
_KNOWN = {"report_date", *_DATES, *_FLAGS, *_COUNTS, *_OTHER}
_FAULT_FLAGS = "wear_part critical safety serious life_abnormal_certified".split()
_FAULT_COUNTS = {"wear_months": 1200, "assembly_replaced": 1000, "same_part_replaced": 1000}
_FAULT_KNOWN = {"desc", "performance", "cause", "occurred_on", *_FAULT_FLAGS, *_FAULT_COUNTS}


def _day(value: object, name: str) -> date:
    label = f"{name}({NAMES.get(name, '日期')})"
    if not isinstance(value, str) or len(value) != 10:
        raise RuleInputError(f"{label}要写成 2025-06-10 这样的日期")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise RuleInputError(f"{label}“{value}”不是有效日期，请写成 2025-06-10 这样") from None
    if not EARLIEST <= day <= LATEST:
        raise RuleInputError(f"{label}“{value}”超出 {EARLIEST.year} 至 {LATEST.year} 年的范围")
    return day


def _flag(value: object, name: str) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise RuleInputError(f"{name} 只能是 true 或 false")
    return value


def _count(value: object, name: str, high: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise RuleInputError(f"{name} 要写整数")
    if not 0 <= value <= high:
        raise RuleInputError(f"{name} 要在 0 到 {high} 之间")
    return value


def _number(value: object, name: str, high: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RuleInputError(f"{name} 要写数字")
    if not 0 <= value <= high:
        raise RuleInputError(f"{name} 要在 0 到 {high:g} 之间")
    return float(value)


def _choice(value: object, name: str, allowed: tuple[str, ...]) -> str | None:
    chosen = text(value, name)
    if chosen is not None and chosen not in allowed:
        raise RuleInputError(f"{name} 不能是“{chosen}”，可以用的有：{'、'.join(allowed)}")
    return chosen


def _fault(value: object, report: date) -> Fault:
    if value is None:
        return Fault()
    data = fields(value, _FAULT_KNOWN, "fault ")
    counts = {name: _count(data.get(name), f"fault.{name}", high) for name, high in _FAULT_COUNTS.items()}
    performance = data.get("performance")
    occurred = None if data.get("occurred_on") is None else _day(data["occurred_on"], "occurred_on")
    if occurred is not None and occurred > report:
        raise RuleInputError(f"故障出现日期 {occurred} 晚于报修日期 {report}")
    return Fault(
        desc=text(data.get("desc"), "fault.desc") or "",
        performance=None if performance is None else _flag(performance, "fault.performance"),
        cause=text(data.get("cause"), "fault.cause") or "quality",
        wear_months=counts["wear_months"],
        assembly_replaced=counts["assembly_replaced"] or 0,
        same_part_replaced=counts["same_part_replaced"] or 0,
        occurred_on=occurred,
        **{name: _flag(data.get(name), f"fault.{name}") for name in _FAULT_FLAGS},
    )


def _repair(value: object, number: int, report: date) -> Repair:
    where = f"repairs 第 {number} 条"
    data = fields(value, {"in", "out", "same_fault", "delay"}, where)
    if data.get("in") is None:
        raise RuleInputError(f"{where}缺少送修日期 in")
    received = _day(data["in"], "in")
    returned = None if data.get("out") is None else _day(data["out"], "out")
    if returned is not None and returned < received:
        raise RuleInputError(f"{where}的取回日期 {returned} 早于送修日期 {received}")
    if received > report:
        raise RuleInputError(f"{where}的送修日期 {received} 晚于报修日期 {report}")
    delay = _choice(data.get("delay"), f"{where}的 delay", tuple(_REPAIR_DELAYS))
    return Repair(
        received, returned, _flag(data.get("same_fault"), f"{where}的 same_fault"), _REPAIR_DELAYS.get(delay or "")
    )


def _promise(value: object, number: int) -> Promise:
    where = f"promises 第 {number} 条"
    data = fields(value, {"name", "until", "months"}, where)
    until = None if data.get("until") is None else _day(data["until"], f"{where}的 until")
    months = _count(data.get("months"), f"{where}的 months", 1200)
    if until is None and months is None:
        raise RuleInputError(f"{where}要写 until(到哪天)或 months(几个月)")
    return Promise(text(data.get("name"), f"{where}的 name") or "", until, months)


def _exclusions(value: object) -> Exclusions:
    if value is None:
        return Exclusions()
    data = fields(value, {"established", "claimed", "admitted"}, "exclusions ")
    return Exclusions(**{name: _choice(code, f"exclusions.{name}", EXCLUSIONS) for name, code in data.items()})


def _rules(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [name for name in value.replace("/", ",").split(",") if name.strip()]
    names = (text(name, "contract_exchange_rule") for name in listed(value, "contract_exchange_rule"))
    return tuple(name for name in names if name)


_NOT_BEFORE_PURCHASE = ("exchange_date", "promised_until", "contract_ends_on", "part_replaced_on")


def _check_order(data: WarrantyInput) -> None:
    report, bought = data.report_date, data.purchase_date
    if bought is not None and report < bought:
        raise RuleInputError(f"报修日期 {report} 早于购买日期 {bought}")
    if data.manufacture_date is not None and report < data.manufacture_date:
        raise RuleInputError(f"报修日期 {report} 早于出厂日期 {data.manufacture_date}")
    for name in ("exchange_date", "part_replaced_on"):
        day = getattr(data, name)
        if day is not None and report < day:
            raise RuleInputError(f"报修日期 {report} 早于{NAMES[name]} {day}")
    if bought is not None:
        days = {name: getattr(data, name) for name in _NOT_BEFORE_PURCHASE} | {"occurred_on": data.fault.occurred_on}
        for name, day in days.items():
            if day is not None and day < bought:
                raise RuleInputError(f"{NAMES[name]} {day} 早于购买日期 {bought}")


def parse_input(data: object) -> WarrantyInput:
    """The question out of its JSON form (field names of the public contract; absent means null or false).

    Raises RuleInputError, with a message in Chinese, for what is missing, unknown or impossible.
    """
    raw = fields(data, _KNOWN, "输入")
    category = text(raw.get("category"), "category")
    if category is None:
        raise RuleInputError("缺少 category(产品类别)")
    if raw.get("report_date") is None:
        raise RuleInputError("缺少 report_date(报修日期)")
    report = _day(raw["report_date"], "report_date")
    dates: dict[str, Any] = {name: None if raw.get(name) is None else _day(raw[name], name) for name in _DATES}
    flags: dict[str, Any] = {name: _flag(raw.get(name), name) for name in _FLAGS}
    if not any(dates[name] for name in _DATES if name not in ("season_start", "part_replaced_on")):
        raise RuleInputError("缺少购买日期:purchase_date、invoice_date、delivery_date 等至少要有一个")
    counts = {name: _count(raw.get(name), name, high) for name, high in _COUNTS.items()}
    price = _number(raw.get("price"), "price", 1e10)
    coefficient = _number(raw.get("n_coef"), "n_coef", 1)
    available = raw.get("same_model_available")
    found = WarrantyInput(
        category=category,
        report_date=report,
        product=text(raw.get("product"), "product") or "",
        part=text(raw.get("part"), "part"),
        channel=_choice(raw.get("channel"), "channel", CHANNELS) or "store",
        price_fen=None if price is None else round(price * 100),
        mileage_km=_number(raw.get("mileage_km"), "mileage_km", 1e7),
        n_ppm=None if coefficient is None else round(coefficient * 1_000_000),
        fault=_fault(raw.get("fault"), report),
        repairs=tuple(_repair(item, n, report) for n, item in enumerate(listed(raw.get("repairs"), "repairs"), 1)),
        cum_repair_days=counts["cum_repair_days"],
        same_issue_repairs=counts["same_issue_repairs"],
        safety_repairs=counts["safety_repairs"],
        accessory_replaced=counts["accessory_replaced"] or 0,
        contract_months=counts["contract_months"] or None,
        promised_months=counts["promised_months"] or None,
        exclusions=_exclusions(raw.get("exclusions")),
        same_model_available=None if available is None else _flag(available, "same_model_available"),
        nr_excluded=text(raw.get("nr_excluded"), "nr_excluded"),
        contract_exchange_rule=_rules(raw.get("contract_exchange_rule")),
        contract_start_basis=_choice(raw.get("contract_start_basis"), "contract_start_basis", _BASES),
        promises=tuple(_promise(item, n) for n, item in enumerate(listed(raw.get("promises"), "promises"), 1)),
        basis=_choice(raw.get("basis"), "basis", ("record", "customer_statement")) or "record",
        **dates,
        **flags,
    )
    _check_order(found)
    return found


_RENAMED = {"received": "in", "returned": "out", "price_fen": "price", "n_ppm": "n_coef"}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Fault | Repair | Exclusions | Promise):
        return _without_defaults(value)
    return value


def _without_defaults(data: Any) -> dict[str, Any]:
    return {
        _RENAMED.get(field.name, field.name): _plain(getattr(data, field.name))
        for field in dataclasses.fields(data)
        if getattr(data, field.name) != field.default
    }


def input_to_dict(data: WarrantyInput) -> dict[str, Any]:
    """The JSON form of a question, without fields at their defaults."""
    found = _without_defaults(data)
    if "price" in found:
        found["price"] /= 100
    if "n_coef" in found:
        found["n_coef"] /= 1_000_000
    return found
