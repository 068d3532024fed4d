"""Why the customer may choose more than a repair, or less: the rules in their order, each giving a reason code."""

from collections.abc import Callable

from desk.rules.warranty.model import Repair
from desk.rules.warranty.period import Facts, add_months

Step = Callable[[Facts], str | None]


def reason(facts: Facts) -> str:
    """The reason code of the first rule that applies."""
    for step in STEPS:
        code = step(facts)
        if code is not None:
            return code
    return facts.category.part_code if facts.kind == "part" else facts.category.in_code


def _no_reason_return(facts: Facts) -> str | None:
    inp = facts.inp
    if not inp.no_reason_request:
        return None
    received = inp.exchange_date or inp.delivery_date or inp.purchase_date
    first = received.toordinal() if received else facts.start
    end = facts.roll(first + facts.common.no_reason_days.known())
    facts.window_end = end
    allowed = inp.channel in facts.common.no_reason_channels and inp.nr_excluded is None
    return "NR7_OK" if allowed and facts.report <= end else "NR7_DENIED"


def _established_exclusion(facts: Facts) -> str | None:
    exclusions = facts.inp.exclusions
    return "EXCLUDED" if exclusions.established or exclusions.admitted else None


def _open_question(facts: Facts) -> str | None:
    """The cause is disputed or not known, and cover still runs: inspect first."""
    if not facts.in_period or (facts.inp.exclusions.claimed is None and facts.inp.fault.cause == "quality"):
        return None
    return _inspection(facts)


def _earlier_fault(facts: Facts) -> str | None:
    """The fault is proved to be older than its report, and on that day the customer had a right that is over now."""
    fault_day = facts.inp.fault.occurred_on
    if fault_day is None or not facts.common.earlier_fault_inspected or facts.deciding.end is None:
        return None
    windows = (facts.roll(facts.start + window.days) for window in facts.category.windows)
    lost = any(fault_day.toordinal() <= end < facts.report for end in (*windows, facts.deciding.end))
    return _inspection(facts) if lost else None


def _inspection(facts: Facts) -> str:
    if facts.category.contract is not None:
        return "INSPECT_CONTRACT"
    delivered = facts.inp.delivery_date
    accepted = max(facts.start, delivered.toordinal()) if delivered else facts.start
    end = facts.roll(add_months(accepted, facts.common.burden_months.known()))
    facts.window_end = end
    return "BURDEN_MERCHANT_6M" if facts.report <= end else "INSPECT_AFTER_6M"


def _consumable(facts: Facts) -> str | None:
    return "CONSUMABLE" if facts.inp.consumable else None


def _expired(facts: Facts) -> str | None:
    if facts.in_period:
        return None
    if facts.common.life_abnormal_free and facts.inp.fault.life_abnormal_certified:
        return "LIFE_ABNORMAL"
    if facts.deciding.end is None:
        return _unpromised(facts)
    return "REPAIR_30D" if _just_repaired(facts) else "OUT_OF_PERIOD"


def _just_repaired(facts: Facts) -> bool:
    """Whether the same fault came back while the last repair still has to hold."""
    days = facts.category.repair_guarantee
    done = [
        repair.returned.toordinal()
        for repair in facts.repairs
        if repair.same_fault and repair.returned is not None and not _is_open(facts, repair)
    ]
    if days is None or not done or facts.report > max(done) + days.known():
        return False
    facts.window_end = max(done) + days.known()
    return True


def _unpromised(facts: Facts) -> str:
    """Neither the law nor anybody set a period."""
    window = facts.category.unpromised_return
    if window is not None and facts.papers and facts.inp.fault.performance and facts.within(window.known()):
        return "D7"
    return _inspection(facts)


def _proof(facts: Facts) -> str | None:
    if facts.papers or facts.category.proof.none in ("not_needed", "system_record"):
        return None
    if facts.start_from == "exchange":
        return None
    if facts.category.proof.none == "IMEI_90":
        return "IMEI_90" if facts.start_from == "factory" else "NO_PROOF"
    return facts.category.proof.none


def _wearing_part(facts: Facts) -> str | None:
    if facts.kind != "wear":
        return None
    return "CAR_WEARPART" if facts.category.car is not None else facts.category.in_code


def _minor_fault(facts: Facts) -> str | None:
    if facts.inp.fault.performance:
        return None
    windows = facts.category.windows
    # Whether looks alone are a reason for a return in the first days is for a person to say.
    facts.needs_person = facts.inp.fault.performance is False and bool(windows) and facts.within(windows[0].days)
    return facts.category.part_code if facts.kind == "part" else facts.category.in_code


def _accessory(facts: Facts) -> str | None:
    limit = facts.category.accessory_replacements
    if facts.kind != "accessory" or limit is None:
        return None
    again = facts.inp.accessory_replaced >= limit.known()
    return "PHONE_ACC_2" if again and facts.full_proof else "PHONE_ACC"


def _part_only(facts: Facts) -> str | None:
    """The product as a whole is past its period: only the main part is still covered."""
    return None if facts.whole_in_period else facts.category.part_code


def _windows(facts: Facts) -> str | None:
    for window in facts.category.windows:
        if facts.within(window.days):
            return window.code
    return None


