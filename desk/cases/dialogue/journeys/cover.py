"""ask_warranty: is MY item covered, until when, and what then."""

from datetime import date
from typing import Any

from desk.cases import devices, prices, words
from desk.cases import warranty as warranties
from desk.cases.dialogue.case import HUMAN, Case
from desk.cases.dialogue.journeys import thing, verdict
from desk.language import choices


def start(case: Case) -> bool:
    """Answer from the records as soon as the item is known."""
    case.begin("warranty")
    return advance(case)


def advance(case: Case) -> bool:
    """Which item, then its cover; without a record, by the date that the customer gives."""
    case.state["pending"] = None
    if case.device is None and not case.gave_up("serial_number"):
        if case.customer is not None:
            asked = thing.own_device(case)
            if asked is not None:
                return asked or _tell(case)
        if case.facts.get("serial_claimed") and not case.tries("serial_number"):
            case.count("serial_number")
            case.say("serial.not_found", serial=case.facts["serial_claimed"])
            return thing.ask_serial(case, "serial.ask_again")
        return thing.ask_serial(case, "warranty.ask_serial")
    if case.device is None:
        if not case.product and not case.gave_up("which_product"):
            return case.ask("which_product", "fault.ask_product")
        if not case.facts.get("purchase_date") and not case.gave_up("purchase_date"):
            return case.ask("purchase_date", "fault.ask_bought", buttons=[("记不清了", "/dont_know")])
    return _tell(case)


def _tell(case: Case) -> bool:
    decision = (
        verdict.decide(case)
        if case.device is not None or case.facts.get("purchase_date")
        else warranties.unknown("serial_number")
    )
    if case.device is None and not case.facts.get("purchase_date"):
        verdict.keep_decision(case, decision)
    say_cover(case, decision)
    case.facts["decided"] = verdict.grounds(case)
    case.state["before"] = "ask_warranty"
    case.end()
    if not propose_repair(case):
        case.offer("repair")
        case.offer_buttons([("我要报修", "/report_fault"), ("维修大概多少钱", "/ask_price")])
    return False


def propose_repair(case: Case) -> bool:
    """After an answer to somebody whose thing is broken: shall it be repaired? False when nothing is known to be."""
    if not case.symptom or case.journey is not None or not case.product or case.state.get("begun_ticket"):
        return False
    case.say("warranty.repair_too", product=case.product)
    case.propose("repair")
    case.offer_buttons([("我要报修", "/report_fault"), HUMAN])
    return True


def say_other(case: Case) -> bool:
    """The cover of another device of the customer that the question names; what is being done goes on."""
    if case.customer is None or case.device is None:
        return False
    owned = devices.of_customer(case.session, case.customer.id)
    picked = choices.pick(case.said.plain, [devices.name_of(one) for one in owned]) if len(owned) > 1 else None
    if picked is None or owned[picked].id == case.device.id:
        return False
    decision = warranties.for_device(owned[picked])
    case.say_raw(f"{devices.name_of(owned[picked])}：{decision['sentence']}")
    return True


def say_cover(case: Case, decision: dict[str, Any]) -> None:
    """In or out, the day it ends, and what that means."""
    end = decision.get("warranty_end")
    if decision["coverage"] == "unknown" or not end:
        verdict.say_unknown(case, decision)
        case.offer("human")
        return
    name = devices.name_of(case.device) if case.device is not None else case.product
    last = words.full_day(date.fromisoformat(end))
    if decision["coverage"] == "excluded":
        case.say_raw(decision["sentence"])
    elif decision["coverage"] == "in":
        case.say("warranty.in", product=name, end=last)
    else:
        case.say("warranty.out", product=name, end=last)
        cost = prices.estimate(case.session, case.symptom, case.product).in_words()
        if cost:
            case.say("warranty.out_cost", cost=cost)
    if case.device is None:
        case.say("warranty.by_statement")
