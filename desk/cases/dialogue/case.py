"""One turn's working memory: the conversation, what is known, and the answer being made."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from desk import texts, time
from desk.cases import devices, identity, visits
from desk.cases.dialogue import memory as things
from desk.cases.dialogue.said import Said
from desk.cases.dialogue.turn import Reply, Step, Turn
from desk.records.models import Base, Conversation, Customer, Device, Intake, Ticket
from desk.settings import settings

HUMAN = ("转人工", "/talk_to_human")
KEPT = ("phone", "name", "address")
# Journeys about a thing: what was said of it before serves them.
ABOUT_A_THING = ("fault", "warranty", "visit", "return")

_MEMORIES = Base.metadata.tables["dialogue_states"]
_KNOWN = (
    select(Conversation, _MEMORIES.c.data, Intake)
    .outerjoin(_MEMORIES, _MEMORIES.c.conversation_id == Conversation.id)
    .outerjoin(Intake, and_(Intake.conversation_id == Conversation.id, Intake.state == "open"))
    .where(Conversation.id == bindparam("conversation_id"))
    .order_by(Intake.id.desc())
    .limit(1)
    .with_for_update(of=Conversation)  # before any ticket, as everywhere
)
_FIRST_MEMORY = insert(_MEMORIES)
_NEXT_MEMORY = update(_MEMORIES).where(_MEMORIES.c.conversation_id == bindparam("of"))


@dataclass
class Case:
    """The engine and the journeys read and write this; `save` puts it into the records."""

    session: Session
    turn: Turn
    conversation: Conversation
    memory: dict[str, Any] | None  # None before the first turn
    said: Said
    intake: Intake | None
    step: Step = field(default_factory=Step)
    lines: list[str] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    # The facts that this message brought.
    learnt: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state: dict[str, Any] = dict(self.memory or {})
        self.facts: dict[str, Any] = dict(self.intake.facts) if self.intake else {}
        self.other_device: Device | None = None
        self.before: str | None = None
        self.proposed: str | None = self.state.pop("proposed", None)
        self._device: Device | None = None
        self.customer: Customer | None = identity.bound_customer(self.session, self.conversation)

    # what is known

    @property
    def channel(self) -> str:
        return self.conversation.channel

    @property
    def device(self) -> Device | None:
        """The device that the case is about, once known."""
        found = self.facts.get("device_id")
        if self._device is None or self._device.id != found:
            self._device = self.session.get(Device, found) if found else None
        return self._device

    @property
    def product(self) -> str:
        """What the case is about, in the customer's words or the record's."""
        device = self.device
        return self.facts.get("product_type") or (devices.type_of(device) if device else "") or ""

    @property
    def symptom(self) -> str:
        return str(self.facts.get("symptom") or "")

    @property
    def proof_phone(self) -> str | None:
        """The given number where it may prove who it is: one that the telephone exchange showed proves nothing."""
        phone = self.facts.get("phone")
        return None if phone and phone == self.state.get("unproved_phone") else phone

    @property
    def journey(self) -> str | None:
        return self.state.get("journey")

    @property
    def pending(self) -> str | None:
        return self.state.get("pending")

    def ticket(self) -> Ticket | None:
        """The ticket opened or spoken of last in this conversation."""
        number = self.state.get("ticket")
        return self.session.scalar(select(Ticket).where(Ticket.number == number)) if number else None

    def tries(self, name: str) -> int:
        return int(self.state.get("tries", {}).get(name, 0))

    def count(self, name: str) -> int:
        """One more try of `name`; how many by now."""
        tries = dict(self.state.get("tries", {}))
        tries[name] = tries.get(name, 0) + 1
        self.state["tries"] = tries
        return int(tries[name])

    def told(self, name: str) -> bool:
        """Whether this was said before; from now on it was."""
        already = list(self.state.get("told", []))
        if name in already:
            return True
        self.state["told"] = [*already, name]
        return False

    def give_up(self, name: str) -> None:
        """The customer cannot or will not give this datum: it is not asked again."""
        self.facts["unknown"] = sorted({*self.facts.get("unknown", []), name})

    def gave_up(self, name: str) -> bool:
        return name in self.facts.get("unknown", [])

    # the answer

    def say(self, key: str, **values: Any) -> None:
        """Add a text of the catalogue to the answer."""
        self.lines.append(
            texts.render(key, self.channel, company=settings().company, bot=settings().brand_name, **values)
        )

    def say_raw(self, words: str) -> None:
        """Add words that are data (a decision's sentence, an article's steps)."""
        if words:
            self.lines.append(words)

    def ask(
        self, name: str, key: str, api: str | None = None, buttons: list[tuple[str, str]] | None = None, **values: Any
    ) -> bool:
        """Ask one question: `name` says how the answer is read, `api` what integrators see. Always True.

        The same question twice running is put in other words the second time.
        """
        before = (self.memory or {}).get("asked") or {}
        times = int(before.get("times", 0)) + 1 if before.get("key") == key else 1
        self.state["asked"] = {"key": key, "times": times}
        self.say(_worded(key, times), **values)
        self.state["pending"] = name
        self.step.asks = api or name
        self.offer_buttons(buttons or [])
        return True

    def offer_buttons(self, buttons: list[tuple[str, str]]) -> None:
        self.buttons = [{"title": title, "payload": payload} for title, payload in buttons]

    def propose(self, journey: str) -> None:
        """The answer just asked whether this should be done: a yes to it does it."""
        self.state["proposed"] = journey
        self.offer(journey)

    def offer(self, *names: str) -> None:
        self.step.offers = [*self.step.offers, *(name for name in names if name not in self.step.offers)]

    def touch(self, ticket: Ticket) -> None:
        """Name a ticket in the turn, and remember it as the one spoken of."""
        if ticket.number not in self.step.tickets:
            self.step.tickets.append(ticket.number)
        self.state["ticket"] = ticket.number

    # journeys

    def begin(self, journey: str) -> None:
        """Start a journey; one that is under way waits and is taken up again."""
        if self.journey and self.journey != journey:
            stack = [item for item in self.state.get("stack", []) if item != journey and item != self.journey]
            self.state["stack"] = [*stack, self.journey][-3:]
        self.state["journey"] = journey
        self.state["pending"] = None
        name = self.state.get("known", {}).get("name")
        if name and not self.facts.get("name"):
            self.facts["name"] = name
        if journey in ABOUT_A_THING and not self.said.has(*texts.data("understanding.another_one")):
            things.recall(self.facts, self.state, self.said.has(*texts.data("understanding.same_one")))

    def end(self) -> None:
        """The journey is done; the one that waited, if any, is next."""
        stack = list(self.state.get("stack", []))
        self.state["journey"] = stack.pop() if stack else None
        self.state["stack"] = stack
        self.state["pending"] = None

    def drop(self, *journeys: str) -> None:
        """Give these journeys up: what starts now takes their place."""
        self.state["stack"] = [item for item in self.state.get("stack", []) if item not in journeys]
        if self.journey in journeys:
            self.state["journey"] = self.state["pending"] = None

    def drop_visit(self) -> None:
        """The time that was chosen counts no more; one kept in a calendar is free again."""
        visits.release(self.session, (self.facts.pop("visit", None) or {}).get("visit_id"))

    def forget_case(self, state: str) -> None:
        """Close the intake; contact data and the thing stay known for the next case of this conversation."""
        self.keep_contact()
        if state != "complained":
            things.keep(self.facts, self.state, done=state in ("ticketed", "solved"))
        self.drop_visit()
        if self.intake is not None:
            self.intake.state = {"solved": "closed", "complained": "ticketed"}.get(state, state)
            self._store_intake()
        self.intake, self.facts = None, {}
        for name in ("tries", "told", "existing"):
            self.state.pop(name, None)

    def drop_decision(self) -> None:
        """What was decided holds for a thing that the case is no longer about."""
        if self.intake is not None:
            self.intake.decision = None

    def keep_contact(self) -> None:
        known = dict(self.state.get("known", {}))
        known.update({name: self.facts[name] for name in KEPT if self.facts.get(name)})
        self.state["known"] = known

    # the records

    def save_intake(self) -> None:
        """Make the intake's row as soon as something refers to it."""
        if self.intake is None:
            self.intake = Intake(
                conversation_id=self.conversation.id,
                state="open",
                facts={},
                dialogue={},
                created_at=time.now(),
                updated_at=time.now(),
            )
            self.session.add(self.intake)
        self._store_intake()

    def save(self) -> None:
        """Write intake and memory; make the answer."""
        if self.facts or self.intake is not None:
            self.save_intake()
        self.state["offers"] = self.step.offers
        self.state["before_words"] = self.said.plain[:60]
        self.remember(self.state)
        text = "\n".join(line for line in self.lines if line)
        if text:
            self.step.replies = [Reply(text, self.buttons)]
        self.step.pending = self.pending
        self.step.journey = self.journey
        self.step.intake = {"id": self.intake.id, **self.facts} if self.intake else {}

    def remember(self, data: dict[str, Any]) -> None:
        """Store what the assistant remembers of the conversation."""
        told = {"data": data, "updated_at": time.now()}
        if self.memory is None:
            self.session.execute(_FIRST_MEMORY, {"conversation_id": self.conversation.id, **told})
        else:
            self.session.execute(_NEXT_MEMORY, {"of": self.conversation.id, **told})
        self.memory = data

    def _store_intake(self) -> None:
        assert self.intake is not None
        self.intake.facts = dict(self.facts)
        self.intake.device_id = self.facts.get("device_id")
        self.intake.dialogue = {"journey": self.journey, "pending": self.pending, "tries": self.state.get("tries", {})}
        self.intake.updated_at = time.now()
        flag_modified(self.intake, "facts")
        flag_modified(self.intake, "dialogue")
        if self.intake.id is None:
            self.session.flush()


def _worded(key: str, times: int) -> str:
    """The key of the question `key` when it is asked for the `times`-th time running: never the same words twice."""
    again, still = f"again.{key}", f"still.{key}"
    if times == 1 or not texts.has(again):
        return key
    if times % 2 == 0:
        return again
    return still if texts.has(still) else key


def load(session: Session, turn: Turn) -> Case:
    """The working memory of a turn, from the records."""
    from desk.cases.dialogue import said as reading

    conversation, memory, intake = session.execute(_KNOWN, {"conversation_id": turn.conversation_id}).one()
    said = reading.read(turn, (memory or {}).get("pending"))
    return Case(session, turn, conversation, memory, said, intake)
