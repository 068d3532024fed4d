"""Canned replies and prices: listed, written, taken away."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import content, groups
from desk.channels.rest.problems import Problem
from desk.console import guard, pages, paging, render
from desk.console.guard import ConsoleRoute
from desk.console.lead.filters import like
from desk.console.signin import Person
from desk.records import db
from desk.records.models import AgentGroup, CannedReply, Price

router = APIRouter(prefix="/console/manage", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Text = Annotated[str, Form(max_length=300)]
Long = Annotated[str, Form(max_length=4000)]
REPLIES, PRICES, GROUPS = "/console/manage/replies", "/console/manage/prices", "/console/manage/groups"


@router.get("/replies")
def replies(request: Request, me: Me, id: int = 0) -> HTMLResponse:
    """All replies; `id` is the one being changed."""
    return _replies(request, me, id)


@router.post("/replies")
def save_reply(
    request: Request, me: Me, id: Annotated[int, Form()] = 0, title: Text = "", shortcut: Text = "", text: Long = "",
    group: Text = "",
) -> Response:
    """Write one."""
    kept = {"id": id, "title": title, "shortcut": shortcut, "text": text, "group": group}
    try:
        with db.transaction() as session:
            old = _get(session, CannedReply, id) if id else None
            content.save_reply(session, old, me.actor, title=title, shortcut=shortcut, text=text, group=group)
    except ValueError as error:
        return _replies(request, me, id, 422, str(error), kept)
    return pages.done(REPLIES)


@router.post("/replies/delete")
def delete_reply(me: Me, id: Annotated[int, Form()]) -> Response:
    """Take one away."""
    with db.transaction() as session:
        content.delete(session, _get(session, CannedReply, id), me.actor)
    return pages.done(REPLIES, "deleted")


@router.get("/prices")
def prices(request: Request, me: Me, id: int = 0) -> HTMLResponse:
    """All prices; `id` is the one being changed."""
    return _prices(request, me, id)


@router.post("/prices")
def save_price(
    request: Request, me: Me, id: Annotated[int, Form()] = 0, item: Text = "", kind: Text = "part", yuan: Text = "",
    unit: Text = "", category: Text = "",
) -> Response:
    """Write one."""
    kept = {"id": id, "item": item, "kind": kind, "yuan": yuan, "unit": unit, "category": category}
    try:
        with db.transaction() as session:
            old = _get(session, Price, id) if id else None
            content.save_price(
                session, old, me.actor, item=item, kind=kind, yuan=yuan, unit=unit, category=category
            )
    except ValueError as error:
        return _prices(request, me, id, 422, str(error), kept)
    return pages.done(PRICES)


@router.post("/prices/delete")
def delete_price(me: Me, id: Annotated[int, Form()]) -> Response:
    """Take one away."""
    with db.transaction() as session:
        content.delete(session, _get(session, Price, id), me.actor)
    return pages.done(PRICES, "deleted")


@router.get("/groups")
def agent_groups(request: Request, me: Me, code: str = "") -> HTMLResponse:
    """All groups; `code` is the one being changed."""
    return _groups(request, me, code)


@router.post("/groups")
def save_group(
    request: Request, me: Me, code: Text = "", old: Text = "", title: Text = "", assignment: Text = "pull",
    skills: Text = "", idle_minutes: Text = "10", active: Annotated[bool, Form()] = False,
) -> Response:
    """Write one; `old` is the code of the one being changed."""
    kept = {"code": old or code, "title": title, "assignment": assignment, "skills": skills,
            "idle_minutes": idle_minutes, "active": active}
    try:
        with db.transaction() as session:
            found = _get(session, AgentGroup, old) if old else None
            content.save_group(
                session, found, me.actor, code=code.strip(), title=title, assignment=assignment, skills=skills,
                idle_minutes=idle_minutes.strip(), active=active,
            )
    except ValueError as error:
        return _groups(request, me, old, 422, str(error), kept)
    return pages.done(GROUPS)


def _replies(
    request: Request, me: Person, id: int, status: int = 200, trouble: str = "", kept: dict[str, Any] | None = None
) -> HTMLResponse:
    with db.reading() as session:
        rows = list(session.scalars(select(CannedReply).order_by(CannedReply.title)))
        known = [(group.code, group.title) for group in groups.active(session)]
        one = _get(session, CannedReply, id) if id else None
    empty: dict[str, Any] = {"id": 0, "title": "", "shortcut": "", "text": "", "group": ""}
    if one is not None:
        empty = {"id": id, "title": one.title, "shortcut": one.shortcut, "text": one.text, "group": one.group_code}
    return pages.show(
        request, me, "admin/replies.html", status, rows=rows, known=known, titles=dict(known), kept=kept or empty,
        trouble=trouble, most=content.LONGEST_REPLY,
    )


def _prices(
    request: Request, me: Person, id: int, status: int = 200, trouble: str = "", kept: dict[str, Any] | None = None
) -> HTMLResponse:
    words = request.query_params.get("words", "")[:60]
    wanted = like(words)
    query = select(Price).where(or_(Price.item.like(wanted, escape="\\"), Price.category.like(wanted, escape="\\")))
    with db.reading() as session:
        every = list(session.scalars(query.order_by(Price.category, Price.kind, Price.item)))
        one = _get(session, Price, id) if id else None
    page = paging.page(request, len(every))
    empty: dict[str, Any] = {"id": 0, "item": "", "kind": "part", "yuan": "", "unit": "次", "category": ""}
    if one is not None:
        yuan = f"{one.amount_fen / 100:.2f}".removesuffix(".00")
        empty = {"id": id, "item": one.item, "kind": one.kind, "yuan": yuan, "unit": one.unit, "category": one.category}
    return pages.show(
        request, me, "admin/prices.html", status, rows=every[page.offset : page.offset + page.size], page=page,
        kept=kept or empty, trouble=trouble, words=words,
        kinds=[(kind, render.text(f"content.kinds.{kind}")) for kind in content.PRICE_KINDS],
    )


def _groups(
    request: Request, me: Person, code: str, status: int = 200, trouble: str = "", kept: dict[str, Any] | None = None
) -> HTMLResponse:
    with db.reading() as session:
        rows = list(session.scalars(select(AgentGroup).order_by(AgentGroup.title)))
        people = content.members_of_all(session)
        one = _get(session, AgentGroup, code) if code else None
    empty: dict[str, Any] = {
        "code": "", "title": "", "assignment": "pull", "skills": "", "idle_minutes": "10", "active": True,
    }
    if one is not None:
        empty = {"code": code, "title": one.title, "assignment": one.assignment, "skills": "、".join(one.skills),
                 "idle_minutes": one.idle_minutes, "active": one.active}
    return pages.show(
        request, me, "admin/groups.html", status, rows=rows, people=people, kept=kept or empty, trouble=trouble,
        old=code, assignments=[(name, render.text(f"content.assignments.{name}")) for name in ("pull", "round_robin")],
    )


def _get(session: Session, table: type[Any], key: Any) -> Any:
    found = session.get(table, key)
    if found is None:
        raise Problem("not-found", texts.render("console.content.gone"))
    return found
