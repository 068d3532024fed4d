"""A colleague opens a ticket: from a chat that knows much already, or for somebody on the telephone."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from desk import time
from desk.cases import shared_files, takeover, warranty, writing
from desk.cases.privacy import clearing, files
from desk.records import db
from desk.records.models import AuditEntry, Complaint, Conversation, Customer, Device, Intake, Message, Product, Ticket
from tests.console.conftest import Browser, conversation, said
from tests.fakes.receivers import reached

NewBrowser = Callable[[], Browser]
PATH = "/console/open-ticket"
ID = "cv-web-0001"
PHONED = {"symptom": "空调不制冷", "phone": "13800138000", "product_type": "空调"}


@pytest.fixture
def device(people: dict[str, int]) -> str:
    """An air conditioner of 张先生's, bought three months ago."""
    with db.transaction() as session:
        owner = Customer(customer_no="C1", name="张先生", phone="13800138000", created_at=time.now())
        product = Product(model="KFR-35", name="变频空调", product_type="空调", category="home_appliance")
        session.add_all([owner, product])
        session.flush()
        bought = time.today() - timedelta(days=90)
        session.add(
            Device(
                serial_number="AC2026001", serial_key="AC2026001", model=product.model, product=product,
                customer_id=owner.id, purchase_date=bought, invoice_date=bought, invoice_no="1",
            )
        )
    return "AC2026001"


def only() -> Ticket:
    with db.reading() as session:
        return session.query(Ticket).one()


def test_for_a_customer_on_the_telephone(wang: Browser, people: dict[str, int], device: str) -> None:
    looked = wang.submit(PATH, **PHONED, serial=device)
    assert looked.status_code == 200 and "变频空调" in looked.text and "张**" in looked.text
    assert 'name="key"' in looked.text
    opened = wang.submit(PATH, **PHONED, serial=device, do="open", mode="on_site", address="朝阳路 1 号", name="张先生")
    ticket = only()
    assert opened.headers["location"] == f"/console/tickets/{ticket.number}?told=read"
    page = wang.get(opened.headers["location"]).text
    assert f"请告诉客户：已经为您登记好了，工单号 {ticket.number}" in page
    assert (ticket.customer_id, ticket.assignee_id, ticket.severity) == (1, people["wang"], "B")
    assert ticket.decision and ticket.decision["coverage"] == "in" and ticket.payer == ticket.decision["payer"]
    with db.reading() as session:
        by_the_assistant = warranty.for_device(session.query(Device).one(), "空调不制冷")
        assert ticket.decision == by_the_assistant
        assert session.query(AuditEntry).filter_by(action="ticket_opened", subject_id=ticket.number).count() == 1


def test_sent_twice_is_one_ticket(wang: Browser, people: dict[str, int]) -> None:
    key = re.search('name="key" value="([^"]+)"', wang.get(PATH).text)
    assert key
    answers = [wang.submit(PATH, **PHONED, do="open", key=key[1]) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert only().symptom.startswith("空调不制冷")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"symptom": ""}, "请写一下客户说的情况"),
        ({"phone": ""}, "请填客户的电话"),
        ({"phone": "1380013"}, "电话号码不对"),
        ({"mode": "on_site"}, "上门和取件要有地址"),
        ({"severity": "A"}, "请写明原因"),
        ({"purchase_date": "去年"}, "2026-05-01"),
        ({"purchase_date": "2999-01-01"}, "购买日期还没到"),
        ({"kind": "gift"}, "请从列表里选"),
        ({"name": "长" * 61}, "最多 60 个字"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    wang: Browser, people: dict[str, int], wrong: dict[str, str], words: str
) -> None:
    answer = wang.submit(PATH, **{**PHONED, "order_number": "D-77", **wrong}, do="open")
    assert answer.status_code == 422 and words in answer.text and 'value="D-77"' in answer.text
    with db.reading() as session:
        assert session.query(Ticket).count() == 0


