"""The agents' hours: when a person answers, and when next."""

from datetime import datetime

from desk import time
from desk.rules import calendars

AGENTS = "agents"


def open_now(at: datetime | None = None) -> bool:
    """Whether agents answer at `at` (default now)."""
    return calendars.is_open(AGENTS, time.local(at or time.now()))


def next_opening(at: datetime | None = None) -> datetime:
    """The next instant at which agents answer, in UTC."""
    return calendars.next_opening(AGENTS, time.local(at or time.now()))
