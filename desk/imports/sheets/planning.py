"""Engineers' leave and devices' maintenance plans."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import leaves, maintenance, words
from desk.imports import references, values
from desk.imports.report import FileReport
from desk.imports.sheet import Column, Row, Sheet, chunks, fetch
from desk.records.models import Device, Engineer, EngineerLeave, MaintenancePlan


class Leaves(Sheet):
    """Known by the engineer's phone and the first day; without a last day it is one day."""

    name, title, model = "leaves", "请假", EngineerLeave
    columns = (
        Column("phone", "工程师电话", values.phone, attribute=None, key=True),
        Column("starts_on", "开始日期", values.day, key=True),
        Column("ends_on", "结束日期", values.day),
        Column("reason", "原因", values.code),
    )

    def key(self, row: Row) -> tuple[Any, ...]:
        return row.fields.get("engineer_id"), row.cells["starts_on"]

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        found = fetch(session, Engineer, Engineer.phone, (row.cells["phone"] for row in rows))
        for row in rows:
            engineer = found.get(row.cells["phone"])
            if engineer is None:
                report.wrong("没有这个电话的工程师，请先导入工程师表", row.line, "phone", row.cells["phone"])
                continue
            row.fields["engineer_id"] = engineer.id
        named = [row for row in rows if "engineer_id" in row.fields]
        before = self.existing(session, named)
        for row in named:
            self._days(session, row, before.get(self.key(row)), report)
        self._apart(named, report)

    def _days(self, session: Session, row: Row, before: EngineerLeave | None, report: FileReport) -> None:
        first: date = row.cells["starts_on"]
        last = row.fields.setdefault("ends_on", before.ends_on if before is not None else first)
        if before is not None and before.ends_on == last:
            return
        engineer = session.get_one(Engineer, row.fields["engineer_id"])
        problem = leaves.wrong(session, engineer, first, last, before)
        if problem and problem == texts.render("planning.leave.past"):
            report.odd(problem, row.line, "ends_on", last)
        elif problem:
            report.wrong(problem, row.line, "ends_on" if "ends_on" in row.cells else "starts_on", last)

    def _apart(self, rows: list[Row], report: FileReport) -> None:
        """Two rows of one engineer do not overlap; the same first day is reported as the same row elsewhere."""
        ordered = sorted(rows, key=lambda row: (row.fields["engineer_id"], row.fields["starts_on"]))
        for one, other in pairwise(ordered):
            first, second = one.fields, other.fields
            same = first["engineer_id"] == second["engineer_id"] and first["starts_on"] != second["starts_on"]
            if same and second["starts_on"] <= first["ends_on"]:
                report.wrong(f"和第 {one.line} 行的请假重叠", other.line, "starts_on", second["starts_on"])

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found: dict[tuple[Any, ...], Any] = {}
        for part in chunks(row.fields["engineer_id"] for row in rows if "engineer_id" in row.fields):
            for leave in session.scalars(select(EngineerLeave).where(EngineerLeave.engineer_id.in_(part))):
                found[leave.engineer_id, leave.starts_on] = leave
        return found

    def create(self, session: Session, row: Row) -> Any:
        leave = EngineerLeave(**row.fields)
        session.add(leave)
        session.flush()
        leaves.tell(session, leave)
        return leave

    def change(self, session: Session, record: Any, changed: dict[str, Any]) -> None:
        super().change(session, record, changed)
        session.flush()
        if "ends_on" in changed:
            leaves.tell(session, record)

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        query = select(EngineerLeave, Engineer.phone).join(Engineer).order_by(EngineerLeave.id)
        for leave, phone in session.execute(query):
            yield {"phone": phone, "starts_on": leave.starts_on, "ends_on": leave.ends_on, "reason": leave.reason}


class MaintenancePlans(Sheet):
    """Known by the device's serial number."""

    name, title, model = "maintenance", "保养计划", MaintenancePlan
    columns = (
        Column("serial_number", "序列号", references.serial, attribute=None, key=True),
        Column("every_months", "间隔（月）", values.whole),
        Column("next_on", "下次保养日期", values.day),
    )

    def key(self, row: Row) -> tuple[Any, ...]:
        return (row.fields.get("device_id"),)

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        references.of_devices(session, rows, report)
        before = self.existing(session, rows)
        for row in rows:
            self._figures(row, before.get(self.key(row)), report)

    def _figures(self, row: Row, before: MaintenancePlan | None, report: FileReport) -> None:
        months, day = row.fields.get("every_months"), row.fields.get("next_on")
        if before is None and (months is None or day is None):
            report.wrong(texts.render("planning.plan.missing"), row.line, "next_on" if months else "every_months")
        if months is not None and months > maintenance.MOST_MONTHS:
            most = texts.render("planning.plan.months", most=maintenance.MOST_MONTHS)
            report.wrong(most, row.line, "every_months", months)
        elif day is not None and day < time.today() and (before is None or before.next_on != day):
            every = months or (before.every_months if before is not None else None)
            if every:
                row.fields["next_on"] = maintenance.next_after(day, every, time.today())
                told = texts.render("planning.plan.rolled", day=words.full_day(row.fields["next_on"]))
                report.odd(told, row.line, "next_on", day)

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found: dict[tuple[Any, ...], Any] = {}
        for part in chunks(row.fields["device_id"] for row in rows if "device_id" in row.fields):
            for plan in session.scalars(select(MaintenancePlan).where(MaintenancePlan.device_id.in_(part))):
                found[(plan.device_id,)] = plan
        return found

    def change(self, session: Session, record: Any, changed: dict[str, Any]) -> None:
        if "next_on" in changed:
            maintenance.forget_reminders(session, record)
        super().change(session, record, changed)

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        query = select(MaintenancePlan, Device.serial_number).join(Device).order_by(MaintenancePlan.id)
        for plan, serial in session.execute(query):
            yield {"serial_number": serial, "every_months": plan.every_months, "next_on": plan.next_on}
