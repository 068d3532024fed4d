"""Filters of the lists, as they come in an address; what is not understood is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from desk import time


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty fields do not count. Days are local, `until` included."""

    state: str = ""
    channel: str = ""
    staff: int | None = None
    kind: str = ""
    severity: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    customer: int | None = None

    def within(self, column: InstrumentedAttribute[datetime]) -> list[ColumnElement[bool]]:
        """The conditions that `column` lies in the days asked for."""
        found = []
        if self.since:
            found.append(column >= _midnight(self.since))
        if self.until:
            found.append(column < _midnight(self.until + timedelta(days=1)))
        return found


def read(query: Mapping[str, str]) -> Filters:
    """The filters of an address."""
    staff = query.get("staff", "")
    return Filters(
        query.get("state", "")[:20], query.get("channel", "")[:16],
        int(staff) if staff.isdecimal() and len(staff) < 9 else None, query.get("kind", "")[:16],
        query.get("severity", "")[:1], _day(query.get("since", "")), _day(query.get("until", "")),
        query.get("words", "").strip()[:60],
    )


def like(words: str) -> str:
    """`words` anywhere, for LIKE with the escape sign \\."""
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, clock(), time.SHOWN_IN)
