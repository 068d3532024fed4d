"""Service levels and duties as data: classes, and reading them from `policy/sla.yml` with all checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desk.rules.calendars import SECOND, default_calendar
from desk.rules.versions import Edition, Installed, Versions, load_versions
from desk.rules.yamlfile import Field

SEVERITIES = ("A", "B", "C")
SERVICE_MODES = ("on_site", "carry_in", "mail_in", "pickup")
ACTIONS = ("spare_device", "exchange", "escalate")
ANCHORS = ("created", "diagnosed", "visit")
_MINUTE = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Target:
    """One deadline of a level. `hours` None: natural time. Durations in microseconds."""

    name: str
    duration: int
    outside: int | None
    hours: str | None
    anchor: str


@dataclass(frozen=True, slots=True)
class After:
    """What follows when the deadline `of` is missed."""

    of: str
    action: str
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A service level. `plan`: the plan that chooses it by severity, if one does."""

    code: str
    name: str
    targets: tuple[Target, ...]
    after: After | None
    plan: str | None


@dataclass(frozen=True, slots=True)
class PauseRule:
    """A reason for stopping the clock, and the deadlines it stops (None: all)."""

    name: str
    stops: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Step:
    """One output of a duty: `start` (an input or an earlier output) plus an amount of a unit."""

    name: str
    start: str
    unit: str
    amount: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty with dates that follow from its inputs (name to `instant` or `date`)."""

    code: str
    name: str
    inputs: Mapping[str, str]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """All service levels, plans, pauses and duties of a company."""

    version: str
    default: str
    plans: Mapping[str, Mapping[str, str]]
    levels: Mapping[str, Level]
    no_arrival_modes: frozenset[str]
    pauses: Mapping[str, PauseRule]
    duties: Mapping[str, Duty]

    def choose(self, code: str | None, severity: str) -> Level | None:
        """The level for a code, or for a plan by severity; None for an unknown code."""
        code = code or self.default
        if code in self.plans:
            code = self.plans[code][severity]
        return self.levels.get(code)

    def code_of(self, written: str) -> str | None:
        """The code of a level or plan that is written as its code or, blanks apart, as a level's name."""
        if written in self.levels or written in self.plans:
            return written
        plain = "".join(written.split())
        return next((code for code, level in self.levels.items() if "".join(level.name.split()) == plain), None)

    def by_plan(self, level: Level, severity: str) -> Level:
        """The level for another severity: of the same plan, or the same when no plan chose it."""
        return level if level.plan is None else self.levels[self.plans[level.plan][severity]]


def _target(name: str, field: Field, clocks: frozenset[str]) -> Target:
    parts = field.fields("minutes clock", "from outside_minutes")
    clock = parts["clock"].choice(("calendar", *sorted(clocks)))
    return Target(
        name=name,
        duration=parts["minutes"].integer(0, 5_256_000) * _MINUTE,
        outside=parts["outside_minutes"].integer(0, 5_256_000) * _MINUTE if "outside_minutes" in parts else None,
        hours=None if clock == "calendar" else clock,
        anchor=parts["from"].choice(ANCHORS) if "from" in parts else "created",
    )


def _level(code: str, field: Field, clocks: frozenset[str], plan: str | None) -> Level:
    parts = field.fields("name milestones", "after")
    targets = tuple(_target(name, child, clocks) for name, child in parts["milestones"].entries().items())
    if not targets:
        raise parts["milestones"].error("至少要有一个时限")
    after = None
    if "after" in parts:
        inner = parts["after"].fields("of action text")
        missed = inner["of"].choice([target.name for target in targets])
        after = After(missed, inner["action"].choice(ACTIONS), inner["text"].text())
    return Level(code, parts["name"].text(), targets, after, plan)


def _pause(field: Field) -> PauseRule:
    parts = field.fields("name stops")
    stops = parts["stops"].texts()
    return PauseRule(parts["name"].text(), None if "all" in stops else stops)


def _step(name: str, field: Field, known: list[str]) -> Step:
    units = ("hours", "days", "working_days", "months")
    parts = field.fields("from", " ".join(units))
    given = [unit for unit in units if unit in parts]
    if len(given) != 1:
        raise field.error(f"要写且只写 {'、'.join(units)} 之一")
    unit = given[0]
    low = -3650 if unit in ("hours", "days") else 0
    return Step(name, parts["from"].choice(known), unit, parts[unit].integer(low, 36_500))


def _duty(code: str, field: Field) -> Duty:
    parts = field.fields("name inputs outputs")
    inputs = {name: child.choice(("instant", "date")) for name, child in parts["inputs"].entries().items()}
    steps: list[Step] = []
    for name, child in parts["outputs"].entries().items():
        steps.append(_step(name, child, [*inputs, *(step.name for step in steps)]))
    return Duty(code, parts["name"].text(), inputs, tuple(steps))


def load_levels(own: Path | None = None, clocks: frozenset[str] | None = None) -> Versions[Levels]:
    """The service levels shipped, or those in the company's directory `own` (`own/sla.yml`).

    `clocks` are the names of opening hours that may be used (those of the installation by default).
    Raises PolicyError naming file, line and field.
    """
    known = frozenset(default_calendar().hours) if clocks is None else clocks
    return load_versions("sla.yml", own, lambda edition: _levels(edition, known))


def _levels(edition: Edition, clocks: frozenset[str]) -> Levels:
    top = edition.content.fields("default plans no_arrival_modes pauses levels duties")
    entries = top["levels"].entries()
    plans = {}
    plan_of: dict[str, str] = {}
    for plan, field in top["plans"].entries().items():
        chosen = {severity: child.choice(entries) for severity, child in field.fields("A B C").items()}
        plans[plan] = chosen
        plan_of |= dict.fromkeys(chosen.values(), plan)
    return Levels(
        version=f"sla@{edition.version}",
        default=top["default"].choice((*entries, *plans)),
        plans=plans,
        levels={code: _level(code, field, clocks, plan_of.get(code)) for code, field in entries.items()},
        no_arrival_modes=frozenset(item.choice(SERVICE_MODES) for item in top["no_arrival_modes"].items()),
        pauses={code: _pause(field) for code, field in top["pauses"].entries().items()},
        duties={code: _duty(code, field) for code, field in top["duties"].entries().items()},
    )


default_levels = Installed(load_levels)
"""The service levels for what is reported on a day."""
