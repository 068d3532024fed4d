"""Service contracts."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.imports import references, values
from desk.imports.report import FileReport
from desk.imports.sheet import Column, Row, Sheet, fetch
from desk.records.models import Contract, Customer

BASES = {
    "acceptance": "acceptance",
    "验收": "acceptance",
    "验收合格": "acceptance",
    "signing": "signing",
    "签订": "signing",
    "合同签订": "signing",
    "shipment": "shipment",
    "出货": "shipment",
    "发货": "shipment",
    "invoice": "invoice",
    "发票": "invoice",
    "开票": "invoice",
    "completion": "completion",
    "竣工": "completion",
}
EXCHANGES = {"2in45": "2in45", "45日两次": "2in45", "10d": "10d", "10日未修复": "10d"}


class Contracts(Sheet):
    """Known by contract number."""

    name, title, model = "contracts", "合同", Contract
    columns = (
        Column("contract_no", "合同号", values.code, key=True),
        Column("customer_no", "客户编号", values.code, attribute=None),
        Column("service_level", "服务级别", values.code),
        Column("starts_on", "开始日期", values.day),
        Column("start_basis", "起算方式", values.one_of(BASES)),
        Column("ends_on", "结束日期", values.day),
        Column("months", "月数", values.whole),
        Column("exchange_rule", "换货约定", values.one_of(EXCHANGES)),
        Column("coverage", "服务范围"),
    )

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        references.customers(session, rows, report)
        known = self.existing(session, rows)
        for row in rows:
            before = known.get(self.key(row))
            starts = row.fields.get("starts_on") or (before and before.starts_on)
            ends = row.fields.get("ends_on") or (before and before.ends_on)
            if starts and ends and ends < starts:
                report.wrong("结束日期早于开始日期", row.line, "ends_on", ends)

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found = fetch(session, Contract, Contract.contract_no, (row.cells["contract_no"] for row in rows))
        return {(number,): contract for number, contract in found.items()}

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        query = select(Contract, Customer.customer_no).outerjoin(Customer, Contract.customer_id == Customer.id)
        for contract, customer_no in session.execute(query.order_by(Contract.contract_no)):
            own = {column.name: getattr(contract, column.name) for column in self.columns if column.stored_as}
            yield own | {"customer_no": customer_no}
