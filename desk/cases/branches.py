"""Shops and service points: which one is near, and when it is open."""

import re
from datetime import datetime

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
    spans = re.findall(r"(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})", branch.hours)
    if not spans:
        return None
    now = time.local(at or time.now())
    days = re.search(r"周([一二三四五六日天])\s*[-–—~至到]\s*周?([一二三四五六日天])", branch.hours)
    if days:
        week = "一二三四五六日".replace("日", "日")
        first, last = (week.index(day.replace("天", "日")) for day in days.groups())
        if not first <= now.weekday() <= last:
            return False
    minute = now.hour * 60 + now.minute
    return any(int(a) * 60 + int(b) <= minute < int(c) * 60 + int(d) for a, b, c, d in spans)
