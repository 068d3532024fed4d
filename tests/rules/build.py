"""Short ways to put a question to the rules."""

from datetime import date, datetime
from typing import Any

from desk.rules.calendars import default_calendar
from desk.rules.warranty import Decision, decide, default_policy, parse_input

FRIDGE: dict[str, Any] = {
    "category": "home_appliance",
    "product": "电冰箱",
    "purchase_date": "2025-06-10",
    "invoice_date": "2025-06-10",
    "report_date": "2025-12-01",
    "fault": {"performance": True, "cause": "quality"},
    "invoice": True,
    "card": True,
}
COMPUTER = {**FRIDGE, "category": "micro_computer", "product": "微型计算机"}
PHONE = {**FRIDGE, "category": "mobile_phone", "product": "手机主机"}
CAR = {
    **FRIDGE,
    "category": "car",
    "product": "乘用车",
    "purchase_date": "2025-05-12",
    "invoice_date": "2025-05-12",
    "delivery_date": "2025-05-15",
    "report_date": "2026-04-13",
    "mileage_km": 9000,
    "price": 150000,
}
TRACTOR = {**FRIDGE, "category": "agricultural", "product": "大中型拖拉机"}
SERVER = {
    **FRIDGE,
    "category": "contract",
    "product": "服务器",
    "acceptance_date": "2025-06-10",
    "contract_months": 36,
}
ROUTER = {**FRIDGE, "category": "other", "product": "路由器"}

HEAD = "effective_from: 2020-01-01\nsource: 公司\nconfidence: H\n"
"""What every policy file begins with."""

TWICE = [
    {"in": "2025-08-01", "out": "2025-08-03", "same_fault": True},
    {"in": "2025-10-09", "out": "2025-10-11", "same_fault": True},
]


def judge(base: dict[str, Any], **changes: Any) -> Decision:
    """The decision on `base` with some fields changed; `fault` and `exclusions` are changed field by field."""
    data = {**base, **changes}
    if "fault" in changes:
        data["fault"] = {**base["fault"], **changes["fault"]}
    return decide(parse_input(data), default_policy(), default_calendar())


def code(base: dict[str, Any], **changes: Any) -> str:
    """The reason code only."""
    return judge(base, **changes).reason_code


def day(text: str) -> date:
    """A date from 2026-01-31."""
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """An instant from `2026-03-10 10:00`, Beijing time."""
    return datetime.fromisoformat(f"{text}+08:00")
