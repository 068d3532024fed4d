"""Opening hours and holidays: how the next days will be, single days that differ, a year's official notice."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from desk import texts, time
from desk.cases import audit, policies
from desk.console import guard, pages
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.rules import notices
from desk.rules.calendars import Calendar, Hours, default_calendar

router = APIRouter(prefix="/console/manage/hours", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Text = Annotated[str, Form(max_length=200)]
HOME, DAYS = "/console/manage/hours", 14
KINDS = ("weekend", "workday", "holiday")


@dataclass(frozen=True)
class Day:
    """How one day is: its kind, and the spans of each opening hours (`differs`: an exception of that day)."""

    day: date
    kind: str
    provisional: bool
    spans: list[tuple[str, bool]]


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """The page."""
    return _page(request, me)


@router.post("/day")
def set_day(
    request: Request, me: Me, name: Text = "", day: Text = "", mode: Text = "closed", spans: Text = ""
) -> Response:
    """Let one day differ, or make it ordinary again."""
    kept = {"name": name, "day": day, "mode": mode, "spans": spans}
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return _page(request, me, texts.render("console.hours.needs_day"), kept)
    written = re.sub("[–—－~至]", "-", spans).replace("：", ":")
    times = tuple(part for part in re.split(r"[,，、;；\s]+", written) if part)
    if mode == "open" and not times:
        return _page(request, me, texts.render("console.hours.needs_spans"), kept)
    if name not in default_calendar().hours:
        return _page(request, me, texts.render("console.hours.unknown"), kept)
    try:
        with db.transaction() as session:
            chosen = None if mode == "usual" else times if mode == "open" else ()
            policies.set_day(session, name, when, chosen, me.actor)
    except policies.NotValid as error:
        return _page(request, me, error.findings[0].problem, kept)
    return pages.done(HOME)


@router.post("/notice")
def take_notice(request: Request, me: Me, notice: Annotated[str, Form(max_length=8000)] = "") -> Response:
    """Take over a year from the text of the official notice."""
    kept = {"notice": notice}
    with TemporaryDirectory() as folder:
        place = Path(folder) / "notice.txt"
        place.write_text(notice, "utf-8")
        try:
            added = notices.import_years(place, policies.own_dir())
        except ValueError as error:
            return _page(request, me, str(error), kept)
    with db.transaction() as session:
        audit.note(session, me.actor, "holidays_imported", "policy", "holidays.yml", years=sorted(added))
    return pages.done(HOME, "notice")


def _page(request: Request, me: Person, trouble: str = "", kept: dict[str, str] | None = None) -> HTMLResponse:
    calendar = default_calendar()
    names = [(key, hours.name) for key, hours in calendar.hours.items()]
    today = time.today()
    exceptions = [
        (key, calendar.hours[key].name if key in calendar.hours else key, day, "、".join(spans))
        for key, found in policies.days().items() for day, spans in found.items() if day >= today
    ]
    empty = {"name": "agents", "day": "", "mode": "closed", "spans": "", "notice": ""}
    return pages.show(
        request, me, "admin/hours.html", 422 if trouble else 200, trouble=trouble, names=names,
        rules=[(hours.name, _rule(hours.on(today.toordinal()))) for hours in calendar.hours.values()],
        exceptions=exceptions,
        days=[_day(calendar, today + timedelta(days=number)) for number in range(DAYS)], kept={**empty, **(kept or {})},
        modes=[(mode, texts.render(f"console.hours.modes.{mode}")) for mode in ("closed", "open", "usual")], here=HOME,
    )


def _day(calendar: Calendar, day: date) -> Day:
    ordinal = day.toordinal()
    kind = calendar.kind(ordinal)
    named = "swap" if kind == 1 and day.weekday() >= 5 else KINDS[kind]
    spans = [(_words(hours.of(ordinal, kind)), ordinal in hours.dates) for hours in calendar.hours.values()]
    return Day(day, named, calendar.provisional(ordinal), spans)


def _rule(hours: Hours) -> str:
    on = texts.render("console.hours.every_day" if hours.every_day else "console.hours.workdays")
    holidays = texts.render("console.hours.holidays_too" if hours.on_holidays else "console.hours.not_on_holidays")
    return f"{on} {_words(hours.spans)}，{holidays}"


def _words(spans: tuple[tuple[int, int], ...]) -> str:
    return "、".join(policies.span(*part) for part in spans) or texts.render("console.hours.closed")
