"""Texts that agents send often: found by a few signs, filled with what is known of the case."""

import re

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import articles, devices
from desk.cases.summary import Known
from desk.cases.words import span
from desk.records.models import Article, CannedReply, Staff
from desk.settings import settings

MOST = 20
_BLANK = re.compile(r"\{([^{}\s]{1,12})\}")
_TWO_SIGNS = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯")


def find(session: Session, person: Staff, query: str = "") -> list[CannedReply]:
    """Replies of everybody and of the colleague's groups whose shortcut, title or text has `query`."""
    query = query.strip()
    shared = or_(CannedReply.group_code.is_(None), CannedReply.group_code.in_([str(code) for code in person.groups]))
    wanted = select(CannedReply).where(shared).order_by(CannedReply.shortcut, CannedReply.title)
    if query:
        fields = (CannedReply.shortcut, CannedReply.title, CannedReply.text)
        wanted = wanted.where(or_(*[field.contains(query, autoescape=True) for field in fields]))
    return list(session.scalars(wanted.limit(MOST)))


def advice(session: Session, known: Known, query: str = "") -> list[Article]:
    """Articles with these signs; without any, the one that fits the case."""
    if query.strip():
        fields = (Article.title, Article.symptom, Article.fault_code)
        wanted = or_(*[field.contains(query.strip(), autoescape=True) for field in fields])
        return list(session.scalars(select(Article).where(wanted).order_by(Article.title).limit(MOST)))
    said = known.facts
    fits = articles.fitting(
        session, str(said.get("product_type") or ""), str(said.get("symptom") or ""), said.get("fault_code")
    )
    return [fits] if fits is not None else []


def filled(text: str, values: dict[str, str]) -> str:
    """`text` with the variables that are known; the others stay, so that the writer sees what is missing."""
    return _BLANK.sub(lambda found: values.get(found[1]) or found[0], text)


def values(known: Known, person: Staff) -> dict[str, str]:
    """What the variables stand for in this case; unknown ones are left out."""
    ticket = known.open_tickets[0] if known.open_tickets else None
    found = {
        "客户称呼": address(known.customer.name if known.customer else str(known.facts.get("name") or "")),
        "客服": person.name,
        "公司": settings().company,
        "设备": devices.name_of(known.device) if known.device else "",
        "序列号": known.device.serial_number if known.device else "",
        "保修结论": str((known.decision or {}).get("sentence") or ""),
        "工单号": ticket.number if ticket else "",
        "工单状态": texts.render(f"console.ticket.statuses.{ticket.status}") if ticket else "",
        "上门时间": span(ticket.visit_start, ticket.visit_end or ticket.visit_start)
        if ticket is not None and ticket.visit_start is not None
        else "",
    }
    return {name: value for name, value in found.items() if value}


def address(name: str) -> str:
    """How a customer is addressed: 张先生/女士; a firm by its name, a stranger with 您."""
    if not name:
        return texts.render("console.canned.stranger")
    if len(name) > 4:
        return name
    return texts.render("console.canned.address", surname=name[: 2 if name.startswith(_TWO_SIGNS) else 1])
