"""What people write for the desk to use: canned replies, articles, prices, groups of agents; saved and deleted."""

import re
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import audit
from desk.records.agents import ASSIGNMENTS
from desk.records.models import AgentGroup, Article, CannedReply, Price, Staff

PRICE_KINDS = ("part", "labour", "visit", "inspection")
LONGEST_REPLY, MOST_STEPS, LONGEST_STEP = 1000, 12, 200
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_YUAN = re.compile(r"(\d{1,7})(?:\.(\d{1,2}))?")

Record = Article | CannedReply | Price
Saved = TypeVar("Saved", Article, CannedReply, Price)


def save_reply(
    session: Session, reply: CannedReply | None, actor: str, *, title: str, shortcut: str, text: str, group: str
) -> CannedReply:
    """A new reply, or the changed one. Raises ValueError in words."""
    _needs(title=title, wording=text)
    if len(text) > LONGEST_REPLY:
        raise ValueError(texts.render("console.content.too_long", most=LONGEST_REPLY))
    shortcut = shortcut.strip().lstrip("/")
    taken = select(CannedReply.id).where(CannedReply.shortcut == shortcut, CannedReply.id != (reply.id if reply else 0))
    if shortcut and session.scalar(taken) is not None:
        raise ValueError(texts.render("console.content.shortcut_taken", shortcut=shortcut))
    if group and session.get(AgentGroup, group) is None:
        raise ValueError(texts.render("takeover.refused.no_group"))
    values = {"title": title.strip(), "shortcut": shortcut, "text": text.strip(), "group_code": group or None}
    return _save(session, reply, CannedReply, values, actor, "reply")


def save_article(
    session: Session, article: Article | None, actor: str, *, title: str, product_type: str, symptom: str,
    fault_code: str, steps: str, safe: bool,
) -> Article:
    """A new article, or the changed one; `steps` one a line. Raises ValueError in words."""
    made = draft(title=title, product_type=product_type, symptom=symptom, fault_code=fault_code, steps=steps, safe=safe)
    same = (Article.title == made.title, Article.product_type == made.product_type)
    other = session.scalar(select(Article.id).where(*same, Article.id != (article.id if article else 0)))
    if other is not None:
        raise ValueError(texts.render("console.content.article_there"))
    names = ("title", "product_type", "symptom", "fault_code", "steps", "safe")
    return _save(session, article, Article, {name: getattr(made, name) for name in names}, actor, "article")


def draft(*, title: str, product_type: str, symptom: str, fault_code: str, steps: str, safe: bool) -> Article:
    """An article that is not kept, to look at. Raises ValueError in words."""
    lines = [line.strip() for line in steps.splitlines() if line.strip()]
    _needs(title=title, steps="".join(lines))
    if len(lines) > MOST_STEPS or any(len(line) > LONGEST_STEP for line in lines):
        raise ValueError(texts.render("console.content.steps_range", steps=MOST_STEPS, signs=LONGEST_STEP))
    return Article(
        title=title.strip(), product_type=product_type.strip(), symptom=symptom.strip(), fault_code=fault_code.strip(),
        steps=lines, safe=safe,
    )


def save_price(
    session: Session, price: Price | None, actor: str, *, item: str, kind: str, yuan: str, unit: str, category: str
) -> Price:
    """A new price, or the changed one. Raises ValueError in words."""
    _needs(item=item, unit=unit)
    amount = _YUAN.fullmatch(yuan.strip())
    if amount is None:
        raise ValueError(texts.render("console.content.amount"))
    if kind not in PRICE_KINDS:
        raise ValueError(texts.render("console.content.price_kind"))
    values = {
        "item": item.strip(), "kind": kind, "amount_fen": int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0")),
        "unit": unit.strip(), "category": category.strip(),
    }
    same = [getattr(Price, name) == values[name] for name in ("item", "kind", "category")]
    if session.scalar(select(Price.id).where(*same, Price.id != (price.id if price else 0))) is not None:
        raise ValueError(texts.render("console.content.price_there"))
    return _save(session, price, Price, values, actor, "price")


def delete(session: Session, record: Record, actor: str) -> None:
    """Take it away; the audit log keeps what it was."""
    name = {"Article": "article", "CannedReply": "reply", "Price": "price"}[type(record).__name__]
    title = record.item if isinstance(record, Price) else record.title
    audit.note(session, actor, f"{name}_deleted", name, record.id, title=title)
    session.delete(record)


def save_group(
    session: Session, group: AgentGroup | None, actor: str, *, code: str, title: str, assignment: str, skills: str,
    idle_minutes: str, active: bool,
) -> AgentGroup:
    """A new group, or the changed one (its code stays). `skills` divided by 、 or commas. Raises ValueError."""
    _needs(title=title)
    if group is None and not _CODE.fullmatch(code):
        raise ValueError(texts.render("console.content.group_code"))
    if group is None and session.get(AgentGroup, code) is not None:
        raise ValueError(texts.render("console.content.group_there", code=code))
    if assignment not in ASSIGNMENTS:
        raise ValueError(texts.render("console.content.assignment"))
    if not idle_minutes.isdecimal() or not 1 <= int(idle_minutes) <= 240:
        raise ValueError(texts.render("console.content.idle_minutes"))
    found = group or AgentGroup(code=code)
    found.title, found.assignment, found.active = title.strip(), assignment, active
    found.idle_minutes = int(idle_minutes)
    found.skills = [word for word in re.split(r"[、,，;；\s]+", skills.strip()) if word]
    session.add(found)
    session.flush()
    audit.note(session, actor, "group_changed" if group else "group_added", "group", found.code)
    return found


def members_of_all(session: Session) -> dict[str, list[str]]:
    """The names of everybody in each group, by its code."""
    found: dict[str, list[str]] = {}
    for person in session.scalars(select(Staff).where(Staff.active.is_(True)).order_by(Staff.name)):
        for code in person.groups:
            found.setdefault(str(code), []).append(person.name)
    return found


def _needs(**given: str) -> None:
    for name, value in given.items():
        if not value.strip():
            raise ValueError(texts.render("console.content.needed", field=texts.render(f"console.content.{name}")))


def _save(
    session: Session, record: Saved | None, table: type[Saved], values: dict[str, Any], actor: str, name: str
) -> Saved:
    columns = inspect(table).columns
    for key, value in values.items():
        longest = getattr(columns[key].type, "length", None)
        if isinstance(value, str) and longest and len(value) > longest:
            field = texts.render(f"console.content.{key}")
            raise ValueError(texts.render("console.content.field_too_long", field=field, most=longest))
    found = record if record is not None else table()
    changed = [key for key, value in values.items() if getattr(found, key, None) != value]
    for key in changed:
        setattr(found, key, values[key])
    session.add(found)
    session.flush()
    if changed:
        audit.note(session, actor, f"{name}_changed" if record else f"{name}_added", name, found.id, fields=changed)
    return found
