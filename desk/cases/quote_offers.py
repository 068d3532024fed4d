"""A quote goes to the customer, who agrees or refuses: by a tap in the chat, by a link, or by word to a colleague.

The offer stands inside the ticket's quote: {token, sent_at, answer, answered_at}. A new quote ends the old offer. Every
step is an event of the ticket.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import customer_sms, deadlines, tickets, words
from desk.cases.ticket_plan import FINISHED
from desk.cases.ticket_work import Refused, at
from desk.records import db
from desk.records.models import Conversation, Identity, Ticket
from desk.settings import settings
from desk.talk import engine, nudge, saying

Standing = Literal["open", "accepted", "refused", "late", "over"]
SPOKEN = ("phone", "rest")  # nobody reads a message there


@dataclass(frozen=True)
class Offer:
    """A quote as its customer sees it. `standing`: open, its answer, late (past its day), over (the ticket is done)."""

    number: str
    product: str
    lines: list[tuple[str, str]]
    total: str
    until: str
    standing: Standing


def send(number: str, staff_id: int, version: int) -> str:
    """Offer the ticket's quote to its customer; returns the way it went: chat or sms. Raises Refused."""
    with db.reading() as session:
        place_id = _place(session, number)
    with at(number, staff_id, version, place_id) as (session, ticket, person):
        if not ticket.quote:
            raise Refused("no_quote")
        if ticket.status in FINISHED:
            raise Refused("finished")
        place = saying.locked(session, place_id) if place_id else None
        phone = ticket.contact_phone or ""
        if place is None and not (phone and customer_sms.available()):
            raise Refused("quote_nowhere")
        token = f"{ticket.id}-{secrets.token_urlsafe(12)}"
        sent = {"token": token, "sent_at": time.now().isoformat(), "answer": None, "answered_at": None}
        ticket.quote = {**ticket.quote, "offer": sent}
        way = "chat" if place is not None else "sms"
        tickets.event(session, ticket, "quote_sent", f"staff:{person.id}", texts.render(f"quotes.by_{way}"))
        text = _text(ticket, place)
        if place is not None:
            offered = [{"type": "quote", "ticket": number, "token": token}]
            saying.say(session, place, "agent", text, staff_id=person.id, attachments=offered)
    if place is not None:
        engine.current().send(place.id)
    elif why := customer_sms.send(phone, f"quote:{token}", "quote", text):
        _not_sent(number, token, staff_id)
        raise Refused("quote_not_sent", why=why)
    return way


def _not_sent(number: str, token: str, staff_id: int) -> None:
    """Nobody has the link: the quote stands as one that was not offered."""
    with db.transaction() as session:
        ticket = tickets.locked(session, Ticket.number == number)
        if ticket is not None and ((ticket.quote or {}).get("offer") or {}).get("token") == token:
            ticket.quote = {name: part for name, part in (ticket.quote or {}).items() if name != "offer"}
            tickets.event(session, ticket, "quote_not_sent", f"staff:{staff_id}")


def read(session: Session, token: str) -> Offer | None:
    """What the token's quote says; None when there is none, or a newer one."""
    ticket = _ticket(session, token)
    return _offer(ticket) if ticket is not None else None


def answer(token: str, accepted: bool, way: str) -> Offer | None:
    """The customer's answer, by `way` (card, link). The first one counts; None for an unknown token."""
    with db.reading() as session:
        if _ticket(session, token) is None:  # who only guesses locks nothing
            return None
    with db.transaction() as session:
        ticket = _ticket(session, token, lock=True)
        if ticket is None:
            return None
        if _offer(ticket).standing == "open":
            _answered(session, ticket, accepted, "customer", texts.render(f"quotes.by_{way}"))
        offer, place = _offer(ticket), ticket.conversation_id
    _shown(place)
    return offer


def record(number: str, staff_id: int, version: int, accepted: bool) -> None:
    """The customer told a colleague. Raises Refused."""
    with at(number, staff_id, version) as (session, ticket, person):
        if not ticket.quote:
            raise Refused("no_quote")
        _answered(session, ticket, accepted, f"staff:{person.id}", texts.render("quotes.by_word"))
        place = ticket.conversation_id
    _shown(place)


