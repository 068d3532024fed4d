"""Puts a decision into words: for the customer, for the agent, and as JSON."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from desk.rules.calendars import statutory_days
from desk.rules.warranty.model import Decision

_SWAPPED = 10  # days around a public holiday that swapped weekends may reach
_TEXTS = Path(__file__).parents[2] / "texts" / "rules.yml"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def texts() -> dict[str, Any]:
    """The catalogue of this package's texts."""
    found: dict[str, Any] = yaml.load(_TEXTS.read_text("utf-8"), Loader=_Loader)["rules"]
    return found


def spoken(day: date | None) -> str:
    """A date as people say it."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def yuan(fen: int) -> str:
    """An amount without idle zeros: 352, 19.9."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".")


def _cause(decision: Decision) -> str | None:
    exclusions = decision.inputs.exclusions
    return exclusions.established or exclusions.admitted


def _sentence_key(decision: Decision) -> str:
    code, inp = decision.reason_code, decision.inputs
    if code.startswith("EXCL_"):
        return "EXCLUDED_ADMITTED" if decision.basis == "customer_statement" else "EXCLUDED"
    if code == "D7" and "RETURN" not in decision.decisions:
        return "D7_NO_RETURN"
    if code == "OUT_OF_PERIOD" and decision.payer == "customer_cost":
        return "OUT_OF_PERIOD_COST"
    if code == "OUT_OF_PERIOD" and decision.warranty_end and inp.report_date <= decision.warranty_end:
        return "OUT_OF_PERIOD_KM"
    if decision.needs_person:
        return "MINOR_EARLY"
    if decision.earlier_fault:
        return "INSPECT_EARLIER"
    if decision.primary == "INSPECT" and decision.warranty_end is None:
        return "INSPECT_UNKNOWN"
    if code == "NR7_DENIED":
        if inp.nr_excluded:
            return "NR7_DENIED_KIND"
        assert decision.window_end is not None
        return "NR7_DENIED_LATE" if inp.report_date > decision.window_end else "NR7_DENIED_CHANNEL"
    return code


def sentence(decision: Decision) -> str:
    """What the customer is told."""
    words, inp = texts(), decision.inputs
    text: str = words["sentences"][_sentence_key(decision)].format(
        product=inp.product or words["goods"],
        part=inp.part or inp.product,
        end=spoken(decision.warranty_end),
        window=spoken(decision.window_end),
        waited=decision.waited_days,
        occurred=spoken(inp.fault.occurred_on),
        cause=words["exclusion_names"].get(_cause(decision)),
        **_car_blanks(decision),
    )
    end = decision.warranty_end
    if decision.calendar_provisional and end is not None and spoken(end) in text and near_holiday(end):
        text += words["sentences"]["provisional"]
    return text


def near_holiday(day: date) -> bool:
    """Whether the State Council's arrangement still to come may make `day` or a day before it free."""
    ordinal = day.toordinal()
    holidays = [free for year in (day.year - 1, day.year, day.year + 1) for free in statutory_days(year)]
    return any(-_SWAPPED <= ordinal - free <= _SWAPPED for free in holidays)


def _car_blanks(decision: Decision) -> dict[str, int]:
    car = decision.category.car
    if car is None:
        return {}
    return {
        "km": car.warranty_km.known(),
        "early_days": car.early_days.known(),
        "early_km": car.early_km.known(),
    }


def _period_steps(decision: Decision) -> list[str]:
    steps, days = texts()["steps"], texts()["weekday_names"]
    raw, end = decision.warranty_end_raw, decision.warranty_end
    if raw is None or end is None:
        return [steps["none"]]
    if decision.promise_fixed:
        return [steps["promise"].format(promise=decision.promise, end=end)]
    lines = []
    if decision.promise:
        lines.append(steps["promise_months"].format(promise=decision.promise, months=decision.warranty_months))
    elif decision.inputs.contract_ends_on and decision.inputs.category == "contract":
        lines.append(steps["fixed"])
    else:
        lines.append(steps["months"].format(months=decision.warranty_months))
    if decision.repair_days_excluded:
        lines.append(steps["repair"].format(days=decision.repair_days_excluded))
    if decision.open_repair:
        lines.append(steps["open"])
    key = "no_roll" if raw == end else "roll"
    lines.append(steps[key].format(raw=raw, raw_day=days[raw.weekday()], end=end, end_day=days[end.weekday()]))
    return lines


