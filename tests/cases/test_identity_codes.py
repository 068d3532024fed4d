"""A code by text message: who proves what with it, and how it can not be guessed or sprayed."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from desk import time
from desk.cases import identity_codes
from desk.notify.settings import settings
from desk.records.db import transaction
from desk.records.models import Conversation, Customer, Identity, IdentityCode
from tests.fakes.receivers import Receiver, reached

PHONE = "15000009174"
Clock = Callable[[str], object]


@pytest.fixture
def sms(database: str, pinned_clock: Clock) -> Iterator[Receiver]:
    """李敏 is registered, somebody talks on the web, and text messages arrive at a service on loopback."""
    with transaction() as session:
        session.add(Customer(customer_no="C1", name="李敏", phone=PHONE, created_at=time.now()))
        session.add(Conversation(id="cv-1", channel="web", sender="visitor", created_at=time.now()))
    with reached() as service:
        yield service


def ask(phone: str = PHONE) -> bool:
    with transaction() as session:
        return identity_codes.ask(session, session.get_one(Conversation, "cv-1"), phone)


def prove(said: str) -> str | None:
    with transaction() as session:
        found = identity_codes.check(session, session.get_one(Conversation, "cv-1"), said)
        return found.name if found else None


def sent(sms: Receiver) -> str:
    body = sms.wait_for(1)[-1]
    assert body["phone"] == PHONE
    found = re.search("[0-9]{6}", body["text"])
    assert found
    return found[0]


def later(minutes: float) -> None:
    time.pin(time.now() + timedelta(minutes=minutes))


def test_the_right_code_binds_the_sender_once(sms: Receiver) -> None:
    assert ask()
    code = sent(sms)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert prove(wrong) is None
    assert prove(f" {code} ") == "李敏"
    assert prove(code) is None
    with transaction() as session:
        bound = session.scalars(select(Identity)).one()
        assert (bound.channel, bound.external_id, bound.proof) == ("web", "visitor", "code")


def test_an_unregistered_phone_looks_the_same_and_gets_nothing(sms: Receiver) -> None:
    assert ask("13900000000")
    assert prove("123456") is None
    later(2)
    assert ask()
    sent(sms)
    assert [body["phone"] for body in sms.of("/sms")] == [PHONE]


def test_a_code_lives_five_minutes_and_five_tries(sms: Receiver) -> None:
    assert ask()
    code = sent(sms)
    later(5.1)
    assert prove(code) is None
    assert ask()
    code = re.findall("[0-9]{6}", sms.wait_for(2)[-1]["text"])[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert [prove(wrong) for _ in range(5)] == [None] * 5
    assert prove(code) is None


def test_one_a_minute_and_five_a_day(sms: Receiver) -> None:
    assert ask() and not ask()
    for _ in range(4):
        later(1.1)
        assert ask()
    later(1.1)
    assert not ask()
    later(24 * 60)
    assert ask()


def test_nothing_is_sent_when_the_turn_is_not_committed(sms: Receiver) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        identity_codes.ask(session, session.get_one(Conversation, "cv-1"), PHONE)
        raise RuntimeError
    assert ask()
    sent(sms)
    assert len(sms.of("/sms")) == 1


def test_the_code_itself_is_nowhere_in_the_database(sms: Receiver) -> None:
    assert ask()
    code = sent(sms)
    with transaction() as session:
        row = session.scalars(select(IdentityCode)).one()
        assert code not in repr(vars(row))


def test_a_phone_of_two_customers_proves_neither(sms: Receiver) -> None:
    with transaction() as session:
        session.add(Customer(customer_no="C2", name="王芳", phone=PHONE, created_at=time.now()))
    assert ask()
    assert prove(sent(sms)) is None


def test_without_a_service_there_are_no_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTERCARE_NOTIFY_SMS_URL", raising=False)
    settings.cache_clear()
    assert not identity_codes.available()
