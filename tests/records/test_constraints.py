"""What the database itself refuses, on SQLite and on PostgreSQL alike."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from desk.records import db
from desk.records.models import (
    ApiKey,
    Article,
    Base,
    Branch,
    Contract,
    Conversation,
    Customer,
    Device,
    Engineer,
    Identity,
    Message,
    Price,
    Product,
    Rating,
    Repair,
    Staff,
    Ticket,
    TurnEffect,
    Visit,
)

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def customer(**more: object) -> Customer:
    return Customer(**{"id": 1, "customer_no": "C1", "created_at": NOW} | more)


def device(**more: object) -> Device:
    return Device(**{"id": 1, "serial_number": "SN-1", "serial_key": "SN1"} | more)


def ticket(**more: object) -> Ticket:
    return Ticket(**{"number": "TK20261121-0001", "opened_at": NOW} | more)


def conversation(**more: object) -> Conversation:
    return Conversation(**{"id": "c1", "channel": "web", "sender": "s1", "created_at": NOW} | more)


def message(**more: object) -> Message:
    return Message(**{"conversation_id": "c1", "seq": 1, "author": "customer", "created_at": NOW} | more)


def visit(**more: object) -> Visit:
    return Visit(**{"engineer_id": 1, "starts_at": NOW, "ends_at": NOW + timedelta(hours=2)} | more)


def engineer() -> Engineer:
    return Engineer(id=1, name="王师傅", phone="13500000001")


REFUSED: dict[str, Callable[[], list[Base]]] = {
    "two customers, one number": lambda: [customer(), customer(id=2)],
    "customer without a number": lambda: [customer(customer_no="")],
    "customer with an empty phone": lambda: [customer(phone="")],
    "identity of nobody": lambda: [
        Identity(customer_id=9, channel="wechat", external_id="o1", proof="import", proved_at=NOW)
    ],
    "one openid, two customers": lambda: [
        customer(),
        customer(id=2, customer_no="C2"),
        *(Identity(customer_id=n, channel="wechat", external_id="o1", proof="import", proved_at=NOW) for n in (1, 2)),
    ],
    "product of an unknown category": lambda: [Product(model="M", category="toaster")],
    "promise of no months": lambda: [Product(model="M", promised_months=0)],
    "two devices, one serial": lambda: [device(), device(id=2)],
    "device of an unknown model": lambda: [device(model="nothing")],
    "device of nobody": lambda: [device(customer_id=7)],
    "device with a negative price": lambda: [device(price_fen=-1)],
    "device sold in an unknown way": lambda: [device(sale_channel="theft")],
    "contract that ends before it starts": lambda: [
        Contract(contract_no="K1", starts_on=date(2026, 5, 1), ends_on=date(2026, 4, 30))
    ],
    "contract that starts by a whim": lambda: [Contract(contract_no="K1", start_basis="whim")],
    "repair that ends before it starts": lambda: [
        device(),
        Repair(device_id=1, received_on=date(2026, 5, 1), returned_on=date(2026, 4, 30)),
    ],
    "repair lost somewhere else": lambda: [
        device(),
        Repair(device_id=1, received_on=date(2026, 5, 1), delay="weather"),
    ],
    "two tickets, one number": lambda: [ticket(), ticket()],
    "ticket of an unknown kind": lambda: [ticket(kind="chat")],
    "ticket of an unknown severity": lambda: [ticket(severity="D")],
    "ticket of an unknown status": lambda: [ticket(status="open")],
    "ticket served in an unknown way": lambda: [ticket(service_mode="drone")],
    "ticket with a visit that ends first": lambda: [ticket(visit_start=NOW, visit_end=NOW - timedelta(hours=1))],
    "two conversations, one sender": lambda: [conversation(), conversation(id="c2")],
    "conversation of an unknown state": lambda: [conversation(state="lost")],
    "conversation with an agent, but which": lambda: [conversation(state="agent")],
    "one message twice": lambda: [conversation(), message(external_id="x"), message(seq=2, external_id="x")],
    "two messages, one place": lambda: [conversation(), message(), message()],
    "message by nobody known": lambda: [conversation(), message(author="ghost")],
    "engineer in two places": lambda: [engineer(), visit(), visit(state="booked")],
    "visit that ends before it starts": lambda: [engineer(), visit(ends_at=NOW)],
    "score of six": lambda: [conversation(), Rating(conversation_id="c1", score=6, at=NOW)],
    "staff of an unknown role": lambda: [Staff(login="a", name="A", password_hash="x", role="king")],
    "two keys, one hash": lambda: [
        ApiKey(name="a", hash="h", created_at=NOW),
        ApiKey(name="b", hash="h", created_at=NOW),
    ],
    "price below zero": lambda: [Price(item="门封条", amount_fen=-1)],
    "one price twice": lambda: [Price(item="门封条", amount_fen=1), Price(item="门封条", amount_fen=2)],
    "one branch twice": lambda: [Branch(name="苏州店"), Branch(name="苏州店")],
    "one article twice": lambda: [Article(title="清洗滤网"), Article(title="清洗滤网")],
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(database: str, what: str) -> None:
    with pytest.raises(IntegrityError), db.transaction() as session:
        for row in REFUSED[what]():
            session.add(row)
            session.flush()


def test_one_effect_twice(database: str) -> None:
    def write() -> None:
        with db.transaction() as session:
            session.add(TurnEffect(turn_id="t", use_case="open", ordinal=0, result={}, created_at=NOW))

    write()
    with pytest.raises(IntegrityError):
        write()


def test_a_cancelled_visit_frees_the_time(database: str) -> None:
    with db.transaction() as session:
        session.add(engineer())
        session.flush()
        session.add_all([visit(state="cancelled"), visit(state="booked")])


def test_instants_come_back_aware_and_in_utc(database: str) -> None:
    shanghai = datetime.fromisoformat("2026-11-21T10:00:00+08:00")
    with db.transaction() as session:
        session.add(customer(created_at=shanghai))
    with db.reading() as session:
        stored = session.get_one(Customer, 1).created_at
    assert stored == shanghai
    assert stored.utcoffset() == timedelta(0)


def test_naive_instants_are_refused(database: str) -> None:
    with pytest.raises(StatementError, match="naive"), db.transaction() as session:
        session.add(customer(created_at=datetime(2026, 11, 21)))


def test_a_transaction_is_all_or_nothing(database: str) -> None:
    with pytest.raises(RuntimeError), db.transaction() as session:
        session.add(customer())
        session.flush()
        raise RuntimeError
    with db.reading() as session:
        assert session.get(Customer, 1) is None


def test_two_who_change_a_ticket_at_once(database: str) -> None:
    with db.transaction() as session:
        session.add(ticket(id=1))
    with db.reading() as session:
        old = session.get_one(Ticket, 1)
    with db.transaction() as session:
        session.get_one(Ticket, 1).urge_count = 1
    with pytest.raises(StaleDataError), db.transaction() as session:
        session.add(old)
        old.urge_count = 5


def test_deleting_a_customer_keeps_the_ticket(database: str) -> None:
    with db.transaction() as session:
        session.add(customer())
        session.flush()
        session.add(ticket(id=1, customer_id=1))
    with db.transaction() as session:
        session.delete(session.get_one(Customer, 1))
    with db.reading() as session:
        assert session.get_one(Ticket, 1).customer_id is None
