"""An import from files to records: every file all or nothing, in the order in which sheets build on each other."""

import difflib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk import time
from desk.imports import sheets, tables, values
from desk.imports.report import FileReport, Report
from desk.imports.sheet import Column, Row, Sheet
from desk.imports.tables import Table
from desk.records import db
from desk.records.models import AuditEntry


class _Refused(Exception):
    """Rolls a file back; its report says why."""


def run_import(
    files: Iterable[tuple[str, bytes]],
    transaction: Callable[[], AbstractContextManager[Session]] = db.transaction,
    actor: str = "import",
) -> Report:
    """Import files given as (name, content); the kind of each is told by its name (customers.csv, 客户.xlsx).

    Each table is written in one transaction or not at all. Nothing is raised for what is wrong in a file.
    """
    found = [table for name, content in files for table in tables.read(name, content)]
    jobs = [(sheets.named(table.name), table) for table in found]
    order = {sheet.name: place for place, sheet in enumerate(sheets.SHEETS)}
    jobs.sort(key=lambda job: order[job[0].name] if job[0] else -1)
    return Report([_one(sheet, table, transaction, actor) for sheet, table in jobs])


def _one(
    sheet: Sheet | None, table: Table, transaction: Callable[[], AbstractContextManager[Session]], actor: str
) -> FileReport:
    report = FileReport(table.file, sheet.name if sheet else None, len(table.rows))
    report.errors += table.problems
    if sheet is None:
        if report.ok:
            known = "、".join(known.name for known in sheets.SHEETS)
            report.wrong(f"不认识的表「{table.name}」；文件或工作表的名字应是：{known}")
        return report
    rows = _converted(sheet, table, report)
    try:
        with transaction() as session:
            _write(session, sheet, rows, report)
            if not report.ok:
                raise _Refused
            if report.created or report.updated:
                counts = {"rows": report.rows, "created": report.created, "updated": report.updated}
                session.add(
                    AuditEntry(
                        at=time.now(),
                        actor=actor,
                        action="import",
                        subject=sheet.name,
                        subject_id=table.file[-64:],
                        data=counts,
                    )
                )
    except _Refused:
        pass
    except IntegrityError as error:
        report.wrong("写入时与别的改动冲突，请再导入一次", value=error.orig)
    if not report.ok:
        report.created = report.updated = report.unchanged = 0
        report.errors.sort(key=lambda problem: problem.line)
    return report


def _converted(sheet: Sheet, table: Table, report: FileReport) -> list[Row]:
    """Rows whose key could be read; every cell that could not be is reported."""
    columns = _columns(sheet, table, report)
    present = {column.name for column in columns.values()}
    missing = [name for name in sheet.required if name not in present]
    if missing and table.header:
        report.wrong(f"缺少必需的列：{'、'.join(missing)}", 1)
        return []
    if not table.header and report.ok:
        report.wrong("文件是空的，第一行应是列名")
    rows = [_row(sheet, columns, line, cells, report) for line, cells in table.rows]
    return [row for row in rows if all(name in row.cells for name in sheet.required)]


def _columns(sheet: Sheet, table: Table, report: FileReport) -> dict[int, Column]:
    columns: dict[int, Column] = {}
    for place, header in enumerate(table.header):
        column = sheet.column(header)
        if column is None:
            if header:
                report.odd(_unknown(sheet, header), 1, header)
        elif column in columns.values():
            report.wrong("这一列出现了两次", 1, header)
        else:
            columns[place] = column
    return columns


def _unknown(sheet: Sheet, header: str) -> str:
    names = [name for column in sheet.columns for name in (column.name, column.title)]
    near = difflib.get_close_matches(header.lower(), names, 1, 0.6)
    return f"不认识这一列，没有导入；是不是想写 {near[0]}" if near else "不认识这一列，没有导入"


def _row(sheet: Sheet, columns: dict[int, Column], line: int, cells: list[str], report: FileReport) -> Row:
    row = Row(line, {})
    for place, column in columns.items():
        cell = values.trimmed(cells[place]) if place < len(cells) else ""
        if not cell:
            if column.name in sheet.required:
                report.wrong("这一格不能空着", line, column.name)
            continue
        try:
            value = column.convert(cell)
            _fits(sheet, column, value)
        except values.Wrong as error:
            report.wrong(str(error), line, column.name, cell)
            continue
        row.cells[column.name] = value
        if column.stored_as:
            row.fields[column.stored_as] = value
    return row


def _fits(sheet: Sheet, column: Column, value: Any) -> None:
    if not column.stored_as or not isinstance(value, str):
        return
    kind = sheet.model.__table__.c[column.stored_as].type
    if isinstance(kind, String) and kind.length is not None and len(value) > kind.length:
        raise values.Wrong(f"太长：{len(value)} 个字，最多 {kind.length} 个")


def _write(session: Session, sheet: Sheet, rows: list[Row], report: FileReport) -> None:
    sheet.resolve(session, rows, report)
    _refuse_twice(sheet, rows, report)
    if not report.ok:
        return
    existing = sheet.existing(session, rows)
    for row in rows:
        record = existing.get(sheet.key(row))
        if record is None:
            record = sheet.create(session, row)
            session.add(record)
            sheet.after(session, record, row)
            report.created += 1
            continue
        changed = sheet.changes(record, row)
        if changed:
            sheet.change(session, record, changed)
        if sheet.after(session, record, row) or changed:
            report.updated += 1
        else:
            report.unchanged += 1
    session.flush()


def _refuse_twice(sheet: Sheet, rows: list[Row], report: FileReport) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        line = first.setdefault(sheet.key(row), row.line)
        if line != row.line:
            key = "、".join(str(row.cells[name]) for name in sheet.required)
            report.wrong(f"和第 {line} 行是同一条", row.line, sheet.required[0], key)
