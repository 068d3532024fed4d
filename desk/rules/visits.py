"""What fits into an engineer's day: windows of the shift, the way between two places, how much is too much."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from desk.language.places import CITIES
from desk.rules import calendars
from desk.rules.versions import Edition, Installed, Versions, load_versions

WORK = ("repair", "installation", "maintenance")
_DISTRICT = re.compile(r"[一-鿿]{1,8}?(?:新区|园区|开发区|高新区|区|县|旗)")
_PROVINCE = re.compile(r"^[一-鿿]{2,8}?(?:省|自治区)")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class VisitRules:
    """A company's figures for visits."""

    window: timedelta
    work: Mapping[str, timedelta]
    same_district: timedelta
    same_city: timedelta
    other_city: timedelta
    notice: timedelta
    hold: timedelta
    per_day: int
    days_ahead: int


def load(own: Path | None = None) -> Versions[VisitRules]:
    """What `own`/visits.yml says, or the shipped file. Raises PolicyError naming file, line and field."""
    return load_versions("visits.yml", own, _rules)


def _rules(edition: Edition) -> VisitRules:
    top = edition.content.fields("window work travel notice hold per_day days_ahead")
    work = top["work"].fields(" ".join(WORK))
    travel = top["travel"].fields("same_district same_city other_city")
    return VisitRules(
        window=top["window"].integer(30, 600) * MINUTE,
        work={name: work[name].integer(5, 600) * MINUTE for name in WORK},
        same_district=travel["same_district"].integer(0, 600) * MINUTE,
        same_city=travel["same_city"].integer(0, 600) * MINUTE,
        other_city=travel["other_city"].integer(0, 1440) * MINUTE,
        notice=top["notice"].integer(0, 10_000) * MINUTE,
        hold=top["hold"].integer(1, 1440) * MINUTE,
        per_day=top["per_day"].integer(1, 50),
        days_ahead=top["days_ahead"].integer(1, 90),
    )


rules = Installed(load)
"""The figures for what is booked on a day."""


@dataclass(frozen=True, slots=True)
class Place:
    """City and district of an address; empty where it does not say."""

    city: str = ""
    district: str = ""

    def key(self) -> str:
        """苏州/姑苏区, for keeping with a visit."""
        return f"{self.city}/{self.district}"[:60]


def place_of(address: str | None) -> Place:
    """Where an address is: 江苏省苏州市姑苏区观前街1号 → 苏州, 姑苏区."""
    rest = _PROVINCE.sub("", (address or "").strip())
    city = next((name for name in sorted(CITIES, key=len, reverse=True) if rest.startswith(name)), "")
    if not city:
        city = next((name for name in (*CITIES, "北京", "上海", "天津", "重庆") if f"{name}市" in rest), "")
        city = city or next((name for name in ("北京", "上海", "天津", "重庆") if rest.startswith(name)), "")
    behind = rest.partition(city)[2].removeprefix("市") if city else rest
    district = _DISTRICT.match(behind)
    return Place(city, district.group() if district else "")


def place_from(key: str) -> Place:
    """The place of a `Place.key`."""
    city, _, district = key.partition("/")
    return Place(city, district)


def covers(regions: list[str], place: Place) -> bool:
    """Whether someone with these regions goes there; no regions means everywhere, no known place anyone."""
    if not regions or place == Place():
        return True
    return any(_within(place_of(region), region, place) for region in regions)


def _within(region: Place, written: str, place: Place) -> bool:
    if region == Place():
        return _same_district(written, place.district)
    if region.city and place.city and region.city != place.city:
        # 昆山 is a city of its own and, for the one who wrote the region, a part of another.
        return _same_district(region.district, place.city)
    return not region.district or _same_district(region.district, place.district)


def _same_district(one: str, other: str) -> bool:
    return bool(one and other) and re.sub("(新区|区|县|市)$", "", one) == re.sub("(新区|区|县|市)$", "", other)


def travel(one: Place, other: Place, figures: VisitRules) -> timedelta:
    """How long the way between two places takes; where an address does not say, the same city is assumed."""
    if one.city and other.city and one.city != other.city:
        return figures.other_city
    if one.district and _same_district(one.district, other.district):
        return figures.same_district
    return figures.same_city


def fits(before_end: datetime, after_start: datetime, way: timedelta, work: timedelta, figures: VisitRules) -> bool:
    """Whether the way fits between two windows: a window has more time than its work."""
    return after_start >= before_end and after_start - before_end + (figures.window - work) >= way


def windows(shift: Mapping[str, Any], day: date, figures: VisitRules) -> Iterator[tuple[datetime, datetime]]:
    """The windows of a shift on `day`; none when it is not worked, or nobody visits on that day."""
    days = shift.get("days") or range(1, 8)
    if day.isoweekday() not in days:
        return
    at = _at(day, str(shift.get("from") or "09:00"))
    stop = _at(day, str(shift.get("to") or "18:00"))
    while at + figures.window <= stop:
        if calendars.is_open("visits", at):
            yield at, at + figures.window
        at += figures.window


def _at(day: date, written: str) -> datetime:
    hour, minute = (int(part) for part in written.split(":"))
    midnight = datetime.combine(day, clock_time(), tzinfo=calendars.BEIJING)
    return midnight + timedelta(hours=hour, minutes=minute)
