"""`decide`: a question, the policy and the calendar in, the decision out. No clock, no database."""

from datetime import date

from desk.rules.calendars import Calendar
from desk.rules.errors import RuleInputError
from desk.rules.warranty.model import Decision, Depreciation
from desk.rules.warranty.model import WarrantyInput as Input
from desk.rules.warranty.period import UNKNOWN, Facts, bought_on
from desk.rules.warranty.policy import Policy
from desk.rules.warranty.triggers import reason
from desk.rules.yamlfile import CONFIDENCES

_MILLION = 1_000_000
_FEE_CODES = frozenset(("CAR_24_1", "CAR_24_2", "CAR_24_3", "CAR_24_4D", "CAR_24_4N"))
_PRICED_CODES = _FEE_CODES | {"TWO_REP_REFUSE"}
_INSPECTIONS = frozenset(("BURDEN_MERCHANT_6M", "INSPECT_AFTER_6M", "INSPECT_CONTRACT"))
_RANK = {confidence: rank for rank, confidence in enumerate(CONFIDENCES)}


def decide(inp: Input, policy: Policy, calendar: Calendar) -> Decision:
    """Who pays and what the customer may choose.

    Raises RuleInputError (Chinese message) for an unknown category, contract clause, or no usable start date.
    """
    bought = bought_on(inp)
    if inp.category not in policy.categories:
        raise RuleInputError(f"不认识的产品类别“{inp.category}”，可以用的有：{'、'.join(policy.categories)}")
    category = policy.category(inp.category, bought)
    for name in inp.contract_exchange_rule:
        if category.contract is not None and name not in category.contract.exchange:
            raise RuleInputError(f"合同政策里没有换货条款“{name}”")
    facts = Facts(inp, category, policy.common(bought), calendar, bought)
    return _decision(facts, reason(facts))


def _decision(facts: Facts, code: str) -> Decision:
    inp, category, common, deciding = facts.inp, facts.category, facts.common, facts.deciding
    outcome = common.outcomes[code]
    article, confidence = category.articles.get(code) or common.articles[code]
    options, payer, coverage = outcome.decisions, outcome.payer, outcome.coverage
    if code == "D7" and not facts.full_proof:
        options = tuple(option for option in options if option != "RETURN")
    if code == "OUT_OF_PERIOD":
        payer = category.out_payer
    if coverage == "period":
        coverage = "in" if facts.in_period else "out"
    if coverage in ("in", "out"):
        if _RANK[deciding.figure.confidence] > _RANK[confidence]:
            confidence = deciding.figure.confidence
        if deciding.promise is not None and code in ("IN_PERIOD", "PART_IN_PERIOD"):
            article = deciding.promise
    code_shown = code
    if code == "EXCLUDED":
        code_shown = f"EXCL_{inp.exclusions.established or inp.exclusions.admitted}"
    end, raw = deciding.end, deciding.raw
    fee = _use_fee(facts) if payer == "merchant_with_use_fee" else None
    depreciation = _depreciation(facts) if payer == "merchant_depreciation" else None
    admitted = inp.exclusions.admitted and not inp.exclusions.established
    return Decision(
        decisions=options,
        primary=options[0],
        reason_code=code_shown,
        payer=payer,
        coverage=coverage,
        basis="customer_statement" if admitted else inp.basis,
        article=article,
        confidence=confidence,
        warranty_start=None if facts.start_from == UNKNOWN else date.fromordinal(facts.start),
        start_from=facts.start_from,
        warranty_months=deciding.months,
        repair_days_excluded=deciding.excluded,
        warranty_end_raw=None if raw is None else date.fromordinal(raw),
        warranty_end=None if end is None else date.fromordinal(end),
        in_period=facts.in_period,
        calendar_provisional=not deciding.fixed and _provisional(facts),
        promise=deciding.promise,
        promise_fixed=deciding.fixed,
        window_end=None if facts.window_end is None else date.fromordinal(facts.window_end),
        waited_days=facts.waited,
        needs_person=facts.needs_person,
        evidence_missing=_missing(facts, code),
        three_guarantee_end=None if facts.guarantee_end is None else date.fromordinal(facts.guarantee_end),
        depreciation=depreciation,
        use_fee_fen=fee,
        release=common.release,
        category=category,
        inputs=inp,
    )


def _provisional(facts: Facts) -> bool:
    """Whether an end of a period lies in a year whose holidays are not known yet."""
    for day in (facts.deciding.raw, facts.deciding.end, facts.guarantee_end):
        if day is not None and facts.calendar.provisional(day):
            return True
    return False


def _use_fee(facts: Facts) -> int | None:
    """What the car regulation lets the seller keep for use: price x km / 1000 x coefficient, in fen."""
    inp, rules = facts.inp, facts.category.car
    if rules is None or inp.price_fen is None or inp.mileage_km is None:
        return None
    cap = rules.use_fee_cap.known()
    coefficient = cap if inp.n_ppm is None else min(inp.n_ppm, cap)
    return round(inp.price_fen * inp.mileage_km * coefficient / 1000 / _MILLION)


def _depreciation(facts: Facts) -> Depreciation | None:
    inp, figure = facts.inp, facts.cover.depreciation
    if figure is None or figure.value is None:
        return None
    since = inp.exchange_date or inp.invoice_date or inp.purchase_date
    first = since.toordinal() if since else facts.start
    days = max(facts.report - first - facts.deciding.excluded, 0)
    if inp.price_fen is None:
        return Depreciation(days, figure.value, None, None)
    amount = min((inp.price_fen * days * figure.value + _MILLION // 2) // _MILLION, inp.price_fen)
    free = facts.bought >= facts.common.depreciation_free_from
    return Depreciation(days, figure.value, amount, 0 if free else amount)


def _missing(facts: Facts, code: str) -> tuple[str, ...]:
    """What would make the decision firmer or better for the customer."""
    inp, category, missing = facts.inp, facts.category, []
    if code in ("NO_PROOF", "AG_NO_PROOF") or (code == "D7" and not facts.full_proof):
        missing.append("invoice")
    if code == "IMEI_90":
        missing.append("invoice")
    if category.car is not None and code != "OUT_OF_PERIOD":
        missing += [name for name in ("invoice", "card") if not getattr(inp, name)]
        if inp.mileage_km is None:
            missing.append("mileage_km")
    if facts.start_from == UNKNOWN:
        missing.append("purchase_date")
    elif category.contract is not None:
        if facts.deciding.end is None:
            missing.append("contract")
        elif facts.start_from != (inp.contract_start_basis or "acceptance") and facts.start_from != "exchange":
            missing.append(f"{inp.contract_start_basis or 'acceptance'}_date")
    elif facts.deciding.end is None:
        missing.append("promise")
    if code in _INSPECTIONS:
        missing.append("inspection_report")
    if inp.fault.performance is None and facts.in_period:
        missing.append("performance")
    if inp.price_fen is None and code in _PRICED_CODES:
        missing.append("price")
    if inp.n_ppm is None and code in _FEE_CODES:
        missing.append("n_coef")
    return tuple(missing)
