"""Who pays and why: the decision of a case, kept, told, and agreed to."""

from datetime import date
from typing import Any

from desk.cases import prices
from desk.cases import warranty as warranties
from desk.cases.dialogue.case import HUMAN, Case

PAYS = ("customer", "customer_cost")


def tell(case: Case) -> bool:
    facts = case.facts
    if facts.get("decided") == grounds(case) and case.intake is not None and case.intake.decision:
        return False
    before = current(case)
    facts["decided"] = grounds(case)
    decision = decide(case)
    if before is None or before.get("sentence") != decision.get("sentence"):
        show(case, decision)
    return False


def grounds(case: Case) -> str:
    """What the decision rests on: told once, it is told again when this changes."""
    facts = case.facts
    return f"{facts.get('device_id')}/{facts.get('purchase_date')}/{facts.get('cause')}"


def decide(case: Case) -> dict[str, Any]:
    """The decision object of this case, kept with the intake and shown in the turn."""
    decision = warranties.of_case(case.device, case.product, *bought(case), case.symptom, case.facts.get("cause"))
    keep_decision(case, decision)
    return decision


def bought(case: Case) -> tuple[date | None, date | None]:
    """The first and the last day on which the customer may have bought it, by what was said."""
    first, last = (case.facts.get(name) for name in ("purchase_date", "purchase_until"))
    return (date.fromisoformat(first), date.fromisoformat(last or first)) if first else (None, None)


def keep_decision(case: Case, decision: dict[str, Any]) -> None:
    """Store a decision with the intake and put it into the turn."""
    if case.intake is None:
        case.save_intake()
    assert case.intake is not None
    case.intake.decision = decision
    case.step.decision = decision


def show(case: Case, decision: dict[str, Any]) -> None:
    """The verdict in a sentence, with the reason; by the customer's word only, it says so."""
    if decision["coverage"] == "unknown":
        say_unknown(case, decision)
        return
    case.say_raw(decision["sentence"])
    if decision.get("needs_person"):
        case.offer("human")
    if case.device is None:
        case.say("warranty.by_statement")


def say_unknown(case: Case, decision: dict[str, Any]) -> None:
    """That it cannot be said yet, and what would settle it."""
    if decision.get("evidence_missing") == [warranties.EXACT_DATE]:
        case.say_raw(decision["sentence"])
    else:
        case.say("warranty.unknown")


def current(case: Case) -> dict[str, Any] | None:
    """The decision that stands for this case."""
    return case.intake.decision if case.intake else None


def must_pay(case: Case) -> bool:
    """Whether the decision leaves only a paid repair."""
    decision = current(case)
    return bool(decision and decision.get("primary") == "PAID_REPAIR" and decision.get("payer") in PAYS)


def payment(case: Case) -> bool:
    if not must_pay(case) or case.facts.get("paid") == "agreed":
        return False
    case.offer("paid_repair", "human")
    cost = prices.estimate(case.session, case.symptom + (case.facts.get("part") or ""), case.product).in_words()
    buttons = [("同意付费维修", "/affirm"), ("先不修", "/deny"), HUMAN]
    if cost:
        return case.ask("payment", "payment.ask_with_price", api="confirm", buttons=buttons, cost=cost)
    return case.ask("payment", "payment.ask", api="confirm", buttons=buttons)
