"""The warranty decision of one case: records and the customer's words in, one decision object out."""

import re
from datetime import date, timedelta
from typing import Any

from desk import texts, time
from desk.cases import devices, product_types, symptoms, words
from desk.records.models import Device, Repair
from desk.rules import warranty as rules
from desk.rules.calendars import default_calendar
from desk.texts import data

# 响得像打雷一样 tells no thunderstorm.
SIMILE = re.compile(
    r"(?:像|跟|和|如同|好比)(?:是)?[^，,。；;！!]{1,8}?(?:一样|似的|一般|那样)|(?:像|跟|如)(?:打雷|地震|台风|放炮|进水|泡水)"
    r"|(?:打雷|地震|台风)(?:似的|一样|一般)"
)
EXACT_DATE = "exact_purchase_date"
EXACT_ENOUGH = timedelta(days=45)
COSMETIC = ("划痕", "外观", "掉漆", "色差", "磕碰", "刮花", "凹")


def for_device(device: Device, symptom: str = "", cause: str | None = None, **more: Any) -> dict[str, Any]:
    """The decision for a known device, by its records.

    symptom: in the customer's words. cause: an exclusion code that the customer admitted (human_damage, liquid,
    force_majeure, …), or None. more: further fields of the rule input, such as no_reason_request.
    """
    product, contract, part = device.product, device.contract, _main_part(device, symptom)
    request: dict[str, Any] = {
        "category": devices.category_of(device),
        "product": _product_word(device),
        "part": part,
        "part_replaced_on": _iso(_replaced_on(device, part)),
        "purchase_date": _iso(device.purchase_date or device.invoice_date or device.delivered_on),
        "invoice_date": _iso(device.invoice_date),
        "delivery_date": _iso(device.delivered_on),
        "install_date": _iso(device.installed_on),
        "acceptance_date": _iso(device.accepted_on),
        "manufacture_date": _iso(device.manufactured_on),
        "exchange_date": _iso(device.exchanged_on),
        "report_date": _iso(time.today()),
        "channel": device.sale_channel or "store",
        "price": device.price_fen / 100 if device.price_fen is not None else None,
        "fault": {"desc": symptom, "performance": not any(word in symptom for word in COSMETIC), "cause": "quality"},
        "repairs": _repairs(device, symptom),
        "invoice": bool(device.invoice_no),
        "card": True,  # the record of the sale stands for the card (A9)
        "copy": False,
        "other_proof": True,
        "exclusions": {"admitted": cause} if cause else {},
        **more,
    }
    if product is not None and product.promised_months:
        request["promised_months"] = product.promised_months
    if device.promised_until:
        request["promised_until"] = _iso(device.promised_until)
    if contract is not None:
        request["contract_months"] = contract.months
        request["contract_exchange_rule"] = contract.exchange_rule
        if contract.start_basis:
            request["contract_start_basis"] = contract.start_basis
        if contract.ends_on:
            request["contract_ends_on"] = _iso(contract.ends_on)
        request["acceptance_date"] = request["acceptance_date"] or _iso(contract.starts_on)
    return _decide(request)


def by_statement(
    product_type: str, bought: date, until: date | None = None, symptom: str = "", cause: str | None = None
) -> dict[str, Any]:
    """The decision by what the customer says alone; papers are checked on the spot.

    until: where the customer says about when (买了一年半), the last day that it may have been. Where the first and the
    last day come to different answers, none is claimed.
    """
    first = _by_statement(product_type, bought, symptom, cause)
    if until is None or until - bought <= EXACT_ENOUGH:
        return first
    last = _by_statement(product_type, until, symptom, cause)
    if first["coverage"] == last["coverage"]:
        return last
    if not first.get("warranty_end") or not last.get("warranty_end"):
        return unknown(EXACT_DATE)
    ends = [words.full_day(date.fromisoformat(decision["warranty_end"])) for decision in (first, last)]
    between = texts.render("warranty.between", product=product_type, first=ends[0], last=ends[1])
    return {**unknown(EXACT_DATE), "sentence": between}


