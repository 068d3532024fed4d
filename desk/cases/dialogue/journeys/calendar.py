"""Times from engineers' calendars: three to choose from, the wish matched to a real one, kept until it is confirmed."""

from datetime import datetime, timedelta
from typing import Any

from desk import texts, time
from desk.cases import visits, words
from desk.cases.dialogue.case import HUMAN, Case
from desk.records.models import Ticket
from desk.rules import visits as rules

SHOWN = 3


def counts(case: Case) -> bool:
    """Whether this visit is one of an engineer whose calendar is kept here."""
    return case.facts.get("mode") in (None, "on_site") and visits.staffed(case.session)


def need(case: Case) -> visits.Need:
    """What the visit of this case is for."""
    kind = "repair" if case.journey != "visit" else str(case.state.get("work") or "maintenance")
    return visits.Need(case.product, case.facts.get("address") or "", kind)


def free(case: Case, wanted: visits.Need) -> list[visits.Slot]:
    """Every free time up to the horizon."""
    now = time.now()
    return visits.slots(case.session, wanted, now, now + timedelta(days=rules.rules().days_ahead))


def titles(found: list[visits.Slot]) -> list[str]:
    """The times as they are said."""
    return [words.span(slot.start, slot.end) for slot in found]


def show(case: Case, key: str, found: list[visits.Slot], **values: Any) -> bool:
    """Offer these times; always True."""
    names = titles(found)
    case.state["slots"] = [slot.start.isoformat() for slot in found]
    case.offer("next_slot")
    another = texts.render("slots.more_button")
    buttons = [*((name, name) for name in names), (another, another)]
    return case.ask("visit_time", key, buttons=buttons, listed="、".join(names), **values)


def ask(case: Case) -> bool:
    """Three times to choose from; with none, a colleague will call, and that is said."""
    found = free(case, need(case))
    if not found:
        return _nobody(case)
    return show(case, "slots.ask", visits.spread(found, SHOWN))


def which(case: Case) -> bool:
    """A mere yes to several times: which of them? Always True."""
    window = rules.rules().window
    starts = [datetime.fromisoformat(start) for start in case.state["slots"]]
    names = [words.span(start, start + window) for start in starts]
    case.offer("next_slot")
    return case.ask("visit_time", "slots.which", buttons=[(name, name) for name in names], listed="、".join(names))


def _nobody(case: Case, key: str | None = None) -> bool:
    """No free time: honestly so; the case goes on without one."""
    case.say(key or ("slots.none_free" if visits.serviced(case.session, need(case)) else "slots.none_here"))
    case.offer("human")
    wish = case.facts.get("wish") or {}
    text, wished = str(wish.get("text") or "")[:40], bool(wish.get("start")) and not wish.get("flexible")
    case.facts["visit"] = {"start": None, "end": None, "text": text, "flexible": True, "wished": wished}
    return False


def settle(case: Case, wish: dict[str, Any]) -> bool:
    """Keep a time that fits the wish, or offer the nearest ones. True when a question is open."""
    found = free(case, need(case))
    if not found:
        return _nobody(case)
    fitting = chosen(case, found, wish)
    for slot in fitting:
        case.save_intake()
        kept = visits.hold(case.session, slot, need(case), case.intake.id if case.intake else None)
        if kept is not None:
            _keep(case, slot, kept.id, str(wish["text"]))
            return False
    case.facts.pop("wish", None)
    return show_nearest(case, found, wish)


def show_nearest(case: Case, found: list[visits.Slot], wish: dict[str, Any]) -> bool:
    """The times closest to a wish that cannot be kept; a person is offered with them."""
    start = datetime.fromisoformat(wish["start"]) if wish.get("start") else time.now()
    case.offer("human")
    asked = show(case, "slots.nearest", visits.nearest(found, start, SHOWN), wish=wish["text"])
    case.buttons[-1] = {"title": HUMAN[0], "payload": HUMAN[1]}
    return asked


def chosen(case: Case, found: list[visits.Slot], wish: dict[str, Any]) -> list[visits.Slot]:
    """The free times that keep the wish; 你们安排 means the first one offered, else the first there is."""
    if wish.get("start") and not wish.get("flexible"):
        return visits.fitting(found, datetime.fromisoformat(wish["start"]), datetime.fromisoformat(wish["end"]))
    offered = case.state.get("slots") or []
    return [*(slot for slot in found if slot.start.isoformat() in offered), *found][:SHOWN]


def _keep(case: Case, slot: visits.Slot, visit_id: int, said: str) -> None:
    case.state.pop("slots", None)
    case.facts["visit"] = {
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "text": said,
        "flexible": False,
        "visit_id": visit_id,
    }
    minutes = round(rules.rules().hold / rules.MINUTE)
    case.say("slots.held", when=words.span(slot.start, slot.end), minutes=minutes)


def more(case: Case, ticket: Ticket | None = None) -> bool:
    """Other times than those just offered: on another day when one is wished. Always True."""
    wanted = visits.need_of(ticket) if ticket is not None else need(case)
    last = max((datetime.fromisoformat(start) for start in case.state.get("slots") or []), default=time.now())
    later = [slot for slot in free(case, wanted) if slot.start > last]
    if case.said.has("换一天", "别的天", "晚几天", "往后"):
        later = [slot for slot in later if time.local(slot.start).date() > time.local(last).date()]
    if later:
        return show(case, "slots.more", visits.spread(later, SHOWN))
    case.offer("next_slot", "human")
    return case.ask("visit_time", "slots.no_more", buttons=[HUMAN])


def moved_away(case: Case) -> bool:
    """Whether the kept time no longer fits: the address has changed since, so it is chosen anew."""
    held = visits.find(case.session, case.facts["visit"].get("visit_id"))
    if held is None or held.place == need(case).place.key():
        return False
    case.drop_visit()
    return True


def lost(case: Case) -> bool:
    """At the customer's yes: whether the kept time has lapsed and gone to somebody else. True when it is asked anew."""
    visit = case.facts.get("visit") or {}
    held = visits.find(case.session, visit.get("visit_id"))
    if held is None or visits.keep_on(case.session, held, need(case)):
        return False
    case.drop_visit()
    case.facts.pop("confirmed", None)
    case.facts.pop("wish", None)
    found = free(case, need(case))
    if not found:
        return _nobody(case, "slots.gone_all")
    return show(case, "slots.gone", visits.nearest(found, datetime.fromisoformat(visit["start"]), SHOWN))
