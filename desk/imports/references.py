"""What rows refer to in other tables: looked up for the whole file at once."""

from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.imports import values
from desk.imports.report import FileReport
from desk.imports.sheet import Row, chunks, fetch
from desk.language import serials
from desk.records.models import Contract, Customer, Device, Product


@lru_cache(maxsize=200_000)
def serial_key(serial: str) -> str:
    """What spellings of a serial number are compared by. Kept: the reading of customers' spellings is slow."""
    return serials.key(serial) or serial


def serial(cell: str) -> str:
    """A cell with a serial number. Its key is worked out here already, before the database is locked for writing."""
    written = values.code(cell)
    serial_key(written)
    return written


def customers(session: Session, rows: list[Row], report: FileReport) -> None:
    """`customer_no` into `customer_id`; an unknown one is an error, a blank one is not."""
    problem = "没有这个客户编号，请先导入客户表"
    for row, customer in _meant(session, rows, report, Customer, "customer_no", problem):
        row.fields["customer_id"] = customer.id


def models(session: Session, rows: list[Row], report: FileReport) -> None:
    """`model` must be a known product."""
    _meant(session, rows, report, Product, "model", "没有这个型号，请先导入产品表")


def contracts(session: Session, rows: list[Row], report: FileReport) -> None:
    """`contract_no` must be a known contract."""
    _meant(session, rows, report, Contract, "contract_no", "没有这个合同号，请先导入合同表")


def _meant(
    session: Session, rows: list[Row], report: FileReport, model: Any, name: str, problem: str
) -> list[tuple[Row, Any]]:
    """The rows that fill in the column `name`, each with the record of `model` it means; others are reported."""
    named = [row for row in rows if name in row.cells]
    known = fetch(session, model, getattr(model, name), (row.cells[name] for row in named))
    for row in named:
        if row.cells[name] not in known:
            report.wrong(problem, row.line, name, row.cells[name])
    return [(row, known[row.cells[name]]) for row in named if row.cells[name] in known]


def of_devices(session: Session, rows: list[Row], report: FileReport) -> list[Row]:
    """`serial_number` into `device_id`; the rows that name a known device. An unknown one is an error."""
    known = devices(session, rows)
    found = []
    for row in rows:
        device = known.get(row.cells["serial_number"])
        if device is None:
            report.wrong("没有这个序列号，请先导入设备表", row.line, "serial_number", row.cells["serial_number"])
        else:
            row.fields["device_id"] = device.id
            found.append(row)
    return found


def devices(session: Session, rows: list[Row]) -> dict[str, Device]:
    """Devices by the serial number as written in the rows, whatever separators it was written with."""
    written = {row.cells["serial_number"] for row in rows if "serial_number" in row.cells}
    by_key: dict[str, Device] = {}
    for part in chunks(serial_key(serial) for serial in written):
        for device in session.scalars(select(Device).where(Device.serial_key.in_(part))):
            by_key[device.serial_key] = device
    return {serial: by_key[serial_key(serial)] for serial in written if serial_key(serial) in by_key}
