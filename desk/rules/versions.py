"""Versions of policy files: what holds from which day on, and every number with where it comes from.

A file says at its head since when it holds, by whom and how surely. `versions` in it are what changes on later days,
written as the file is, but only what is new.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Generic, TypeVar

from desk import time
from desk.rules.places import SHIPPED, company_dir, find, find_all, of_installation
from desk.rules.yamlfile import Field, Origin, read

Rules = TypeVar("Rules")


@dataclass(frozen=True, slots=True)
class Edition:
    """A policy file as it holds since a day. `written` is what this version itself says."""

    version: str
    since: date
    content: Field
    written: Field


class Versions(Generic[Rules]):
    """The same rules as they hold from one day on and from the next."""

    __slots__ = ("_found",)

    def __init__(self, found: Sequence[tuple[date, Rules]]) -> None:
        self._found = tuple(reversed(found))

    def on(self, day: date) -> Rules:
        """The rules of that day; before all versions, the first."""
        for since, rules in self._found:
            if since <= day:
                return rules
        return self._found[-1][1]


class Installed(Generic[Rules]):
    """The rules of this installation, read again when its files are replaced.

    Called with the day or the instant (None: now) that decides on the version.
    """

    __slots__ = ("_current",)

    def __init__(self, load: Callable[[Path | None], Versions[Rules]]) -> None:
        self._current = of_installation(lambda: load(company_dir()))

    def __call__(self, at: date | datetime | None = None) -> Rules:
        return self._current().on(day_of(at))


def day_of(at: date | datetime | None) -> date:
    """The day, where the company is, that decides on the version: of an instant, or today when there is none."""
    if isinstance(at, datetime):
        return time.local(at).date()
    return at or time.today()


def read_editions(path: Path) -> list[Edition]:
    """The versions of one file, the oldest first.

    Raises PolicyError naming file, line and field.
    """
    top, versions = read(path).parted("versions")
    layers = [top, *(versions.items() if versions is not None and not versions.is_null() else ())]
    editions: list[Edition] = []
    for layer in layers:
        named, version = layer.parted("version")
        written = named.dated()
        since = _origin(written).effective_from
        if editions and since <= editions[-1].since:
            raise layer.error(f"effective_from 要晚于上一版的 {editions[-1].since}")
        name = since.isoformat() if version is None else version.text()
        if any(name == edition.version for edition in editions):
            raise layer.error(f"版本“{name}”写了两次")
        content = editions[-1].content.changed_by(written) if editions else written
        editions.append(Edition(name, since, content, written))
    return editions


def editions_of(name: str, own: Path | None) -> list[Edition]:
    """The versions of the file `name`: the company's, and before its first day the shipped ones."""
    path = find(name, own)
    mine = read_editions(path)
    if path == SHIPPED / name or not (SHIPPED / name).is_file():
        return mine
    return [edition for edition in read_editions(SHIPPED / name) if edition.since < mine[0].since] + mine


def load_versions(name: str, own: Path | None, load: Callable[[Edition], Rules]) -> Versions[Rules]:
    """What `load` reads out of each version of the file `name`."""
    return Versions([(edition.since, load(edition)) for edition in editions_of(name, own)])


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the policy, and why it is what it is."""

    file: str
    field: str
    value: str
    effective_from: date
    source: str
    confidence: str


def numbers(own: Path | None = None) -> Iterator[Number]:
    """Every number, switch, day and time of day of the policy that counts, company files included.

    Raises PolicyError naming file, line and field.
    """
    for folder in ("", "warranty"):
        for path in find_all(folder, own):
            name = f"{folder}/{path.name}".lstrip("/")
            for edition in editions_of(name, own):
                for field in edition.written.numbers():
                    origin = _origin(field)
                    shown = field.path.removesuffix(".value")
                    yield Number(name, shown, field.text(), origin.effective_from, origin.source, origin.confidence)


def _origin(field: Field) -> Origin:
    assert field.origin is not None
    return field.origin
