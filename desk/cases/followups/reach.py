"""Where a customer can be written to, and whether the customer wants that."""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts
from desk.records.models import Conversation, Customer, Device, DialogueState, FollowUp, Identity, Ticket
from desk.talk import saying

LEFT_IN_PEACE = "left_in_peace"  # what the dialogue remembers of somebody who is no known customer
SPOKEN = "phone"  # nobody can be written to there
SENT, OFF = ("sent", "already"), ("off",)


class Teller(Protocol):
    """Sends a notice on a channel: sent, already, off (wants none), or why not (then the conversation says it)."""

    def __call__(
        self, account: str, openid: str, name: str, purpose: str, values: dict[str, str], url: str = ""
    ) -> str:
        """`name` is of a template, `purpose` makes it one."""


@dataclass(frozen=True)
class Words:
    """A message to a customer: the text and, for channels with notices, the blanks of the template `notice`."""

    conversation_id: str
    text: str
    notice: str = ""
    purpose: str = ""
    blanks: tuple[tuple[str, str], ...] = ()
    only_notice: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**vars(self), "blanks": [list(pair) for pair in self.blanks]}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Words":
        """What `to_dict` gave."""
        return cls(**{**stored, "blanks": tuple((name, value) for name, value in stored["blanks"])})


_tellers: dict[str, Teller] = {}


def register(channel: str, teller: Teller) -> None:
    """Let `teller` send notices to customers of `channel`."""
    _tellers[channel] = teller


def notice(session: Session, words: Words) -> tuple[Teller, Conversation] | None:
    """How to send `words` as a notice; None where the channel has none."""
    conversation = session.get(Conversation, words.conversation_id)
    teller = _tellers.get(conversation.channel) if conversation is not None and words.notice else None
    return (teller, conversation) if teller is not None and conversation is not None else None


def say(session: Session, words: Words) -> bool:
    """Put the words into the conversation; False when it is gone."""
    conversation = saying.locked(session, words.conversation_id)
    if conversation is None or not words.text:
        return False
    saying.say(session, conversation, "system", words.text)
    return True


def conversation_of(session: Session, follow: FollowUp) -> Conversation | None:
    """Where this follow-up's customer talks with us: the ticket's conversation, else the customer's latest."""
    talk = session.get(Conversation, follow.conversation_id) if follow.conversation_id is not None else None
    if talk is not None and talk.channel != SPOKEN:
        return talk
    customer = customer_of(session, follow)
    if customer is None:
        return None
    # A channel user proved to be this customer.
    same = (
        (Identity.channel == Conversation.channel)
        & (Identity.account == Conversation.account)
        & (Identity.external_id == Conversation.sender)
    )
    theirs = (Identity.customer_id == customer.id, Conversation.channel != SPOKEN)
    query = select(Conversation).join(Identity, same).where(*theirs)
    return session.scalar(query.order_by(Conversation.last_message_at.desc()).limit(1))


def customer_of(session: Session, follow: FollowUp) -> Customer | None:
    """Whose matter it is."""
    ticket = session.get(Ticket, follow.ticket_id) if follow.ticket_id else None
    if ticket is not None and ticket.customer_id is not None:
        return session.get(Customer, ticket.customer_id)
    device = session.get(Device, follow.device_id) if follow.device_id else None
    if device is not None and device.customer_id is not None:
        return session.get(Customer, device.customer_id)
    return None


def wants_none(session: Session, follow: FollowUp) -> bool:
    """Whether the customer said to be left in peace."""
    customer = customer_of(session, follow)
    if customer is not None and customer.notices_off:
        return True
    talk = conversation_of(session, follow)
    memory = session.get(DialogueState, talk.id) if talk is not None else None
    return memory is not None and bool(memory.data.get(LEFT_IN_PEACE))


def words_for(key: str, conversation: Conversation, **values: Any) -> str:
    """The text `key` for the conversation's channel."""
    return texts.render(key, conversation.channel, **values)
