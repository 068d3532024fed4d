"""When someone comes: the wish against what can be kept, by engineers' calendars where the company has them here."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from desk import texts
from desk.cases import visit_hours, words
from desk.cases.dialogue.case import HUMAN, Case
from desk.cases.dialogue.journeys import calendar
from desk.records.models import Branch


def visit(case: Case) -> bool:
    """The time of the visit: taken from the wish, or asked for. True when a question is open."""
    facts = case.facts
    if facts.get("mode") == "mail_in":
        return False
    if facts.get("visit"):
        return calendar.moved_away(case) and visit(case)
    if calendar.counts(case):
        wish = facts.get("wish")
        return calendar.settle(case, wish) if wish else calendar.ask(case)
    if facts.get("wish"):
        return _settle_visit(case, facts["wish"])
    return ask_visit(case)


def ask_visit(case: Case) -> bool:
    """When: with the next possible half day to take."""
    mode = case.facts.get("mode") or "on_site"
    start, end = visit_hours.next_slot(mode, shop(case))
    case.offer("next_slot")
    case.state["slot"] = [start.isoformat(), end.isoformat()]
    slot = words.span(start, end)
    ways = [(slot, slot), ("你们安排", "你们安排就行")]
    kept = visit_hours.in_words(mode, shop(case))
    return case.ask("visit_time", f"visit.ask_{mode}", buttons=ways, slot=slot, **kept)


def shop(case: Case) -> Branch | None:
    """The branch that the customer goes to, once it is known."""
    name = case.facts.get("shop") if case.facts.get("mode") == "carry_in" else None
    return case.session.scalar(select(Branch).where(Branch.name == name)) if name else None


def _settle_visit(case: Case, wish: dict[str, Any]) -> bool:
    """Take the wish when it can be kept; else say what can, and never promise more."""
    facts = case.facts
    if wish.get("flexible") or not wish.get("start"):
        facts["visit"] = {"start": None, "end": None, "text": wish["text"], "flexible": True}
        return False
    start, end = datetime.fromisoformat(wish["start"]), datetime.fromisoformat(wish["end"])
    mode = facts.get("mode") or "on_site"
    possible = visit_hours.check(start, end, mode, shop(case))
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
    case.state["slot"] = [possible.next_start.isoformat(), possible.next_end.isoformat()]
    key = "visit.not_possible_again" if case.count("visit_time") > 1 else f"visit.not_possible_{mode}"
    if not texts.has(key):
        key = "visit.not_possible_on_site"
    kept = visit_hours.in_words(mode, shop(case))
    return case.ask("visit_time", key, buttons=[(slot, slot), HUMAN], wish=wish["text"], slot=slot, **kept)


def visit_words(visit: dict[str, Any], by_phone: bool = True) -> str:
    """The agreed span, or that we arrange it."""
    if visit.get("wished"):
        return texts.render("visit.wished", wish=visit["text"])
    if not visit.get("start"):
        return texts.render("visit.flexible" if by_phone else "visit.flexible_here")
    return words.span(datetime.fromisoformat(visit["start"]), datetime.fromisoformat(visit["end"]))
