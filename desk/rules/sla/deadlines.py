"""When a ticket's deadlines fall, with pauses and changes of severity, and how they stand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desk.rules.calendars import BEIJING, Calendar, default_calendar, from_ticks, ordinal_of, to_ticks
from desk.rules.errors import RuleInputError
from desk.rules.sla.levels import SEVERITIES, Level, Levels, Target, default_levels


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which clocks stand still (aware instants); `end` None: still paused."""

    start: datetime
    end: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Milestones:
    """By when what is due (UTC). None: no such deadline, or it is paused without an end yet (`paused`).

    `policy_version`: the service levels that hold for the ticket, those of the day of its report.
    """

    level: str
    severity: str
    policy_version: str
    response_due: datetime | None = None
    arrival_due: datetime | None = None
    fix_due: datetime | None = None
    others: Mapping[str, datetime | None] = field(default_factory=dict)
    after_breach: str | None = None
    after_action: str | None = None
    after_of: str | None = None
    paused: bool = False
    provisional: bool = False

    def due(self) -> dict[str, datetime]:
        """All deadlines that are set, by the name of the milestone."""
        own = {"response": self.response_due, "arrival": self.arrival_due, "fix": self.fix_due, **self.others}
        return {name: at for name, at in own.items() if at is not None}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, instants in Beijing time; other milestones as `<name>_due`."""
        found: dict[str, Any] = {
            "level": self.level,
            "severity": self.severity,
            "response_due": _iso(self.response_due),
            "arrival_due": _iso(self.arrival_due),
            "fix_due": _iso(self.fix_due),
        }
        found |= {f"{name}_due": _iso(at) for name, at in self.others.items()}
        found |= {
            "after_breach": self.after_breach,
            "after_action": self.after_action,
            "after_of": self.after_of,
            "paused": self.paused,
            "provisional": self.provisional,
            "policy_version": self.policy_version,
        }
        return found


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(BEIJING).isoformat()


Spans = list[tuple[int, int | None]]


def deadlines(
    level: str | None,
    severity: str,
    created_at: datetime,
    *,
    diagnosed_at: datetime | None = None,
    visit_at: datetime | None = None,
    pauses: Sequence[Pause] = (),
    severity_changes: Sequence[tuple[datetime, str]] = (),
    service_mode: str | None = None,
    calendar: Calendar | None = None,
    levels: Levels | None = None,
) -> Milestones:
    """The deadlines of a ticket reported at `created_at` with `severity` A, B or C (all times aware).

    `level` is a level or plan code, None for the default; without `levels`, those of the day of the report hold.
    A worse severity starts the better level's clocks at the change and never moves a deadline back; a milder one never
    brings a deadline forward.
    Raises RuleInputError for an unknown level, severity or pause, and for times in the wrong order.
    """
    levels = levels or default_levels(created_at)
    chosen = levels.choose(level, _known(severity))
    if chosen is None:
        raise RuleInputError(f"没有叫“{level}”的服务级别，可以用的有：{'、'.join([*levels.levels, *levels.plans])}")
    created = to_ticks(created_at)
    diagnosed = _after(created, diagnosed_at, "确诊时间")
    visit = None if visit_at is None else to_ticks(visit_at)
    no_arrival = service_mode in levels.no_arrival_modes
    stops = [_pause(levels, pause, created) for pause in pauses] if pauses else ()
    clock = _Clock(calendar or default_calendar(), stops, visit, no_arrival)
    due = clock.due(chosen, created, diagnosed)
    for at, new in sorted(severity_changes) if severity_changes else ():
        moment = _after(created, at, "改级时间")
        target = levels.by_plan(chosen, _known(new))
        if target is not chosen and new < severity:
            due = _merged(due, clock.due(target, moment, moment), _earlier)
        elif target is not chosen:
            due = _merged(due, clock.due(target, created, diagnosed), _later)
        chosen, severity = target, new
    return _milestones(chosen, severity, levels.version, due, clock)


def _known(severity: str) -> str:
    if severity not in SEVERITIES:
        raise RuleInputError(f"严重度只能是 A、B、C,不能是“{severity}”")
    return severity


def _after(created: int, at: datetime | None, what: str) -> int:
    if at is None:
        return created
    ticks = to_ticks(at)
    if ticks < created:
        raise RuleInputError(f"{what}早于报修时间")
    return ticks


Due = dict[str, int | None]
_OWN = frozenset(("response", "arrival", "fix"))


def _merged(old: Due, new: Due, pick: Callable[[int | None, int | None], int | None]) -> Due:
    return {name: pick(old[name], at) if name in old else at for name, at in new.items()}


def _earlier(one: int | None, two: int | None) -> int | None:
    return two if one is None else one if two is None else min(one, two)


def _later(one: int | None, two: int | None) -> int | None:
    return None if one is None or two is None else max(one, two)


class _Clock:
    """Adds durations of natural or working time, leaving out the pauses that stop the milestone."""

    __slots__ = ("calendar", "no_arrival", "pauses", "provisional", "stopped", "visit")

    def __init__(
        self, calendar: Calendar, pauses: "Sequence[_Stop]", visit: int | None, no_arrival: bool
    ) -> None:
        self.calendar = calendar
        self.pauses = pauses
        self.visit = visit
        self.no_arrival = no_arrival
        self.provisional = False
        self.stopped = False

    def due(self, level: Level, start: int, diagnosed: int) -> Due:
        """The deadlines of `level` when its clocks start at `start` (those from the diagnosis at `diagnosed`)."""
        due: Due = {}
        for target in level.targets:
            if target.name == "arrival" and self.no_arrival:
                continue
            if target.anchor == "visit":
                due[target.name] = None if self.visit is None else self.visit + target.duration
            else:
                begin = diagnosed if target.anchor == "diagnosed" else start
                duration = target.duration if target.outside is None else self._emergency(target, target.outside, start)
                if self.pauses:
                    due[target.name] = self._add_around(target.hours, begin, duration, self._stops(target.name))
                else:
                    due[target.name] = self._add(target.hours, begin, duration)
        return due

    def _emergency(self, target: Target, outside: int, created: int) -> int:
        """The duration that depends on whether the report came in service hours."""
        return target.duration if self.calendar.working_time("service").is_open(created) else outside

    def _stops(self, name: str) -> Spans:
        spans = [(start, end) for start, end, stops in self.pauses if stops is None or name in stops]
        return _joined(spans)

    def _add(self, hours: str | None, start: int, duration: int) -> int:
        if hours is None:
            return start + duration
        at = self.calendar.working_time(hours).add(start, duration)
        self.provisional = self.provisional or self.calendar.provisional(ordinal_of(at))
        return at

    def _add_around(self, hours: str | None, start: int, duration: int, spans: Spans) -> int | None:
        for begin, end in spans:
            at = self._add(hours, start, duration)
            if at <= begin:
                return at
            if end is None:
                self.stopped = True
                return None
            if end <= start:
                continue
            if begin > start:
                duration -= self._between(hours, start, begin)
            start = end
        return self._add(hours, start, duration)

    def _between(self, hours: str | None, start: int, end: int) -> int:
        return end - start if hours is None else self.calendar.working_time(hours).between(start, end)


_Stop = tuple[int, int | None, tuple[str, ...] | None]


def _pause(levels: Levels, pause: Pause, created: int) -> _Stop:
    rule = levels.pauses.get(pause.reason)
    if rule is None:
        raise RuleInputError(f"没有叫“{pause.reason}”的暂停原因，可以用的有：{'、'.join(levels.pauses)}")
    start = max(to_ticks(pause.start), created)
    end = None if pause.end is None else to_ticks(pause.end)
    if end is not None and end < to_ticks(pause.start):
        raise RuleInputError("暂停的结束时间早于开始时间")
    return start, end, rule.stops


def _joined(spans: Sequence[tuple[int, int | None]]) -> Spans:
    """Overlapping pauses as one, in order."""
    joined: Spans = []
    for start, end in sorted(spans, key=lambda span: span[0]):
        last = joined[-1] if joined else None
        if last is not None and (last[1] is None or start <= last[1]):
            joined[-1] = (last[0], None if last[1] is None or end is None else max(last[1], end))
        else:
            joined.append((start, end))
    return joined


def _milestones(level: Level, severity: str, version: str, due: Due, clock: _Clock) -> Milestones:
    own: dict[str, datetime | None] = {}
    others: dict[str, datetime | None] = {}
    for name, ticks in due.items():
        place = own if name in _OWN else others
        place[name] = None if ticks is None else from_ticks(ticks)
    after = level.after if level.after and level.after.of in due else None
    return Milestones(
        level.code,
        severity,
        version,
        own.get("response"),
        own.get("arrival"),
        own.get("fix"),
        others,
        after.text if after else None,
        after.action if after else None,
        after.of if after else None,
        clock.stopped,
        clock.provisional,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How one deadline stands: running, overdue, met, late, or stopped (resolved before it fell due)."""

    name: str
    due: datetime
    state: str


def standings(
    due: Mapping[str, datetime],
    now: datetime,
    done: Mapping[str, datetime] | None = None,
    resolved_at: datetime | None = None,
) -> tuple[Standing, ...]:
    """How each deadline of `due` (name to instant, see Milestones.due) stands at `now`, the earliest first.

    `done` says when a milestone was reached (`response`, `arrival`, …). All clocks stop at `resolved_at`.
    """
    done = done or {}
    found = []
    for name, at in sorted(due.items(), key=lambda item: item[1]):
        reached = done.get(name)
        if reached is None and resolved_at is not None:
            state = "stopped" if resolved_at <= at else "late"
        elif reached is not None:
            state = "met" if reached <= at else "late"
        else:
            state = "running" if now <= at else "overdue"
        found.append(Standing(name, at, state))
    return tuple(found)
