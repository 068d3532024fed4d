"""Who writes on the website: a signed token that the visitor's browser keeps, no cookie; nothing is stored here of it.

A company that knows its customer signs so itself: a JWT (HS256) with `sub`, the customer number, and `exp`.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from desk import time
from desk.cases import audit, signing_keys
from desk.records import db
from desk.records.models import Customer, Identity

CHANNEL = "web"
DAYS = 180
LONGEST_TOKEN = 2000
_LEEWAY = 60.0


class NotSigned(Exception):
    """The token is not ours or is damaged; `why` is signature, form or expired."""

    def __init__(self, why: str = "signature") -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Session:
    """A visitor: the name of their conversation, and whether the company vouched for who they are."""

    sender: str
    known: bool = False


def begin() -> Session:
    """A newcomer."""
    return Session(f"web-{secrets.token_hex(20)}")


def issue(session: Session) -> str:
    """The token of a session, good for DAYS."""
    until = int(time.now().timestamp()) + DAYS * 24 * 3600
    body = _encoded({"s": session.sender, "k": session.known, "e": until})
    return f"{body}.{_signature(body, signing_keys.key(signing_keys.SESSIONS))}"


def read(token: str) -> Session:
    """The session of a token of ours. Raises NotSigned."""
    body, _, signature = token[:LONGEST_TOKEN].partition(".")
    if not _same(signature, _signature(body, signing_keys.key(signing_keys.SESSIONS))):
        raise NotSigned
    told = _decoded(body)
    if told.get("e", 0) < time.now().timestamp():
        raise NotSigned("expired")
    return Session(str(told["s"]), bool(told["k"]))


def known(identity: str) -> Session:
    """The session of a customer whom the company's own site names by a signed token. Raises NotSigned.

    All devices of a customer share one conversation; it is bound to the customer's record if there is one.
    """
    number = _customer_number(identity)
    session = Session(f"web-c-{hashlib.sha256(number.encode()).hexdigest()[:38]}", known=True)
    _bind(session.sender, number)
    return session


def sign_customer(number: str, seconds: int = 3600) -> str:
    """A token as the company's site signs it: for tests, for the demo, and as a model."""
    told = {"sub": number, "exp": int(time.now().timestamp()) + seconds}
    body = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(told)}"
    return f"{body}.{_signature(body, signing_keys.key(signing_keys.CUSTOMERS))}"


def _customer_number(identity: str) -> str:
    body, _, signature = identity[:LONGEST_TOKEN].rpartition(".")
    if not _same(signature, _signature(body, signing_keys.key(signing_keys.CUSTOMERS))):
        raise NotSigned
    head, _, claims = body.partition(".")
    if _decoded(head).get("alg") != "HS256":
        raise NotSigned("form")
    told = _decoded(claims)
    number, until = told.get("sub"), told.get("exp")
    if not isinstance(number, str) or not number or not isinstance(until, int | float):
        raise NotSigned("form")
    if until + _LEEWAY < time.now().timestamp():
        raise NotSigned("expired")
    return number


def _bind(sender: str, number: str) -> None:
    with db.transaction() as session:
        customer = session.scalar(select(Customer).where(Customer.customer_no == number))
        same = (Identity.channel == CHANNEL, Identity.account == "", Identity.external_id == sender)
        if customer is None or session.scalar(select(Identity.id).where(*same)) is not None:
            return
        session.add(
            Identity(
                customer_id=customer.id, channel=CHANNEL, account="", external_id=sender, proof="signed_token",
                proved_at=time.now(),
            )
        )
        audit.note(session, "web", "identity_proved", "customer", str(customer.id), "signed_token", sender=sender)


def _encoded(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _decoded(text: str) -> dict[str, Any]:
    try:
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError) as error:
        raise NotSigned("form") from error
    if not isinstance(told, dict):
        raise NotSigned("form")
    return told


def _signature(body: str, key: bytes) -> str:
    return _base64(hmac.digest(key, body.encode(), "sha256"))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
