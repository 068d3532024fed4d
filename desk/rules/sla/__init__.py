"""Service levels: by when to respond, arrive and fix, what follows a breach, and the dates of other duties."""

from desk.rules.sla.deadlines import Milestones, Pause, Standing, deadlines, standings
from desk.rules.sla.duties import duty
from desk.rules.sla.levels import Levels, default_levels, load_levels
from desk.rules.sla.requests import answer_request

__all__ = [
    "Levels",
    "Milestones",
    "Pause",
    "Standing",
    "answer_request",
    "deadlines",
    "default_levels",
    "duty",
    "load_levels",
    "standings",
]
