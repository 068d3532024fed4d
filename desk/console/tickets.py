"""A ticket's page: everything about it, and what a colleague may change."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from desk import texts
from desk.cases import contact, deadlines, opening, quote_offers, ticket_plan, ticket_work, words
from desk.channels.rest.problems import Problem
from desk.console import guard, render, revealed, shown
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.records.models import Conversation, Engineer, Staff, Ticket
from desk.records.tickets import SEVERITIES
from desk.talk import nudge

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Text = Annotated[str, Form(max_length=2000)]
MOST_LINES = 12
TOLD = ("said", "sms", "read", "quote_done_chat", "quote_done_sms")


@router.get("/tickets/{number}")
def show(number: str, me: Me, told: str = "") -> HTMLResponse:
    """The page; `told` names what was just done."""
    return _page(number, me, told=told if told in TOLD else "")


@router.post("/tickets/{number}/severity")
def severity(number: str, me: Me, version: Annotated[int, Form()], severity: Text = "", reason: Text = "") -> Response:
    """Change how bad it is."""
    change = lambda: ticket_work.set_severity(number, me.id, version, severity, reason)  # noqa: E731
    return _changed(number, me, change, "severity", severity=severity, reason=reason)


@router.post("/tickets/{number}/status")
def status(number: str, me: Me, version: Annotated[int, Form()], status: Text = "", reason: Text = "") -> Response:
    """Move it along."""
    change = lambda: ticket_work.set_status(number, me.id, version, status, reason)  # noqa: E731
    return _changed(number, me, change, "status", status=status, reason=reason)


@router.post("/tickets/{number}/notes")
def note(number: str, me: Me, text: Text = "") -> Response:
    """Add a note."""
    return _changed(number, me, lambda: ticket_work.add_note(number, me.id, text), "note", text=text)


@router.post("/tickets/{number}/pause")
def pause(number: str, me: Me, version: Annotated[int, Form()], code: Text = "", reason: Text = "") -> Response:
    """Let its clocks stand still."""
    change = lambda: ticket_work.pause(number, me.id, version, code, reason)  # noqa: E731
    return _changed(number, me, change, "pause", code=code, reason=reason)


@router.post("/tickets/{number}/go-on")
def go_on(number: str, me: Me, version: Annotated[int, Form()], reason: Text = "") -> Response:
    """Let them run again."""
    return _changed(number, me, lambda: ticket_work.go_on(number, me.id, version, reason), "pause", reason=reason)


@router.post("/tickets/{number}/engineer")
def engineer(
    number: str, me: Me, version: Annotated[int, Form()], engineer: Annotated[int, Form()] = 0, reason: Text = ""
) -> Response:
    """Give it to an engineer."""
    change = lambda: ticket_plan.assign(number, me.id, version, engineer, reason)  # noqa: E731
    return _changed(number, me, change, "engineer", engineer=str(engineer), reason=reason)


@router.post("/tickets/{number}/visit")
def visit(number: str, me: Me, version: Annotated[int, Form()], start: Text = "", reason: Text = "") -> Response:
    """Book a time."""
    change = lambda: ticket_plan.book(number, me.id, version, start, reason)  # noqa: E731
    return _changed(number, me, change, "visit", start=start, reason=reason)


@router.post("/tickets/{number}/quote")
def quote(
    number: str, me: Me, version: Annotated[int, Form()], what: Annotated[list[str] | None, Form()] = None,
    yuan: Annotated[list[str] | None, Form()] = None, reason: Text = "",
) -> Response:
    """Say what it will cost."""
    lines = list(zip(what or [], yuan or [], strict=False))[:MOST_LINES]
    change = lambda: ticket_plan.quote(number, me.id, version, lines, reason)  # noqa: E731
    return _changed(number, me, change, "quote", reason=reason)


@router.post("/tickets/{number}/quote/send")
def send_quote(number: str, me: Me, version: Annotated[int, Form()]) -> Response:
    """Send the quote to the customer."""
    return _changed(number, me, lambda: quote_offers.send(number, me.id, version), "quote", told="quote_done_{0}")


@router.post("/tickets/{number}/quote/answer")
def quote_answer(number: str, me: Me, version: Annotated[int, Form()], accepted: Annotated[bool, Form()]) -> Response:
    """The customer answered by word."""
    return _changed(number, me, lambda: quote_offers.record(number, me.id, version, accepted), "quote")


@router.post("/api/tickets/{number}/reveal")
def reveal(number: str, me: Me) -> JSONResponse:
    """The full contact data; that it was looked at is written down."""
    return revealed.answer(lambda: contact.of_ticket(number, me.id))


def _changed(
    number: str, me: Person, change: Callable[[], object], form: str, told: str = "", **kept: str
) -> Response:
    """`told`: what the page says afterwards, {0} being what the change returned."""
    try:
        done = change()
        nudge.tell(nudge.CONSOLE)
    except ticket_work.Refused as refused:
        if refused.code == "missing":
            raise Problem("not-found", str(refused)) from refused
        status = 409 if refused.code == "stale" else 403 if refused.code == "leader_only" else 422
        return _page(number, me, status, trouble={"form": form, "words": str(refused)}, kept={"form": form, **kept})
    after = f"?told={told.format(done)}" if told else ""
    return RedirectResponse(f"/console/tickets/{number}{after}", 303)


def _page(
    number: str, me: Person, status: int = 200, trouble: dict[str, str] | None = None,
    kept: dict[str, str] | None = None, told: str = "",
) -> HTMLResponse:
    with db.reading() as session:
        found = session.execute(
            select(Ticket, Engineer.name, Staff.name, Conversation.agent_id)
            .outerjoin(Engineer, Engineer.id == Ticket.engineer_id)
            .outerjoin(Staff, Staff.id == Ticket.assignee_id)
            .outerjoin(Conversation, Conversation.id == Ticket.conversation_id)
            .where(Ticket.number == number)
            .options(selectinload(Ticket.events), selectinload(Ticket.notes))
        ).first()
        if found is None:
            raise Problem("not-found", texts.render("console.ticket.missing"))
        ticket, engineer, assignee, talks_to = found
        names = _names(session)
        return render.page(
            "ticket.html", status, person=me, ticket=ticket, fields=shown.fields(ticket, engineer, assignee),
            deadlines=shown.deadlines(ticket), events=_events(ticket, names),
            notes=[(shown.actor(row.author, names), row.text, row.at) for row in ticket.notes],
            next_statuses=ticket_work.NEXT[ticket.status], severities=SEVERITIES,
            engineers=ticket_plan.engineers(session), slots=ticket_plan.offered(session, ticket),
            pause_reasons=deadlines.pause_reasons(), paused=deadlines.open_pause(ticket), linked=shown.linked(ticket),
            may_reveal=me.leads or me.id in (ticket.assignee_id, talks_to), trouble=trouble or {"form": ""},
            kept=kept or {"form": ""}, told=_told(ticket, told), offer=_offer(ticket),
        )


def _told(ticket: Ticket, told: str) -> str:
    if told in ("said", "sms", "read"):
        said = texts.render(f"console.opening.told_{told}")
        return said + (opening.words_for_customer(ticket) if told == "read" else "")
    return texts.render(f"console.ticket.{told}") if told else ""


def _offer(ticket: Ticket) -> str:
    """How the quote stands with the customer, in words; "" when it was not sent."""
    offer = (ticket.quote or {}).get("offer")
    if not offer:
        return ""
    state = offer["answer"] or "sent"
    at = datetime.fromisoformat(offer["answered_at"] if offer["answer"] else offer["sent_at"])
    return texts.render(f"console.ticket.quote_{state}", when=words.moment(at))


def _events(ticket: Ticket, names: dict[int, str]) -> list[dict[str, Any]]:
    rows = []
    for row in reversed(ticket.events):
        what, details, who = shown.event(row, names)
        rows.append({"what": what, "details": details, "who": who, "reason": _reason(row.reason), "at": row.at})
    return rows


def _reason(given: str) -> str:
    key = f"console.ticket.event_reasons.{given}"
    return texts.render(key) if texts.has(key) else given


def _names(session: Session) -> dict[int, str]:
    return {number: name for number, name in session.execute(select(Staff.id, Staff.name))}