def _fact_steps(decision: Decision) -> list[str]:
    words, inp = texts(), decision.inputs
    steps, lines = words["steps"], []
    if decision.mileage_limits_km:
        guarantee_km, limit = decision.mileage_limits_km
        lines.append(steps["guarantee"].format(end=decision.three_guarantee_end, limit=guarantee_km))
        if inp.mileage_km is not None:
            lines.append(steps["km"].format(km=f"{inp.mileage_km:g}", limit=limit))
    lines.append(steps["in" if decision.in_period else "out"].format(report=inp.report_date))
    papers = "、".join(name for key, name in words["paper_names"].items() if getattr(inp, key))
    lines.append(steps["papers"].format(papers=papers) if papers else steps["no_papers"])
    faults = words["fault_names"]
    fault = {True: "performance", False: "minor", None: "unknown"}[inp.fault.performance]
    cause = "quality" if inp.fault.cause == "quality" else "unclear"
    lines.append(steps["fault"].format(fault=faults[fault], cause=faults[cause]))
    if inp.fault.occurred_on is not None:
        lines.append(steps["occurred"].format(occurred=inp.fault.occurred_on))
    if inp.part_replaced_on is not None and decision.category.cover(inp.product).part_restarts:
        lines.append(steps["replaced"].format(replaced=inp.part_replaced_on))
    for state in ("established", "admitted", "claimed"):
        code = getattr(inp.exclusions, state)
        if code:
            names = words["exclusion_names"]
            lines.append(steps["exclusion"].format(state=words["exclusion_states"][state], cause=names[code]))
    if inp.repairs:
        lines.append(steps["repairs"].format(times=len(inp.repairs)))
    if decision.waited_days is not None:
        lines.append(steps["waited"].format(days=decision.waited_days))
    if decision.window_end is not None:
        lines.append(steps["window"].format(end=decision.window_end))
    return lines


def _money_steps(decision: Decision) -> list[str]:
    steps, lost, lines = texts()["steps"], decision.depreciation, []
    if lost is not None:
        rate = f"{lost.rate_ppm / 10_000:g}"
        if lost.if_charged_fen is None or lost.charged_fen is None:
            lines.append(steps["depreciation_unknown"].format(days=lost.days, rate=rate))
        else:
            amount, charged = yuan(lost.if_charged_fen), yuan(lost.charged_fen)
            lines.append(steps["depreciation"].format(days=lost.days, rate=rate, amount=amount, charged=charged))
    if decision.use_fee_fen is not None:
        lines.append(steps["fee"].format(amount=yuan(decision.use_fee_fen)))
    return lines


def derivation(decision: Decision) -> str:
    """How the decision came about, for the agent, one step a line."""
    words, missing = texts(), decision.evidence_missing
    steps = words["steps"]
    start = words["start_names"].get(decision.start_from)
    lines = [
        steps["policy"].format(
            category=decision.category.name, law=decision.law, version=decision.policy_version
        ),
        steps["start"].format(start=decision.warranty_start, start_name=start)
        if decision.warranty_start
        else steps["no_start"],
        *_period_steps(decision),
        *_fact_steps(decision),
        steps["reason"].format(
            article=decision.article,
            confidence=words["confidence_names"][decision.confidence],
            code=decision.reason_code,
        ),
        *_money_steps(decision),
        steps["result"].format(
            decisions="、".join(words["decision_names"][option] for option in decision.decisions),
            payer=words["payer_names"][decision.payer],
            basis=words["basis_names"][decision.basis],
        ),
    ]
    if missing:
        lines.append(steps["missing"].format(missing="、".join(words["evidence_names"][name] for name in missing)))
    if decision.calendar_provisional:
        lines.append(steps["provisional"])
    return "\n".join(lines)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _yuan_number(fen: int | None) -> float | None:
    return None if fen is None else fen / 100


def decision_to_dict(decision: Decision) -> dict[str, Any]:
    """The public JSON form. Amounts in yuan (as in the input) and, under names ending in _fen, in fen."""
    words = texts()
    found: dict[str, Any] = {
        "decisions": list(decision.decisions),
        "decisions_zh": [words["decision_codes"][option] for option in decision.decisions],
        "primary": decision.primary,
        "reason_code": decision.reason_code,
        "payer": decision.payer,
        "coverage": decision.coverage,
        "basis": decision.basis,
        "sentence": sentence(decision),
        "derivation": derivation(decision),
        "article": decision.article,
        "law": decision.law,
        "confidence": decision.confidence,
        "warranty_start": _iso(decision.warranty_start),
        "start_from": decision.start_from,
        "warranty_months": decision.warranty_months,
        "repair_days_excluded": decision.repair_days_excluded,
        "warranty_end_raw": _iso(decision.warranty_end_raw),
        "warranty_end": _iso(decision.warranty_end),
        "in_period": decision.in_period,
        "calendar_provisional": decision.calendar_provisional,
        "promise": decision.promise,
        "window_end": _iso(decision.window_end),
        "needs_person": decision.needs_person,
        "evidence_missing": list(decision.evidence_missing),
        "policy_version": decision.policy_version,
        "inputs": decision.inputs.to_dict(),
    }
    if decision.open_repair:
        found["end_note"] = words["end_note"]
    if decision.mileage_limits_km is not None:
        found["three_guarantee_end"] = _iso(decision.three_guarantee_end)
        found["mileage_limits_km"] = list(decision.mileage_limits_km)
    if decision.use_fee_fen is not None:
        found |= {"use_fee": decision.use_fee_fen / 100, "use_fee_fen": decision.use_fee_fen}
        found["use_fee_formula"] = words["use_fee_formula"]
    lost = decision.depreciation
    if lost is not None:
        found |= {
            "depreciation_days": lost.days,
            "depreciation_rate_per_day": lost.rate_ppm / 1_000_000,
            "depreciation_if_charged": _yuan_number(lost.if_charged_fen),
            "depreciation_default": _yuan_number(lost.charged_fen),
            "depreciation_fen": lost.if_charged_fen,
            "depreciation_default_fen": lost.charged_fen,
        }
    return found
