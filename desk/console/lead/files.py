"""Rows as files: CSV that Excel opens (UTF-8 with its mark), and XLSX. Both are sent while they are made."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from desk.imports.export import BOM, guarded

CHUNK = 64 * 1024
IN_MEMORY = 8 * 1024 * 1024
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def to_csv(heads: list[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    """The table as CSV, in pieces."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    out.write(BOM)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(guarded(row))
        if out.tell() >= CHUNK:
            yield _taken(out)
    yield _taken(out)


def to_xlsx(title: str, heads: list[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    """The table as a workbook of one sheet; every cell is text, so that long numbers stay as they are."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(heads)
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in guarded(row)])
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        book.save(kept)
        kept.seek(0)
        yield from _pieces(kept)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def _pieces(kept: IO[bytes]) -> Iterator[bytes]:
    while piece := kept.read(CHUNK):
        yield piece