def _answered(session: Session, ticket: Ticket, accepted: bool, actor: str, how: str) -> None:
    result = "accepted" if accepted else "refused"
    quote = dict(ticket.quote or {})
    offer = {**(quote.get("offer") or {}), "answer": result, "answered_at": time.now().isoformat()}
    ticket.quote = {**quote, "offer": offer}
    tickets.event(session, ticket, f"quote_{result}", actor, how, amount=total(quote))
    lasting = deadlines.open_pause(ticket)
    if lasting is not None and lasting["reason"] == "waiting_customer":
        tickets.go_on(session, ticket, actor)
    talk = saying.locked(session, ticket.conversation_id) if ticket.conversation_id else None
    if talk is not None:
        told = texts.render(f"quotes.note_{result}", number=ticket.number, total=total(quote), how=how)
        saying.say(session, talk, "note", told)


def _shown(conversation_id: str | None) -> None:
    nudge.tell(nudge.CONSOLE)
    if conversation_id:
        nudge.tell(conversation_id)


def _place(session: Session, number: str) -> str | None:
    """The conversation in which the customer can be written to: the ticket's own one, else their latest one."""
    ticket = tickets.by_number(session, number)
    own = session.get(Conversation, ticket.conversation_id) if ticket is not None and ticket.conversation_id else None
    if own is not None and own.channel not in SPOKEN:
        return own.id
    if ticket is None or ticket.customer_id is None:
        return None
    same = (
        (Identity.channel == Conversation.channel)
        & (Identity.account == Conversation.account)
        & (Identity.external_id == Conversation.sender)
    )
    return session.scalar(
        select(Conversation.id)
        .join(Identity, same)
        .where(Identity.customer_id == ticket.customer_id, Conversation.channel.not_in(SPOKEN))
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )


def _ticket(session: Session, token: str, lock: bool = False) -> Ticket | None:
    number = token.partition("-")[0]
    if not number.isdecimal() or len(number) > 12:
        return None
    ticket = tickets.locked(session, Ticket.id == int(number)) if lock else session.get(Ticket, int(number))
    known = ((ticket.quote or {}).get("offer") or {}).get("token") if ticket is not None else None
    return ticket if known and hmac.compare_digest(str(known).encode(), token.encode()) else None


def _offer(ticket: Ticket) -> Offer:
    quote: dict[str, Any] = ticket.quote or {}
    return Offer(
        ticket.number, ticket.product_type or "", [(row["name"], money(row)) for row in quote["lines"]], total(quote),
        words.full_day(date.fromisoformat(quote["valid_until"])), _standing(ticket, quote),
    )


def _standing(ticket: Ticket, quote: dict[str, Any]) -> Standing:
    given = (quote.get("offer") or {}).get("answer")
    if given in ("accepted", "refused"):
        return given  # type: ignore[no-any-return]
    if ticket.status in FINISHED:
        return "over"
    return "late" if date.fromisoformat(quote["valid_until"]) < time.today() else "open"


def _text(ticket: Ticket, place: Conversation | None) -> str:
    quote = ticket.quote or {}
    lines = "\n".join(f"{row['name']}：{money(row)}" for row in quote["lines"])
    link = f"{settings().base_url}/quote/{quote['offer']['token']}"
    until = words.full_day(date.fromisoformat(quote["valid_until"]))
    key = "quotes.card" if place is not None and place.channel == "web" else "quotes.message"
    return texts.render(key, number=ticket.number, lines=lines, total=total(quote), until=until, link=link)


def total(quote: dict[str, Any]) -> str:
    """What all of it costs, in words."""
    known = money(quote)
    return texts.render("quotes.open_parts", total=known) if quote.get("open_parts") else known


def money(priced: dict[str, Any]) -> str:
    """120 元, 80 至 120 元, or that it is known after the inspection."""
    low, high = priced.get("low_fen"), priced.get("high_fen")
    if low is None or high is None:
        return texts.render("quotes.after_check")
    if low == high:
        return words.yuan(low)
    return texts.render("quotes.range", low=words.yuan(low).removesuffix(" 元"), high=words.yuan(high))


def answered_at(quote: dict[str, Any]) -> datetime | None:
    """When the customer answered the offer of this quote."""
    at_ = (quote.get("offer") or {}).get("answered_at")
    return datetime.fromisoformat(at_) if at_ else None
