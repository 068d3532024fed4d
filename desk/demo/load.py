"""Putting the demo into a database that has nothing of its own."""

from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import demo
from desk.cases import staff
from desk.demo import rota
from desk.imports import Report, run_import
from desk.records import db
from desk.records.models import CannedReply, Customer, Device, Ticket

COLLEAGUES = (("demo", "演示主管", "admin"), ("lin", "林晓", "agent"), ("zhou", "周航", "agent"))
LAST_TICKET = "TK20261117-0009"


class Outcome(Enum):
    """What `load` did."""

    LOADED = "演示数据已导入"
    THERE = "演示数据已经在了，没有改动"
    FOREIGN = "数据库里已经有自己的数据，没有放入演示数据；确实要放，请加 --anyway"


def load(anyway: bool = False) -> tuple[Outcome, Report | None]:
    """Load the demo once: not again over itself, and not over a firm's own data unless `anyway`.

    Raises ValueError with the report in words when the demo's tables do not fit this database.
    """
    with db.reading() as session:
        whose = _state(session)
    if whose is not None and not anyway:
        if whose is Outcome.THERE:
            _colleagues()
        return whose, None
    report = run_import(demo.sheets(), actor="demo")
    if not report.ok:
        raise ValueError(report.in_words())
    _colleagues()
    return Outcome.LOADED, report


def _state(session: Session) -> Outcome | None:
    """THERE with the whole demo, FOREIGN with other data, None when it may be loaded (empty, or half way)."""
    first = session.scalar(select(Customer).where(Customer.customer_no == demo.MARK))
    if first is not None and first.address.startswith("苏州市姑苏区人民路1号"):
        complete = session.scalar(select(Ticket.id).where(Ticket.number == LAST_TICKET))
        return Outcome.THERE if complete is not None else None
    own = (select(Customer.id), select(Device.id), select(Ticket.id))
    return Outcome.FOREIGN if any(session.scalar(query.limit(1)) for query in own) else None


def _colleagues() -> None:
    with db.transaction() as session:
        for login, name, role in COLLEAGUES:
            if staff.by_login(session, login) is None:
                staff.add(session, login, name, demo.PASSWORD, role, actor="demo")
        if session.scalar(select(CannedReply.id).limit(1)) is None:
            session.add_all(CannedReply(**reply) for reply in demo.replies())
        rota.add(session)
