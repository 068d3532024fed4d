"""Pages of supervisors and administrators: the menu that fits the role, what was done, what went wrong."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from desk.console import render
from desk.console.signin import Person

MENU: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("lead", (
        ("wall", "/console/wall"), ("conversations", "/console/records/conversations"),
        ("tickets", "/console/records/tickets"), ("customers", "/console/customers"),
    )),
    ("content", (
        ("replies", "/console/manage/replies"), ("articles", "/console/manage/articles"),
        ("prices", "/console/manage/prices"), ("review", "/console/review"),
    )),
    ("company", (
        ("hours", "/console/manage/hours"), ("rota", "/console/manage/rota"),
        ("leave", "/console/manage/leave"), ("plans", "/console/manage/plans"), ("staff", "/console/manage/staff"),
        ("groups", "/console/manage/groups"), ("permissions", "/console/manage/permissions"),
        ("policies", "/console/manage/policies"),
    )),
    ("system", (
        ("channels", "/console/manage/channels"), ("keys", "/console/manage/keys"),
        ("imports", "/console/manage/imports"), ("privacy", "/console/manage/privacy"),
        ("audit", "/console/manage/audit"),
    )),
)
NEEDS = {
    "conversations": "lists", "tickets": "lists", "groups": "staff", "permissions": "staff", "leave": "planning",
    "plans": "planning",
}


def links(person: Person) -> list[tuple[str, list[tuple[str, str]]]]:
    """The menu: sections with (address, words) of what this person may open."""
    found = []
    for section, entries in MENU:
        may = [(path, render.text(f"side.{name}")) for name, path in entries if person.may(NEEDS.get(name, name))]
        if may:
            found.append((section, may))
    return found


def show(request: Request, me: Person, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page with its menu. `trouble` is what went wrong; `?done=` names what went well."""
    found = {"here": request.url.path, "trouble": "", "done": request.query_params.get("done", ""), **values}
    return render.page(template, status, person=me, side=links, **found)


def done(path: str, what: str = "saved") -> RedirectResponse:
    """Back to a page that says what was done."""
    return RedirectResponse(f"{path}?done={what}", 303)
