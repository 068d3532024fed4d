"""Customers, and the WeChat identities that the company already knows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.imports import values
from desk.imports.report import FileReport
from desk.imports.sheet import Column, Row, Sheet, chunks, fetch
from desk.records.models import Customer, Identity

CHANNEL, ACCOUNT = "wechat", ""


class Customers(Sheet):
    """Known by customer number. A WeChat identity belongs to one customer; it is never moved by an import."""

    name, title, model = "customers", "客户", Customer
    columns = (
        Column("customer_no", "客户编号", values.code, key=True),
        Column("name", "姓名"),
        Column("phone", "电话", values.phone),
        Column("address", "地址"),
        Column("wechat_openid", "微信openid", values.code, attribute=None),
        Column("vip", "VIP", values.yes_or_no),
    )

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found = fetch(session, Customer, Customer.customer_no, (row.cells["customer_no"] for row in rows))
        return {(number,): customer for number, customer in found.items()}

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        owners = _owners(session, (row.cells["wechat_openid"] for row in rows if "wechat_openid" in row.cells))
        stored = set(owners)
        for row in rows:
            openid = row.cells.get("wechat_openid")
            if openid is None:
                continue
            owner = owners.setdefault(openid, row.cells["customer_no"])
            if openid in stored and owner == row.cells["customer_no"]:
                del row.cells["wechat_openid"]  # known already: nothing to add
            elif owner != row.cells["customer_no"]:
                report.wrong(f"这个微信已经属于客户 {owner}，不能直接改到别人名下", row.line, "wechat_openid", openid)

    def create(self, session: Session, row: Row) -> Customer:
        return Customer(created_at=time.now(), **row.fields)

    def after(self, session: Session, record: Customer, row: Row) -> bool:
        openid = row.cells.get("wechat_openid")
        if openid is None:
            return False
        own = {"channel": CHANNEL, "account": ACCOUNT, "external_id": openid}
        session.add(Identity(customer=record, proof="import", proved_at=time.now(), **own))
        return True

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        openids = {
            identity.customer_id: identity.external_id
            for identity in session.scalars(select(Identity).where(_imported()).order_by(Identity.id.desc()))
        }
        for customer in session.scalars(select(Customer).order_by(Customer.id)):
            yield {
                "customer_no": customer.customer_no,
                "name": customer.name,
                "phone": customer.phone,
                "address": customer.address,
                "wechat_openid": openids.get(customer.id),
                "vip": customer.vip,
            }


def _imported() -> Any:
    return (Identity.channel == CHANNEL) & (Identity.account == ACCOUNT)


def _owners(session: Session, openids: Iterator[str]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for part in chunks(openids):
        query = select(Identity.external_id, Customer.customer_no).join(Customer)
        owners.update(session.execute(query.where(_imported(), Identity.external_id.in_(part))).all())
    return owners
