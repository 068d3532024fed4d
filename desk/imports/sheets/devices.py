"""Sold units."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.imports import references, values
from desk.imports.report import FileReport
from desk.imports.sheet import Column, Row, Sheet
from desk.records.models import Customer, Device

CHANNELS = {
    "store": "store",
    "门店": "store",
    "线下": "store",
    "实体店": "store",
    "online": "online",
    "网购": "online",
    "网上": "online",
    "电商": "online",
    "线上": "online",
    "网络": "online",
    "tv": "tv",
    "电视购物": "tv",
    "电视": "tv",
    "phone": "phone",
    "电话": "phone",
    "电话购物": "phone",
    "mail": "mail",
    "邮购": "mail",
}
PAST = (
    "purchase_date",
    "invoice_date",
    "delivered_on",
    "installed_on",
    "accepted_on",
    "manufactured_on",
    "exchanged_on",
)


class Devices(Sheet):
    """Known by serial number; two that differ in separators only are taken for a slip."""

    name, title, model = "devices", "设备", Device
    columns = (
        Column("serial_number", "序列号", references.serial, key=True),
        Column("model", "型号", values.code),
        Column("customer_no", "客户编号", values.code, attribute=None),
        Column("order_number", "订单号", values.code),
        Column("purchase_date", "购买日期", values.day),
        Column("invoice_date", "发票日期", values.day),
        Column("invoice_no", "发票号", values.code),
        Column("sale_channel", "销售渠道", values.one_of(CHANNELS)),
        Column("price", "价格（元）", values.fen, "price_fen"),
        Column("delivered_on", "交付日期", values.day),
        Column("installed_on", "安装日期", values.day),
        Column("accepted_on", "验收日期", values.day),
        Column("manufactured_on", "生产日期", values.day),
        Column("exchanged_on", "换货日期", values.day),
        Column("contract_no", "合同号", values.code),
        Column("promised_until", "承诺保修至", values.day),
        Column("region", "区域"),
        Column("critical", "关键设备", values.yes_or_no),
    )

    def key(self, row: Row) -> tuple[Any, ...]:
        return (references.serial_key(row.cells["serial_number"]),)

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        references.customers(session, rows, report)
        references.models(session, rows, report)
        references.contracts(session, rows, report)
        known = references.devices(session, rows)
        for row in rows:
            serial = row.cells["serial_number"]
            row.fields["serial_key"] = self.key(row)[0]
            if serial in known and known[serial].serial_number != serial:
                problem = f"和已有的 {known[serial].serial_number} 只差分隔符或大小写，请统一写法"
                report.wrong(problem, row.line, "serial_number", serial)
            for name in PAST:
                if name in row.cells and row.cells[name] > time.today():
                    report.odd("日期在今天以后，请核对", row.line, name, row.cells[name])

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        return {(device.serial_key,): device for device in references.devices(session, rows).values()}

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        query = select(Device, Customer.customer_no).outerjoin(Customer, Device.customer_id == Customer.id)
        for device, customer_no in session.execute(query.order_by(Device.id)):
            own = {column.name: getattr(device, column.stored_as) for column in self.columns if column.stored_as}
            price = None if device.price_fen is None else f"{device.price_fen / 100:.2f}"
            yield own | {"customer_no": customer_no, "price": price}
