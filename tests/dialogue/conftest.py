"""A customer who talks to the dialogue directly; what the understanding would say is given with each line."""

import itertools
from dataclasses import dataclass, field

import pytest

from desk import time
from desk.cases.dialogue import Entity, Heard, Step, Turn, take
from desk.cases.dialogue.turn import Reply
from desk.imports import run_import
from desk.records.db import reading, transaction
from desk.records.models import Conversation, Ticket

_ids = itertools.count(1)


@dataclass
class Talk:
    """One conversation. `say` plays a turn and returns its step."""

    channel: str = "web"
    sender: str = "visitor"
    id: str = ""
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = f"cv-{next(_ids)}"
        with transaction() as session:
            session.add(Conversation(id=self.id, channel=self.channel, sender=self.sender, created_at=time.now()))

    def say(
        self,
        text: str,
        intent: str = "inform",
        *,
        confidence: float = 0.95,
        secondary: str | None = None,
        turn_id: str | None = None,
        **entities: str | list[str],
    ) -> Step:
        labelled = []
        for kind, values in entities.items():
            for value in [values] if isinstance(values, str) else values:
                start = text.find(value)
                labelled.append(Entity(kind, value, start, start + len(value)))
        heard = Heard(intent, confidence, secondary, ((intent, confidence),), tuple(labelled))
        step = take(Turn(turn_id or f"turn-{next(_ids)}", self.id, text, heard, time.now(), self.channel))
        self.steps.append(step)
        return step

    @property
    def last(self) -> str:
        return said(self.steps[-1])

    def tickets(self) -> list[Ticket]:
        with reading() as session:
            return list(session.query(Ticket).filter(Ticket.conversation_id == self.id).order_by(Ticket.id))


def said(step: Step) -> str:
    """All that a step says."""
    return "\n".join(reply.text for reply in step.replies if isinstance(reply, Reply))


@pytest.fixture
def world(clean_database, pinned_clock):
    """An empty service at 10:00 on Saturday 2026-11-21, and a way to fill it."""

    def fill(**sheets: list[dict[str, str]]) -> None:
        files = []
        for name, rows in sheets.items():
            columns = list(dict.fromkeys(key for row in rows for key in row))
            lines = [",".join(columns)] + [",".join(row.get(key, "") for key in columns) for row in rows]
            files.append((f"{name}.csv", "\n".join(lines).encode()))
        report = run_import(files)
        assert report.ok, report.in_words()

    fill.clock = pinned_clock
    return fill


LI = {"customer_no": "C1", "name": "李敏", "phone": "15000009174", "address": "武汉市洪山区珞喻路10号2栋301"}
AIR = {"model": "KFR-35GW", "name": "挂式空调", "product_type": "空调", "category": "home_appliance", "brand": "示范"}
AIR_1 = {
    "serial_number": "FD0112-004417",
    "model": "KFR-35GW",
    "customer_no": "C1",
    "purchase_date": "2026-08-01",
    "invoice_no": "F1",
    "delivered_on": "2026-08-02",
    "installed_on": "2026-08-03",
}
OLD_AIR = {
    **AIR_1,
    "serial_number": "FD0100-000001",
    "purchase_date": "2020-06-01",
    "delivered_on": "2020-06-02",
    "installed_on": "2020-06-03",
}


@pytest.fixture
def shop(world):
    """李敏 with one air conditioner in warranty."""
    world(customers=[LI], products=[AIR], devices=[AIR_1])
    return world
