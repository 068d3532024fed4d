"""A conversation in a few lines for the person who takes it: made of stored facts only, nothing is guessed."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from desk import texts
from desk.cases import devices, tickets
from desk.cases.dialogue.journeys import howto
from desk.language import phones
from desk.records.models import (
    Article,
    Conversation,
    Customer,
    Device,
    DialogueState,
    Intake,
    Message,
    Ticket,
)

MOODS = ("emergency", "distress", "angry_customer", "complaint")


@dataclass(frozen=True)
class Known:
    """All that the records know of a conversation's case, loaded in a fixed number of queries."""

    conversation: Conversation
    customer: Customer | None
    intake: Intake | None
    device: Device | None
    memory: dict[str, Any] = field(default_factory=dict)
    open_tickets: list[Ticket] = field(default_factory=list)
    advised: Article | None = None
    photos: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.intake.facts) if self.intake else {}

    @property
    def decision(self) -> dict[str, Any] | None:
        """The warranty decision: the case's own, else of its newest ticket."""
        if self.intake is not None and self.intake.decision:
            return self.intake.decision
        return next((ticket.decision for ticket in self.open_tickets if ticket.decision), None)


def load(session: Session, conversation: Conversation) -> Known:
    """What is known of `conversation`: the open intake, else the newest one."""
    intake = session.scalar(
        select(Intake)
        .where(Intake.conversation_id == conversation.id)
        .order_by((Intake.state != "open"), Intake.id.desc())
        .limit(1)
    )
    memory = session.get(DialogueState, conversation.id)
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    about = [Ticket.conversation_id == conversation.id]
    if customer is not None:
        about.append(Ticket.customer_id == customer.id)
    condition = about[0] if len(about) == 1 else about[0] | about[1]
    unfinished = session.scalars(
        select(Ticket).where(condition, Ticket.status.in_(tickets.OPEN)).order_by(Ticket.opened_at.desc()).limit(20)
    )
    found = list(unfinished)
    device_id = (intake.device_id if intake else None) or next((row.device_id for row in found if row.device_id), None)
    device = None
    if device_id is not None:
        wanted = select(Device).where(Device.id == device_id)
        device = session.scalar(
            wanted.options(selectinload(Device.product), selectinload(Device.contract), selectinload(Device.repairs))
        )
    known = dict(memory.data) if memory else {}
    advised = session.get(Article, known["advised"]) if isinstance(known.get("advised"), int) else None
    sent = (Message.conversation_id == conversation.id, Message.author == "customer", Message.attachments.is_not(None))
    photos = session.scalar(select(func.count()).select_from(Message).where(*sent)) or 0
    return Known(conversation, customer, intake, device, known, found, advised, photos)


def lines(known: Known) -> list[tuple[str, str]]:
    """(label, words) in the order in which a colleague reads them; personal data is masked."""
    made = (
        ("who", _who(known)),
        ("device", _device(known)),
        ("decision", _decision(known)),
        ("fault", _fault(known)),
        ("tried", _tried(known)),
        ("wants", _wants(known)),
        ("mood", _mood(known)),
        ("photos", _t("photos_sent", count=known.photos) if known.photos else ""),
        ("tickets", _tickets(known)),
    )
    return [(texts.render(f"console.summary.{name}"), words) for name, words in made if words]


def _t(key: str, **values: Any) -> str:
    return texts.render(f"console.summary.{key}", **values)


def _who(known: Known) -> str:
    customer = known.customer
    if customer is None:
        return _t("unknown_who")
    parts = [masked_name(customer.name), phones.mask(customer.phone) if customer.phone else ""]
    parts.append(texts.render("console.panel.vip") if customer.vip else "")
    return "，".join(part for part in parts if part)


def _device(known: Known) -> str:
    if known.device is not None:
        return f"{devices.name_of(known.device)}（{known.device.serial_number}）"
    facts = known.facts
    said = [facts.get(name) for name in ("brand", "product_type", "model_said")]
    return " ".join(str(part) for part in said if part) or _t("unknown")


def _decision(known: Known) -> str:
    return str((known.decision or {}).get("sentence") or "")


def _fault(known: Known) -> str:
    facts = known.facts
    parts = [facts.get("symptom"), facts.get("fault_code"), _t("danger") if facts.get("danger") else None]
    said = "，".join(str(part) for part in parts if part)
    return said or next((ticket.symptom for ticket in known.open_tickets if ticket.symptom), "") or _t("unknown")


def _tried(known: Known) -> str:
    parts = []
    if known.advised is not None:
        told = known.memory["step"] + howto.AT_ONCE if "step" in known.memory else None
        steps = "；".join(str(step) for step in known.advised.steps[:told])
        parts.append(_t("advised_article", title=known.advised.title, steps=steps))
    elif known.memory.get("advised") or "help" in known.memory.get("told", []):
        parts.append(_t("advised"))
    if known.facts.get("unresolved"):
        parts.append(_t("unresolved"))
    return "；".join(parts)


def _wants(known: Known) -> str:
    names = texts.data("console.summary.wants_words")
    journeys = [known.memory.get("journey"), *reversed(known.memory.get("stack") or [])]
    parts = [names[journey] for journey in journeys if journey in names]
    paid = known.facts.get("paid")
    if paid:
        parts.append(_t(f"paid_{paid}"))
    wish = known.facts.get("wish") or known.facts.get("visit") or {}
    if isinstance(wish, dict) and wish.get("text"):
        parts.append(str(wish["text"]))
    return "，".join(dict.fromkeys(parts))


def _mood(known: Known) -> str:
    said = {known.conversation.handoff_reason, known.memory.get("human_reason")}
    names = texts.data("console.summary.mood_reasons")
    parts = [str(names[name]) for name in MOODS if name in said]
    urged = sum(ticket.urge_count for ticket in known.open_tickets)
    if urged:
        parts.append(_t("urged", count=urged))
    return "；".join(parts) or _t("calm")


def _tickets(known: Known) -> str:
    statuses = texts.data("console.ticket.statuses")
    return "；".join(f"{ticket.number} {statuses[ticket.status]}" for ticket in known.open_tickets[:3])


def masked_name(name: str) -> str:
    """王*，欧阳** ; a firm's name stays: it is no person."""
    if len(name) > 4 or not name:
        return name
    return name[0] + "*" * (len(name) - 1)


def masked_address(address: str) -> str:
    """City and district; the rest is hidden."""
    for sign in ("区", "县", "市"):
        at = address.find(sign)
        if 0 < at < len(address) - 1:
            return address[: at + 1] + "****"
    return address[:3] + "****" if address else ""
