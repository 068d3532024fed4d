"""The service database as the sheets that an import takes, so that what was exported can be imported again."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from desk.imports.sheet import Sheet

BOM = "\ufeff"


def rows(session: Session, sheet: Sheet) -> Iterator[list[str]]:
    """The header and every record of a sheet, as text."""
    names = [column.name for column in sheet.columns]
    yield names
    for record in sheet.export(session):
        yield [_written(record.get(name)) for name in names]


def to_csv(session: Session, sheet: Sheet, bom: bool = True) -> bytes:
    """A sheet as CSV in UTF-8; with the mark (BOM) by which Excel knows it is UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(guarded(row) for row in rows(session, sheet))
    return ((BOM if bom else "") + out.getvalue()).encode()


def to_workbook(session: Session, sheets: tuple[Sheet, ...]) -> bytes:
    """Sheets as one XLSX; every cell is text, so that Excel leaves long numbers alone."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for row in rows(session, sheet):
            page.append(guarded(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def guarded(row: list[str]) -> list[str]:
    """Cells that no spreadsheet runs as a formula: customers' words end up here."""
    return [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in row]


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)