def _by_statement(product_type: str, bought: date, symptom: str, cause: str | None) -> dict[str, Any]:
    found = product_types.find(product_type)
    category = found[1].category if found else "other"
    request = {
        "category": "other" if category == "contract" else category,
        "product": product_type,
        "purchase_date": _iso(bought),
        "invoice_date": _iso(bought),
        "report_date": _iso(time.today()),
        "channel": "store",
        "fault": {"desc": symptom, "performance": not any(word in symptom for word in COSMETIC), "cause": "quality"},
        "invoice": False,
        "card": False,
        "other_proof": True,
        "exclusions": {"admitted": cause} if cause else {},
    }
    request["basis"] = "customer_statement"
    return _decide(request)


def of_case(
    device: Device | None, product_type: str, bought: date | None, until: date | None = None, symptom: str = "",
    cause: str | None = None,
) -> dict[str, Any]:
    """The decision by the records, else by what the customer says of the purchase; else nothing is claimed.

    The one way in, for the assistant and for colleagues.
    """
    if device is not None:
        return for_device(device, symptom, cause)
    if bought is not None and product_type:
        return by_statement(product_type, bought, until, symptom, cause)
    return unknown("serial_number")


def unknown(missing: str) -> dict[str, Any]:
    """The decision when neither the device nor its date is known: nothing is claimed either way."""
    return {
        "decisions": ["INSPECT"],
        "primary": "INSPECT",
        "reason_code": "UNKNOWN",
        "payer": "pending",
        "coverage": "unknown",
        "basis": "customer_statement",
        "warranty_start": None,
        "warranty_end": None,
        "in_period": None,
        "repair_days_excluded": 0,
        "calendar_provisional": False,
        "article": None,
        "confidence": "?",
        "evidence_missing": [missing],
        "sentence": data("warranty.unknown_sentence"),
        "derivation": data("warranty.unknown_derivation"),
        "policy_version": None,
    }


def admitted_cause(text: str) -> str | None:
    """The exclusion that the customer's own words admit (坐碎了, 进水, 雷击 …), by the catalogue's word lists."""
    plain = SIMILE.sub("", text.replace(" ", ""))
    for code, lists in data("warranty.admitted").items():
        if any(word in plain for word in lists["not"]):
            continue
        if any(word in plain for word in lists["words"]):
            return str(code)
    return None


def _decide(request: dict[str, Any]) -> dict[str, Any]:
    known = {key: value for key, value in request.items() if value is not None}
    if "purchase_date" not in known and "promised_until" not in known and "contract_ends_on" not in known:
        return unknown("purchase_date")
    try:
        decided = rules.decide(rules.parse_input(known), rules.default_policy(), default_calendar())
    except rules.RuleInputError as problem:
        return {**unknown("records"), "derivation": str(problem)}
    return {**decided.to_dict(), "inputs": known}


def _product_word(device: Device) -> str:
    return devices.type_of(device) or (device.model or "")


def _main_part(device: Device, symptom: str) -> str | None:
    parts = device.product.main_parts if device.product else []
    return next((str(part) for part in parts if str(part) in symptom), None)


def _replaced_on(device: Device, part: str | None) -> date | None:
    """When the main part was last replaced, by the repair records."""
    if part is None:
        return None
    days = (repair.returned_on for repair in device.repairs if any(part in str(name) for name in repair.parts))
    return max((day for day in days if day is not None), default=None)


def _repairs(device: Device, symptom: str) -> list[dict[str, Any]]:
    same_keys = {repair.same_fault_key for repair in device.repairs if _same_words(repair, symptom)} - {None, ""}
    return [
        {
            "in": _iso(repair.received_on),
            "out": _iso(repair.returned_on),
            "same_fault": repair.same_fault_key in same_keys or _same_words(repair, symptom),
            "delay": repair.delay,
        }
        for repair in device.repairs
    ]


def _same_words(repair: Repair, symptom: str) -> bool:
    """Whether the repair was for what is reported now; a marked repair counts where either says nothing."""
    if not symptom or not repair.fault:
        return bool(repair.same_fault_key)
    if repair.fault in symptom or symptom in repair.fault:
        return True
    return bool(symptoms.meant(repair.fault) & symptoms.meant(symptom))


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
