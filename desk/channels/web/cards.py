"""What is shown as a card rather than told in a sentence: a ticket, a decision, times for a visit.

A ticket's card appears only under a line that names its number, so that a card never tells more than was said.
"""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import deadlines, quote_offers, words
from desk.records.models import Message, Ticket, Turn

MOST_TICKETS = 3


def of(session: Session, line: Message) -> dict[str, Any]:
    """`cards` and `slots` of a line of the assistant's, and its `text` without what a card says; often empty."""
    turn = session.get(Turn, line.turn_id)
    if turn is None or not turn.outcome:
        return {}
    shown: dict[str, Any] = {}
    found = _tickets(session, turn.outcome.get("tickets") or [], line.text)
    decision = turn.outcome.get("decision")
    if decision and _is_last(session, line) and not _shown_before(session, turn, decision):
        found.append(_decision(decision))
        shown["text"] = _without(line.text, decision.get("sentence") or "")
    if found:
        shown["cards"] = found
    if turn.outcome.get("asks") == "visit_time" and line.buttons:
        shown["slots"] = True
    return shown


def quotes_of(session: Session, line: Message) -> list[dict[str, Any]]:
    """The cards of the quotes that a colleague sends with this line."""
    tokens = [str(found["token"]) for found in line.attachments or [] if found.get("type") == "quote"]
    return [quote(quote_offers.read(session, token), token) for token in tokens]


def quote(offer: quote_offers.Offer | None, token: str) -> dict[str, Any]:
    """A quote with its lines and how it stands; `gone` when there is a newer one."""
    if offer is None:
        return {"kind": "quote", "token": token, "standing": "gone", "lines": [], "total": "", "said": _said("gone")}
    return {
        "kind": "quote", "token": token, "standing": offer.standing, "number": offer.number, "total": offer.total,
        "lines": [{"name": name, "amount": amount} for name, amount in offer.lines],
        "said": _said(offer.standing),
    }


def _said(standing: str) -> str:
    return texts.render("quotes.page.asks" if standing == "open" else f"quotes.page.{standing}")


def _tickets(session: Session, numbers: list[str], text: str) -> list[dict[str, Any]]:
    named = [number for number in numbers if number in text][:MOST_TICKETS]
    rows = session.scalars(select(Ticket).where(Ticket.number.in_(named)).order_by(Ticket.number))
    return [_ticket(row) for row in rows]


def _ticket(ticket: Ticket) -> dict[str, Any]:
    key = f"console.ticket.statuses.{ticket.status}"
    shown = {"kind": "ticket", "number": ticket.number, "status": texts.render(key) if texts.has(key) else ""}
    return shown | ({"next": line} if (line := _next(ticket)) else {})


def _next(ticket: Ticket) -> str | None:
    if ticket.visit_start and ticket.status not in deadlines.FINISHED:
        end = ticket.visit_end or ticket.visit_start
        return texts.render("web.cards.visit", when=words.span(ticket.visit_start, end))
    now = time.now()
    for standing in deadlines.standings(ticket, now):
        if standing.state == "running" and standing.due > now:
            name = texts.data("console.deadlines.names").get(standing.name, "")
            return texts.render("web.cards.next", name=name, when=words.moment(standing.due))
    return None


def _without(text: str, sentence: str) -> str:
    """`text` less the sentence that the card shows."""
    rest = (line.replace(sentence, "") if sentence else line for line in text.split("\n"))
    return "\n".join(line for line in rest if line.strip())


def _decision(decision: dict[str, Any]) -> dict[str, Any]:
    names, payers = texts.data("rules.decision_names"), texts.data("rules.payer_names")
    shown = {"kind": "decision", "verdict": names.get(decision.get("primary"), ""), "good": _is_good(decision)}
    if decision.get("sentence"):
        shown["why"] = decision["sentence"]
    payer = decision.get("payer")
    if payer not in (None, "n/a"):
        shown["cost"] = texts.render("web.cards.cost", payer=payers.get(payer, ""))
    return shown


def _is_good(decision: dict[str, Any]) -> bool:
    return decision.get("coverage") == "in"


def _is_last(session: Session, line: Message) -> bool:
    same = (Message.turn_id == line.turn_id, Message.author == "bot")
    return session.scalar(select(func.max(Message.seq)).where(*same)) == line.seq


def _shown_before(session: Session, turn: Turn, decision: dict[str, Any]) -> bool:
    before = session.scalars(
        select(Turn).where(Turn.conversation_id == turn.conversation_id, Turn.seq < turn.seq).order_by(Turn.seq.desc())
    )
    last = next((found for one in before if (found := (one.outcome or {}).get("decision"))), None)
    same = ("primary", "payer", "sentence")
    return last is not None and all(last.get(name) == decision.get(name) for name in same)
