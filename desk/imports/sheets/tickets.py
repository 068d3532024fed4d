"""Tickets of an earlier system, or of the phone clerk."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import deadlines
from desk.imports import references, values
from desk.imports.report import FileReport
from desk.imports.sheet import Column, Row, Sheet, chunks, fetch
from desk.records.models import Customer, Device, Ticket, TicketEvent
from desk.records.tickets import KINDS, SEVERITIES, STATUSES

KIND_NAMES = {name: name for name in KINDS} | {
    "维修": "repair",
    "报修": "repair",
    "退货": "return",
    "换货": "exchange",
    "投诉": "complaint",
    "咨询": "inquiry",
    "安装": "installation",
    "保养": "maintenance",
}
STATUS_NAMES = {name: name for name in STATUSES} | {
    "open": "new",
    "新建": "new",
    "待受理": "new",
    "已受理": "accepted",
    "待上门": "scheduled",
    "已预约": "scheduled",
    "处理中": "in_progress",
    "维修中": "in_progress",
    "已解决": "resolved",
    "已完成": "resolved",
    "已关闭": "closed",
    "已取消": "cancelled",
    "重新打开": "reopened",
}
SEVERITY_NAMES = {name.lower(): name for name in SEVERITIES} | {"a级": "A", "b级": "B", "c级": "C"}
PRIORITY = {"A": 0, "B": 2, "C": 3}
MOVES = frozenset({"status", "severity", "visit_start", "visit_end", "visit_text"})
DERIVED = frozenset(
    {"customer_id", "device_id", "contact_name", "address", "service_level", "product_model", "product_type"}
)
IMPORTED = ("imported", "import_changed")


class Tickets(Sheet):
    """Known by number. What has moved on in the product since is not set back by an old file."""

    name, title, model = "tickets", "工单", Ticket
    columns = (
        Column("number", "工单号", values.code, key=True),
        Column("serial_number", "序列号", references.serial),
        Column("phone", "联系电话", values.phone, "contact_phone"),
        Column("kind", "工单类型", values.one_of(KIND_NAMES)),
        Column("status", "状态", values.one_of(STATUS_NAMES)),
        Column("severity", "紧急程度", values.one_of(SEVERITY_NAMES)),
        Column("symptom", "故障现象"),
        Column("opened_at", "报修时间", values.instant),
        Column("visit_time", "上门时间", values.text, attribute=None),
    )

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        devices = references.devices(session, rows)
        owners = _owners(session, rows)
        people = fetch(session, Customer, Customer.id, (d.customer_id for d in devices.values() if d.customer_id))
        for row in rows:
            self._visit(row, report)
            serial = row.cells.get("serial_number")
            device = devices.get(serial) if serial else None
            if device is not None:
                row.fields |= _of_device(device)
            elif serial:
                report.odd("设备表里没有这个序列号，工单照样导入", row.line, "serial_number", serial)
            found = owners.get(row.cells.get("phone"), [])
            owner = found[0] if len(found) == 1 else people.get(device.customer_id) if device is not None else None
            if owner is not None:
                row.fields |= {
                    "customer_id": owner.id,
                    "contact_name": owner.name or None,
                    "address": owner.address or None,
                }
                row.fields.setdefault("contact_phone", owner.phone)

    def _visit(self, row: Row, report: FileReport) -> None:
        wish = row.cells.get("visit_time")
        if wish is None:
            return
        row.fields["visit_text"] = wish
        try:
            found = values.span(wish)
        except values.Wrong as error:
            report.wrong(str(error), row.line, "visit_time", wish)
            return
        if found:
            row.fields["visit_start"], row.fields["visit_end"] = found
        else:
            report.odd("看不出是哪一天，只作为说明保存", row.line, "visit_time", wish)

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found = fetch(session, Ticket, Ticket.number, (row.cells["number"] for row in rows))
        return {(number,): ticket for number, ticket in found.items()}

    def create(self, session: Session, row: Row) -> Ticket:
        fields = {
            "kind": "repair",
            "status": "new",
            "severity": "C",
            "opened_at": _opened(row.cells["number"]),
        } | row.fields
        ticket = Ticket(**fields)
        ticket.priority = PRIORITY[ticket.severity]
        ticket.deadlines = deadlines.compute(ticket)
        ticket.events.append(TicketEvent(kind="imported", actor="import", data={}, at=time.now()))
        return ticket

    def change(self, session: Session, record: Ticket, changed: dict[str, Any]) -> None:
        before = {name: _plain(getattr(record, name)) for name in changed}
        super().change(session, record, changed)
        if {"severity", "opened_at", "visit_start", "service_level"} & changed.keys():
            record.deadlines = deadlines.compute(record)
        after = {name: _plain(value) for name, value in changed.items()}
        data = {"before": before, "after": after}
        record.events.append(TicketEvent(kind="import_changed", actor="import", data=data, at=time.now()))

    def changes(self, record: Ticket, row: Row) -> dict[str, Any]:
        """What a row would change; the steps of a ticket that people or customers have worked on since are kept."""
        changed = super().changes(record, row)
        derived = DERIVED | ({"contact_phone"} if "phone" not in row.cells else set())
        changed = {
            name: value for name, value in changed.items() if name not in derived or getattr(record, name) is None
        }
        if MOVES & changed.keys() and any(event.kind not in IMPORTED for event in record.events):
            changed = {name: value for name, value in changed.items() if name not in MOVES}
        return changed

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        for ticket in session.scalars(select(Ticket).order_by(Ticket.id)):
            yield {
                "number": ticket.number,
                "serial_number": ticket.serial_number,
                "phone": ticket.contact_phone,
                "kind": ticket.kind,
                "status": ticket.status,
                "severity": ticket.severity,
                "symptom": ticket.symptom,
                "opened_at": f"{time.local(ticket.opened_at):%Y-%m-%d %H:%M}",
                "visit_time": _visit_words(ticket),
            }


def _visit_words(ticket: Ticket) -> str | None:
    """The visit as first written while that still says the time, else the time itself."""
    if not ticket.visit_start or not ticket.visit_end:
        return ticket.visit_text
    try:
        written = values.span(ticket.visit_text or "")
    except values.Wrong:
        written = None
    if written == (ticket.visit_start, ticket.visit_end):
        return ticket.visit_text
    start, end = time.local(ticket.visit_start), time.local(ticket.visit_end)
    return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}"


def _of_device(device: Device) -> dict[str, Any]:
    known = {
        "device_id": device.id,
        "serial_number": device.serial_number,
        "service_level": deadlines.level_of(device) or "HOME",
        "product_model": device.model,
        "product_type": device.product.product_type if device.product else None,
    }
    return {name: value for name, value in known.items() if value}


def _owners(session: Session, rows: list[Row]) -> dict[Any, list[Customer]]:
    owners: dict[Any, list[Customer]] = {}
    for part in chunks(row.cells["phone"] for row in rows if "phone" in row.cells):
        for customer in session.scalars(select(Customer).where(Customer.phone.in_(part))):
            owners.setdefault(customer.phone, []).append(customer)
    return owners


def _opened(number: str) -> datetime:
    """09:00 on the day that the number names, else now."""
    found = re.match(r"[A-Z]*(\d{4})(\d{2})(\d{2})\D", number)
    try:
        return (
            datetime.combine(date(*map(int, found.groups())), clock_time(9), tzinfo=time.SHOWN_IN)
            if found
            else time.now()
        )
    except ValueError:
        return time.now()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
