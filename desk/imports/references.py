"""What rows refer to in other tables: looked up for the whole file at once."""

from functools import lru_cache

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
    named = [row for row in rows if "customer_no" in row.cells]
    known = fetch(session, Customer, Customer.customer_no, (row.cells["customer_no"] for row in named))
    for row in named:
        number = row.cells["customer_no"]
        if number in known:
            row.fields["customer_id"] = known[number].id
        else:
            report.wrong("没有这个客户编号，请先导入客户表", row.line, "customer_no", number)


def models(session: Session, rows: list[Row], report: FileReport) -> None:
    """`model` must be a known product."""
    named = [row for row in rows if "model" in row.cells]
    known = fetch(session, Product, Product.model, (row.cells["model"] for row in named))
    for row in named:
        if row.cells["model"] not in known:
            report.wrong("没有这个型号，请先导入产品表", row.line, "model", row.cells["model"])


def contracts(session: Session, rows: list[Row], report: FileReport) -> None:
    """`contract_no` must be a known contract."""
    named = [row for row in rows if "contract_no" in row.cells]
    known = fetch(session, Contract, Contract.contract_no, (row.cells["contract_no"] for row in named))
    for row in named:
        if row.cells["contract_no"] not in known:
            report.wrong("没有这个合同号，请先导入合同表", row.line, "contract_no", row.cells["contract_no"])


def devices(session: Session, rows: list[Row]) -> dict[str, Device]:
    """Devices by the serial number as written in the rows, whatever separators it was written with."""
    written = {row.cells["serial_number"] for row in rows if "serial_number" in row.cells}
    by_key: dict[str, Device] = {}
    for part in chunks(serial_key(serial) for serial in written):
        for device in session.scalars(select(Device).where(Device.serial_key.in_(part))):
            by_key[device.serial_key] = device
    return {serial: by_key[serial_key(serial)] for serial in written if serial_key(serial) in by_key}