def test_from_a_chat_with_what_it_knows(wang: Browser, people: dict[str, int], device: str) -> None:
    conversation(state="queued")
    facts = {"symptom": "漏水", "phone": "13800138000", "name": "张先生", "address": "朝阳路 1 号", "mode": "on_site"}
    with db.transaction() as session:
        found = session.query(Device).one()
        now = time.now()
        intake = Intake(
            conversation_id=ID, facts=facts, device_id=found.id, created_at=now, updated_at=now,
        )
        session.add(intake)
    assert wang.get(f"{PATH}?chat={ID}").status_code == 403  # contact data: only for who has the chat
    takeover.take(ID, people["wang"], 0)
    page = wang.get(f"{PATH}?chat={ID}").text
    for words in ("漏水", "AC2026001", 'value="13800138000"', 'value="朝阳路 1 号"', "开好后把单号发给客户"):
        assert words in page
    form = {**facts, "serial": device, "chat": ID, "do": "open", "tell": "true"}
    opened = wang.submit(PATH, **form)
    ticket = only()
    assert opened.headers["location"].endswith("?told=said")
    assert (ticket.conversation_id, ticket.intake_id) == (ID, 1)
    assert any(who == "agent" and f"工单号 {ticket.number}" in text for who, text in said(ID))
    with db.reading() as session:
        assert session.query(AuditEntry).filter_by(action="contact_shown", subject_id=ID).count() == 1
    again = wang.submit(PATH, **{**form, "symptom": "还有异响"})
    assert again.status_code == 422 and "已有未完的工单" in again.text and "仍然开单" in again.text
    assert wang.submit(PATH, **{**form, "symptom": "还有异响", "anyway": "true"}).status_code == 303


def test_out_of_cover_there_is_a_price(wang: Browser, people: dict[str, int]) -> None:
    bought = date(time.today().year - 9, 1, 1).isoformat()
    wang.submit(PATH, **PHONED, purchase_date=bought, do="open")
    ticket = only()
    assert ticket.decision and ticket.decision["primary"] == "PAID_REPAIR" and ticket.quote
    assert ticket.decision["basis"] == "customer_statement"


def test_a_complaint_has_its_class_and_promises(wang: Browser, people: dict[str, int]) -> None:
    wang.submit(PATH, kind="complaint", symptom="师傅态度很差，要投诉", phone="13800138000", do="open")
    with db.reading() as session:
        assert session.query(Complaint).one().plan_due > time.now()
        assert session.query(Ticket).one().decision is None


def test_the_number_goes_out_by_text_message(wang: Browser, people: dict[str, int]) -> None:
    with reached() as outside:
        opened = wang.submit(PATH, **PHONED, do="open", tell="true")
        assert opened.headers["location"].endswith("?told=sms")
        (sent,) = outside.of("/sms")
        assert sent["phone"] == "13800138000" and only().number in sent["text"]


def test_no_chat_no_form(wang: Browser, people: dict[str, int]) -> None:
    assert wang.get(f"{PATH}?chat=cv-nobody").status_code == 404
    with db.reading() as session:
        assert session.query(Conversation).count() == 0


def test_given_back_the_assistant_knows_the_ticket(wang: Browser, people: dict[str, int], device: str) -> None:
    conversation(state="queued")
    version = takeover.take(ID, people["wang"], 0).version
    wang.submit(PATH, **PHONED, serial=device, chat=ID, do="open")
    assert wang.call(f"/chats/{ID}/give-back", version=version).status_code == 200
    author, words = said(ID)[-1]
    assert author == "bot" and only().number in words and "同一" not in words


def test_a_file_that_was_sent_goes_with_the_customers_data(wang: Browser, people: dict[str, int]) -> None:
    conversation(state="queued")
    version = takeover.take(ID, people["wang"], 0).version
    writing.attach(ID, people["wang"], version, b"%PDF-1.7", "合同.pdf", "file-0001")
    with db.transaction() as session:
        attachment = session.query(Message).filter_by(author="agent").one().attachments[0]
        assert shared_files.path(attachment) is not None
        found = clearing.conversations(session, [ID])
    assert files.delete(found) == 1 and shared_files.path(attachment) is None
