"""Files into tables of text: CSV in UTF-8 or GB18030 with `,` `;` or tab, and workbooks."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from desk.imports.report import Problem

csv.field_size_limit(1_000_000)


@dataclass(slots=True)
class Table:
    """A header, and rows of text with their line numbers.

    `name`: of the file without its ending, or of the workbook's sheet; `problems`: what could not be read.
    """

    file: str
    name: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(file: str, content: bytes) -> list[Table]:
    """The tables of a file: one of a CSV, one for each filled sheet of a workbook."""
    suffix = PurePath(file).suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return _workbook(file, content)
    if suffix in (".csv", ".tsv", ".txt"):
        return [_csv(file, content)]
    problem = "这是旧版 Excel 文件，请另存为 .xlsx" if suffix == ".xls" else "只能导入 .csv 和 .xlsx 文件"
    return [_unreadable(file, problem)]


def _unreadable(file: str, problem: str) -> Table:
    return Table(file, _stem(file), problems=[Problem(0, "", "", problem)])


def _stem(file: str) -> str:
    return PurePath(file.replace("\\", "/")).stem.strip()


def _csv(file: str, content: bytes) -> Table:
    text, broken = _decoded(content)
    table = Table(file, _stem(file))
    if "\x00" in text:
        return _unreadable(file, "不是文本文件")
    lines = text.splitlines()
    delimiter = max(",;\t", key=lambda sign: lines[0].count(sign)) if lines else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            _add(table, start, cells)
            start = reader.line_num + 1
    except csv.Error:
        table.problems.append(Problem(start, "", "", "从这一行起引号没有配对，后面读不下去"))
    for line in broken:
        row = next((cells for number, cells in table.rows if number == line), [])
        column = next((name for name, cell in zip(table.header, row, strict=False) if "\ufffd" in cell), "")
        table.problems.append(Problem(line, column, "", "有坏掉的字节，认不出是什么字；请用 UTF-8 或 GB18030 重新保存"))
    return table


def _decoded(content: bytes) -> tuple[str, list[int]]:
    """The text, with U+FFFD for what is broken, and the numbers of the lines where that is."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):  # Excel's "Unicode text"
        return content.decode("utf-16", "replace"), []
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    written = [line for line in lines if not line.isascii()]
    in_utf8 = sum(_decodes(line, "utf-8") for line in written)
    # Chinese in GB18030 is almost never valid UTF-8, the reverse happens: so UTF-8 wins when most lines are.
    encoding = "utf-8" if content.startswith(b"\xef\xbb\xbf") or in_utf8 * 2 >= len(written) else "gb18030"
    broken = [number for number, line in enumerate(lines, 1) if not _decodes(line, encoding)]
    return "\n".join(line.decode(encoding, "replace") for line in lines), broken


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _workbook(file: str, content: bytes) -> list[Table]:
    from openpyxl import load_workbook  # slow to import, and few imports need it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # other programs' workbooks lack parts that do not matter here
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = [(sheet.title, list(_cells(sheet))) for sheet in book.worksheets]
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        return [_unreadable(file, "打不开这个工作簿，文件可能已经损坏或有密码")]
    filled = [(title, rows) for title, rows in sheets if any(any(cells) for _, cells in rows)]
    tables = []
    for title, rows in filled:
        plain = len(filled) == 1 and re.fullmatch(r"(?:Sheet|工作表|表)\s*\d*", title)
        table = Table(file if len(filled) == 1 else f"{file}/{title}", _stem(file) if plain else title.strip())
        for line, cells in rows:
            _add(table, line, cells)
        tables.append(table)
    return tables or [_unreadable(file, "工作簿是空的")]


def _cells(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
        yield line, [_written(value) for value in values]


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.min.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and abs(value) >= 1e15:
        return f"{value:.14E}"  # Excel keeps 15 digits: the rest is already lost
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _add(table: Table, line: int, cells: list[str]) -> None:
    if not any(cell.strip() for cell in cells):
        return
    if not table.header:
        table.header = [cell.strip() for cell in cells]
        return
    surplus = [cell for cell in cells[len(table.header) :] if cell.strip()]
    if surplus:
        table.problems.append(
            Problem(line, "", surplus[0], f"比表头多 {len(surplus)} 格，是不是内容里有没加引号的分隔符")
        )
    table.rows.append((line, cells[: len(table.header)]))
