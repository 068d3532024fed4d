"""When someone comes: the wish against what can be kept."""

from datetime import datetime
from typing import Any

from desk import texts
from desk.cases import visits, words
from desk.cases.dialogue.case import HUMAN, Case


def visit(case: Case) -> bool:
    facts = case.facts
    if facts.get("mode") == "mail_in" or facts.get("visit"):
        return False
    if facts.get("wish"):
        return _settle_visit(case, facts["wish"])
    return ask_visit(case)


def ask_visit(case: Case) -> bool:
    """When: with the next possible half day to take."""
    mode = case.facts.get("mode") or "on_site"
    start, end = visits.next_slot(mode)
    case.offer("next_slot")
    slot = words.span(start, end)
    return case.ask("visit_time", f"visit.ask_{mode}", buttons=[(slot, slot), ("你们安排", "你们安排就行")], slot=slot)


def _settle_visit(case: Case, wish: dict[str, Any]) -> bool:
    """Take the wish when it can be kept; else say what can, and never promise more."""
    facts = case.facts
    if wish.get("flexible") or not wish.get("start"):
        start, end = visits.next_slot(facts.get("mode") or "on_site")
        facts["visit"] = {"start": None, "end": None, "text": wish["text"], "flexible": True}
        return False
    start, end = datetime.fromisoformat(wish["start"]), datetime.fromisoformat(wish["end"])
    mode = facts.get("mode") or "on_site"
    possible = visits.check(start, end, mode)
    if possible.start is not None and possible.end is not None:
        facts["visit"] = {
            "start": possible.start.isoformat(),
            "end": possible.end.isoformat(),
            "text": wish["text"],
            "flexible": False,
        }
        return False
    facts.pop("wish")
    slot = words.span(possible.next_start, possible.next_end)
    case.offer("next_slot", "human")
    key = "visit.not_possible_again" if case.count("visit_time") > 1 else f"visit.not_possible_{mode}"
    if not texts.has(key):
        key = "visit.not_possible_on_site"
    return case.ask("visit_time", key, buttons=[(slot, slot), HUMAN], wish=wish["text"], slot=slot)


def visit_words(visit: dict[str, Any], by_phone: bool = True) -> str:
    """The agreed span, or that we arrange it."""
    if not visit.get("start"):
        return texts.render("visit.flexible" if by_phone else "visit.flexible_here")
    return words.span(datetime.fromisoformat(visit["start"]), datetime.fromisoformat(visit["end"]))
