"""Taking in every fact that a message brings: in whatever journey it is said, it is never asked for again."""

import re

from desk.cases.dialogue import absorb_data, absorb_things
from desk.cases.dialogue.case import Case
from desk.texts import data

CORRECTABLE = ("product_type", "phone", "name", "address", "device_id", "wish", "mode_said", "purchase_date")
LEARNT = (*CORRECTABLE, "symptom", "model_said", "fault_code", "order_number")
ASKS_BACK = re.compile(r"[吗么?？]|多少|几点|什么")


def absorb(case: Case) -> None:
    """Put the message's facts into the intake; what is said again replaces what was known."""
    before = {name: case.facts.get(name) for name in LEARNT}
    absorb_data.take_data(case)
    absorb_things.take_serial(case)
    absorb_things.take_things(case)
    _take_mode(case)
    case.learnt = [name for name, old in before.items() if case.facts.get(name) and case.facts[name] != old]
    changed = [name for name in CORRECTABLE if before[name] and case.facts.get(name) != before[name]]
    if "wish" in changed or (case.facts.get("wish") and not before["wish"]):
        case.drop_visit()
    if "mode_said" in changed:
        case.facts["mode"] = case.facts["mode_said"]
    if case.facts.get("wish") and before["wish"] is None and case.pending in ("confirm", "confirm_what"):
        changed.append("wish")
    case.state["changed"] = changed


def _take_mode(case: Case) -> None:
    plain = case.said.plain
    for mode, entry in data("understanding.modes").items():
        if any(word in plain for word in entry["not"]):
            continue
        strong = [word for word in entry["words"] if word not in entry["weak"]]
        at_last = case.pending in ("confirm", "confirm_what") and not ASKS_BACK.search(plain)
        counts = entry["words"] if case.pending == "service_mode" or at_last else strong
        if any(word in plain for word in counts):
            case.facts["mode_said"] = mode
            return
