"""What the engineer is told of visits: booked, called off."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import words
from desk.notify import post
from desk.records.models import Engineer, OncallPerson, Ticket, Visit


def tell(session: Session, visit: Visit, ticket: Ticket, what: str) -> bool:
    """Tell the engineer that a visit is `booked` or `cancelled`. False when nobody can be told outside the console."""
    person = session.scalar(
        select(OncallPerson).where(OncallPerson.engineer_id == visit.engineer_id, OncallPerson.active.is_(True))
    )
    if person is None:
        return False
    when = words.span(visit.starts_at, visit.ends_at)
    text = texts.render(
        f"slots.engineer_{what}",
        number=ticket.number,
        product=ticket.product_type or "",
        when=when,
        address=ticket.address or "",
        name=ticket.contact_name or "",
        phone=ticket.contact_phone or "",
        symptom=ticket.symptom[:120],
    )
    title = texts.render(f"slots.engineer_{what}_title", when=when)
    post.queue(session, f"visit:{visit.id}:{what}", "visit", person, title, text)
    return True


def name_of(session: Session, visit: Visit) -> str:
    """The engineer's name."""
    engineer = session.get(Engineer, visit.engineer_id) if visit.engineer_id else None
    return engineer.name if engineer is not None else ""
