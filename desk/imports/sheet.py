"""What a sheet is: its columns, how its rows are known again, and how a row becomes a record."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from desk.imports import values
from desk.imports.report import FileReport
from desk.imports.values import Convert
from desk.records.models import Base

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its Chinese title (taken as a header too), how its cells are read, where the value goes.

    `attribute` is the record's own; None when the sheet deals with the value itself.
    """

    name: str
    title: str
    convert: Convert = values.text
    attribute: str | None = ""
    key: bool = False

    @property
    def stored_as(self) -> str | None:
        """The record's attribute; the column's own name unless told otherwise."""
        return self.name if self.attribute == "" else self.attribute


@dataclass(slots=True)
class Row:
    """One row: `cells` by column name (only what was filled in), `fields` by attribute of the record."""

    line: int
    cells: dict[str, Any]
    fields: dict[str, Any] = field(default_factory=dict)


class Sheet(ABC):
    """A kind of table. Subclasses say what is special; `run.py` does the rest."""

    name: ClassVar[str]
    title: ClassVar[str]
    model: ClassVar[type[Base]]
    columns: ClassVar[tuple[Column, ...]]
    required: ClassVar[
        tuple[str, ...]
    ]  # the columns that no row may leave blank; the key columns unless told otherwise

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "required" not in vars(cls):
            cls.required = tuple(column.name for column in cls.columns if column.key)

    def column(self, header: str) -> Column | None:
        """The column that a header means."""
        low = header.strip().lower()
        return next((column for column in self.columns if low in (column.name, column.title.lower())), None)

    def key(self, row: Row) -> tuple[Any, ...]:
        """What makes two rows the same thing."""
        return tuple(row.cells.get(column.name) for column in self.columns if column.key)

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        """Look up what rows refer to, put it into `fields`, and report what is not there."""
        return

    @abstractmethod
    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        """Records that rows are about already, by key."""

    def create(self, session: Session, row: Row) -> Any:
        """A new record of a row."""
        return self.model(**row.fields)

    def changes(self, record: Any, row: Row) -> dict[str, Any]:
        """What the row says differently from the record."""
        return {name: value for name, value in row.fields.items() if getattr(record, name) != value}

    def change(self, session: Session, record: Any, changed: dict[str, Any]) -> None:
        """Write `changed` into a record that was there."""
        for name, value in changed.items():
            setattr(record, name, value)

    def after(self, session: Session, record: Any, row: Row) -> bool:
        """What belongs to the record in other tables. Returns whether anything changed."""
        return False

    @abstractmethod
    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        """Every record, by column name, as values."""


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Parts small enough for one IN."""
    listed = list(dict.fromkeys(items))
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def fetch(
    session: Session, model: type[Any], column: InstrumentedAttribute[Any], wanted: Iterable[Any]
) -> dict[Any, Any]:
    """Records by a unique column."""
    found: dict[Any, Any] = {}
    for part in chunks(wanted):
        for record in session.scalars(select(model).where(column.in_(part))):
            found[getattr(record, column.key)] = record
    return found
