"""Shops and service points: which one is near, and when it is open."""

import re
from datetime import date, datetime
from datetime import time as clock_time

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.records.models import Branch


def near(session: Session, text: str) -> list[Branch]:
    """Branches whose city, district or name `text` names; a district beats a city."""
    found = []
    for branch in session.scalars(select(Branch).order_by(Branch.id)):
        city, district = branch.city.removesuffix("市"), re.sub("(区|县|市|新区)$", "", branch.district)
        if district and district in text:
            found.append((0, branch))
        elif city and city in text:
            found.append((1, branch))
        elif branch.name and branch.name in text:
            found.append((0, branch))
    best = min((rank for rank, _ in found), default=0)
    return [branch for rank, branch in found if rank == best]


def all_branches(session: Session) -> list[Branch]:
    """Every branch, in the company's order."""
    return list(session.scalars(select(Branch).order_by(Branch.id)))


def cities(session: Session) -> str:
    """Where there are branches: 武汉、长沙."""
    return "、".join(dict.fromkeys(branch.city for branch in all_branches(session) if branch.city))


def open_until(branch: Branch, at: datetime | None = None) -> bool | None:
    """Whether the branch is open at `at` by its written hours; None when they cannot be read."""
    now = time.local(at or time.now())
    spans = spans_on(branch, now.date())
    return None if spans is None else any(first <= now.time() < last for first, last in spans)


def spans_on(branch: Branch, day: date) -> list[tuple[clock_time, clock_time]] | None:
    """The spans in which the branch is open on `day` by its written hours; None when they cannot be read."""
    spans = re.findall(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})", branch.hours)
    if not spans:
        return None
    days = re.search(r"周([一二三四五六日天])\s*[-–—~至到]\s*周?([一二三四五六日天])", branch.hours)
    if days:
        first, last = ("一二三四五六日".index(name.replace("天", "日")) for name in days.groups())
        if not first <= day.weekday() <= last:
            return []
    return [
        (clock_time(int(a) % 24, int(b)), clock_time(min(int(c), 23), int(d) if int(c) < 24 else 59))
        for a, b, c, d in spans
    ]
