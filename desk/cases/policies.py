"""A company's policy files: looked at, checked, put in place. They count at once, for all processes on the machine."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit
from desk.records.models import PolicyVersion
from desk.rules import complaints, visits
from desk.rules.calendars import load_calendar, read_dates
from desk.rules.places import SHIPPED, company_dir
from desk.rules.quotes import load_prices
from desk.rules.severity import load_severity
from desk.rules.sla import load_levels
from desk.rules.warranty import load_policy
from desk.rules.yamlfile import PolicyError
from desk.settings import settings

Loaded = TypeVar("Loaded")

DATES = "dates.yml"
LARGEST = 200_000  # characters


@dataclass(frozen=True)
class PolicyFile:
    """One file: `own` when the company's hides the shipped one."""

    path: str
    own: bool
    shipped: bool


@dataclass(frozen=True)
class Finding:
    """What keeps a file out: where (line 0: the whole file) and why. `file` may be another one that needs it."""

    file: str
    line: int
    field: str
    problem: str


class NotValid(Exception):
    """The file was not taken; `findings` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(len(findings))
        self.findings = findings


def own_dir() -> Path:
    """Where the company's files are kept."""
    return company_dir() or settings().data_dir / "policy"


def files() -> list[PolicyFile]:
    """Every file that may be replaced, and those that are the company's own."""
    found = {path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.yml")}
    own = own_dir()
    mine = {path.relative_to(own).as_posix() for path in own.rglob("*.yml")} if own.is_dir() else set()
    return [PolicyFile(path, path in mine, path in found) for path in sorted(found | mine)]


def known(path: str) -> bool:
    """Whether `path` names a file of the policy."""
    return path == DATES or any(file.path == path for file in files())


def text(path: str, shipped: bool = False) -> str:
    """The file that counts (or the shipped one); empty when there is none."""
    own = own_dir() / path
    place = own if own.is_file() and not shipped else SHIPPED / path
    return place.read_text("utf-8") if place.is_file() else ""


def check(path: str, content: str) -> list[Finding]:
    """What would be wrong if `content` stood in `path`, with the company's other files as they are."""
    if len(content) > LARGEST:
        return [Finding(path, 0, "", f"太大，最多 {LARGEST // 1000} KB")]
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "policy"
        if own_dir().is_dir():
            shutil.copytree(own_dir(), trial)
        (trial / path).parent.mkdir(parents=True, exist_ok=True)
        (trial / path).write_text(content, "utf-8")
        return _problems(trial)


def standing() -> list[Finding]:
    """What is wrong with the files as they stand: the shipped ones with the company's over them."""
    return _problems(own_dir())


def save(session: Session, path: str, content: str, actor: str) -> None:
    """Put `content` in place when it is valid. Raises NotValid."""
    findings = check(path, content)
    if findings:
        raise NotValid(findings)
    target = own_dir() / path
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_text(content, "utf-8")
    os.replace(fresh, target)
    _note(session, path, content, actor, "policy_saved")


def remove(session: Session, path: str, actor: str) -> None:
    """Take the company's file away, so that the shipped one counts again. Raises NotValid when others need it."""
    target = own_dir() / path
    if not target.is_file():
        return
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "policy"
        shutil.copytree(own_dir(), trial)
        (trial / path).unlink()
        findings = _problems(trial)
    if findings:
        raise NotValid(findings)
    target.unlink()
    _note(session, path, None, actor, "policy_removed")


def versions(session: Session, path: str) -> list[PolicyVersion]:
    """How the file stood before, the newest first."""
    query = select(PolicyVersion).where(PolicyVersion.path == path).order_by(PolicyVersion.id.desc())
    return list(session.scalars(query.limit(20)))


def version(session: Session, path: str, number: int) -> PolicyVersion | None:
    """The file as it was saved then; None when there is no such version with a content."""
    found = session.get(PolicyVersion, number)
    return found if found is not None and found.path == path and found.content is not None else None


def restore(session: Session, path: str, number: int, actor: str) -> bool:
    """Put an earlier version in place again; False when there is none. Raises NotValid when it is wrong by now."""
    found = version(session, path, number)
    if found is None or found.content is None:
        return False
    save(session, path, found.content, actor)
    return True


def days() -> dict[str, dict[date, tuple[str, ...]]]:
    """Single days that differ from the opening hours, by name: the spans of each, none for a day off."""
    place = own_dir() / DATES
    if not place.is_file():
        return {}
    read = read_dates(place)
    return {
        name: {date.fromordinal(day): tuple(span(*part) for part in spans) for day, spans in sorted(found.items())}
        for name, found in read.items()
    }


def set_day(session: Session, name: str, day: date, spans: tuple[str, ...] | None, actor: str) -> None:
    """On `day` the hours `name` are `spans` (none: a day off); None takes the exception away. Raises NotValid."""
    found = days()
    of_name = found.setdefault(name, {})
    if spans is None:
        of_name.pop(day, None)
    else:
        of_name[day] = spans
    lines = ["# 某一天和平时不一样的营业时间，由工作台写入；[] 表示当天不开"]
    first = min((when for exceptions in found.values() for when in exceptions), default=day)
    lines += [f"effective_from: {first.isoformat()}", "source: 公司安排", "confidence: H"]
    bare = len(lines)
    for hours, exceptions in sorted(found.items()):
        if exceptions:
            lines.append(f"{hours}:")
        for when, times in sorted(exceptions.items()):
            listed = ", ".join(f'"{part}"' for part in times)
            lines.append(f"  {when.isoformat()}: [{listed}]")
    if len(lines) == bare:
        remove(session, DATES, actor)
    else:
        save(session, DATES, "\n".join(lines) + "\n", actor)


def _problems(trial: Path) -> list[Finding]:
    found: list[Finding] = []
    calendar = _tried(lambda: load_calendar(trial), trial, found)
    if calendar is not None:
        clocks = frozenset(calendar.hours)
        _tried(lambda: load_levels(trial, clocks), trial, found)
        _tried(lambda: load_prices(trial, clocks), trial, found)
    _tried(lambda: load_severity(trial), trial, found)
    _tried(lambda: load_policy(trial), trial, found)
    _tried(lambda: complaints.load(trial), trial, found)
    _tried(lambda: visits.load(trial), trial, found)
    return list(dict.fromkeys(found))


def _tried(load: Callable[[], Loaded], trial: Path, found: list[Finding]) -> Loaded | None:
    try:
        return load()
    except PolicyError as error:
        inside = error.file.is_relative_to(trial)
        name = error.file.relative_to(trial if inside else SHIPPED).as_posix()
        found.append(Finding(name, error.line, error.field, error.message))
        return None


def _note(session: Session, path: str, content: str | None, actor: str, action: str) -> None:
    session.add(PolicyVersion(path=path, content=content, saved_by=actor, saved_at=time.now()))
    audit.note(session, actor, action, "policy", path)


def span(start: int, end: int) -> str:
    """09:00-18:00, from microseconds after midnight."""
    minutes = (start // 60_000_000, end // 60_000_000)
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes)