def _car(facts: Facts) -> str | None:
    rules, inp = facts.category.car, facts.inp
    if rules is None:
        return None
    full = inp.invoice and inp.card
    km = inp.mileage_km or 0.0
    assembly = inp.part is not None and any(name in inp.part for name in rules.assemblies)
    early_km = km <= rules.early_km.known()
    if full and inp.fault.critical and early_km and facts.within(rules.early_days.known()):
        return "CAR_23"
    if full and assembly and facts.within(rules.return_days.known()):
        return "CAR_22"
    if full:
        code = _car_24(facts, km)
        if code is not None:
            return code
    if assembly and early_km and facts.within(rules.early_days.known()):
        return "CAR_20"
    return "CAR_19"


def _car_24(facts: Facts, km: float) -> str | None:
    rules, inp = facts.category.car, facts.inp
    assert rules is not None
    if facts.guarantee_end is None or facts.report > facts.guarantee_end or km > rules.guarantee_km.known():
        return None
    same = _repaired(facts, same_fault=True)
    safety = inp.safety_repairs if inp.safety_repairs is not None else same
    if inp.fault.safety and safety >= rules.safety_repairs.known():
        return "CAR_24_1"
    if inp.fault.assembly_replaced >= rules.assembly_replacements.known():
        return "CAR_24_2"
    if inp.fault.same_part_replaced >= rules.part_replacements.known():
        return "CAR_24_3"
    days = inp.cum_repair_days if inp.cum_repair_days is not None else _car_days(facts)
    if days > rules.repair_days.known():
        return "CAR_24_4D"
    issues = inp.same_issue_repairs if inp.same_issue_repairs is not None else same
    return "CAR_24_4N" if issues > rules.same_issue.known() else None


def _car_days(facts: Facts) -> int:
    """Days in repair by §40: 24 hours are a day, a rest counts as one (with dates only: at least one each)."""
    days = 0
    for repair in facts.repairs:
        last = repair.returned.toordinal() if repair.returned else facts.report
        days += max(min(last, facts.report) - repair.received.toordinal(), 1)
    return days


def _is_open(facts: Facts, repair: Repair) -> bool:
    return repair.returned is None or repair.returned.toordinal() > facts.report


def _repaired(facts: Facts, *, same_fault: bool) -> int:
    """How many repairs were finished before this report."""
    return sum(not _is_open(facts, repair) and (repair.same_fault or not same_fault) for repair in facts.repairs)


def _overdue(facts: Facts) -> str | None:
    limits, best = facts.category.overdue, None
    for repair in facts.repairs:
        if not _is_open(facts, repair):
            continue
        sent = repair.received.toordinal()
        waited = facts.report - sent
        if limits.parts_days and repair.delay == "parts" and waited > limits.parts_days.known():
            facts.waited = waited
            return "LONG_PARTS"
        if limits.repairer_days and repair.delay == "repairer" and waited > limits.repairer_days.known():
            facts.waited, best = waited, "LONG_30"
        if limits.working_days:
            working = facts.calendar.working_days_between(sent, facts.report)
            if working > limits.working_days.known():
                facts.waited, best = working, "AG_30WD"
        best = _contract_overdue(facts, waited) or best
    return best


def _contract_overdue(facts: Facts, waited: int) -> str | None:
    rules = facts.category.contract
    for name in facts.inp.contract_exchange_rule if rules else ():
        rule = rules.exchange[name] if rules else None
        if rule and rule.kind == "overdue" and waited > rule.days.known():
            facts.waited = waited
            return "CONTRACT_10D"
    return None


def _contract_repeats(facts: Facts) -> str | None:
    rules = facts.category.contract
    for name in facts.inp.contract_exchange_rule if rules else ():
        rule = rules.exchange[name] if rules else None
        if rule and rule.times and _repaired(facts, same_fault=True) + 1 >= rule.times.known():
            if facts.within(rule.days.known()):
                return "CONTRACT_2IN45"
    return None


def _farm(facts: Facts) -> str | None:
    rules, fault = facts.category.farm, facts.inp.fault
    if rules is None:
        return None
    if fault.assembly_replaced >= 1:
        return "AG_AFTER_PART"
    if fault.serious and _repaired(facts, same_fault=True) >= rules.serious_repairs.known():
        return "AG_2REP"
    return "AG_2REP" if _first_season(facts) else None


def _first_season(facts: Facts) -> bool:
    """The same minor fault repaired in vain within the first days of the first working season."""
    rules, season = facts.category.farm, facts.inp.season_start
    if rules is None or season is None:
        return False
    end = facts.roll(season.toordinal() + rules.season_days.known())
    inside = [repair for repair in facts.repairs if season <= repair.received]
    done = sum(repair.same_fault and not _is_open(facts, repair) for repair in inside)
    return facts.report <= end and done >= rules.serious_repairs.known()


def _repeat(facts: Facts) -> str | None:
    rule, inp = facts.category.repeat, facts.inp
    if rule is None or _repaired(facts, same_fault=rule.same_fault) < rule.times.known():
        return None
    if inp.same_model_available is False:
        wants_money = inp.refuse_other or inp.refuse_exchange
        return "TWO_REP_NOSTOCK" if wants_money and facts.full_proof else "TWO_REP"
    return "TWO_REP_REFUSE" if inp.refuse_exchange and facts.full_proof else "TWO_REP"


STEPS: tuple[Step, ...] = (
    _no_reason_return,
    _established_exclusion,
    _open_question,
    _earlier_fault,
    _consumable,
    _expired,
    _proof,
    _wearing_part,
    _minor_fault,
    _accessory,
    _part_only,
    _windows,
    _car,
    _overdue,
    _contract_repeats,
    _farm,
    _repeat,
)
