"""Past repairs: what 三包 counts."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.imports import references, values
from desk.imports.report import FileReport
from desk.imports.sheet import Column, Row, Sheet, chunks
from desk.records.models import Device, Repair

DELAYS = {
    "parts": "parts",
    "缺件": "parts",
    "等配件": "parts",
    "repairer": "repairer",
    "维修方": "repairer",
    "修理者": "repairer",
}


class Repairs(Sheet):
    """Known by device, day received and fault; without a fault, by device and day when there is only one."""

    name, title, model = "repairs", "维修记录", Repair
    columns = (
        Column("serial_number", "序列号", references.serial, attribute=None, key=True),
        Column("received_on", "送修日期", values.day, key=True),
        Column("returned_on", "取回日期", values.day),
        Column("fault", "故障", key=True),
        Column("same_fault_key", "同一故障标记", values.code),
        Column("parts", "更换部件", values.many),
        Column("delay", "延误原因", values.one_of(DELAYS)),
    )
    required = ("serial_number", "received_on")

    def key(self, row: Row) -> tuple[Any, ...]:
        return row.fields.get("device_id"), row.cells["received_on"], row.fields.get("fault", "")

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        for row in references.of_devices(session, rows, report):
            if row.cells["received_on"] > time.today():
                report.odd("日期在今天以后，请核对", row.line, "received_on", row.cells["received_on"])
            if "returned_on" in row.cells and row.cells["returned_on"] < row.cells["received_on"]:
                report.wrong("取回日期早于送修日期", row.line, "returned_on", row.cells["returned_on"])
        self._adopt_faults(session, rows)

    def _adopt_faults(self, session: Session, rows: list[Row]) -> None:
        """A row without a fault means the one repair of that day."""
        stored = self._of_devices(session, rows)
        for row in rows:
            same_day = [r for r in stored if (r.device_id, r.received_on) == self.key(row)[:2]]
            if "fault" not in row.fields and len(same_day) == 1:
                row.fields["fault"] = same_day[0].fault

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        stored = self._of_devices(session, rows)
        return {(repair.device_id, repair.received_on, repair.fault): repair for repair in stored}

    def _of_devices(self, session: Session, rows: list[Row]) -> list[Repair]:
        found: list[Repair] = []
        for part in chunks(row.fields["device_id"] for row in rows if "device_id" in row.fields):
            found += session.scalars(select(Repair).where(Repair.device_id.in_(part)))
        return found

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        query = select(Repair, Device.serial_number).join(Device).order_by(Repair.id)
        for repair, serial in session.execute(query):
            own = {column.name: getattr(repair, column.name) for column in self.columns if column.stored_as}
            yield own | {"serial_number": serial}
