"""The console's list and search on both kinds of database."""

from datetime import timedelta

from desk import time
from desk.cases import search
from desk.console import reads
from desk.records import db
from desk.records.models import Conversation, Customer, Device, Mention, Message, Staff, Ticket


def test_rows_and_hits_are_the_same_on_both(database: str) -> None:
    now = time.now()
    with db.transaction() as session:
        staff = Staff(login="wang", name="王工", password_hash="-")
        customer = Customer(customer_no="K1", name="张三丰", phone="13800002020", vip=True, created_at=now)
        session.add_all([staff, customer])
        session.flush()
        session.add(Device(serial_number="SF-1001", serial_key="SF1001", customer_id=customer.id))
        for number, state in enumerate(("queued", "agent", "bot", "closed")):
            made = Conversation(
                id=f"cv-{number}", channel="web", sender=f"s-{number}", state=state, created_at=now, last_seq=3,
                agent_id=staff.id if state == "agent" else None, last_message_at=now + timedelta(seconds=number),
                queued_at=now if state == "queued" else None, customer_id=customer.id,
            )
            session.add(made)
            session.flush()
            said = (("customer", "不制冷"), ("bot", "请发"), ("customer", "100% 坏了"))
            for seq, (author, text) in enumerate(said, 1):
                session.add(Message(conversation_id=made.id, seq=seq, author=author, text=text, created_at=now))
        session.flush()
        named = session.query(Message).filter_by(conversation_id="cv-2", seq=1).one()
        session.add(Mention(message_id=named.id, staff_id=staff.id, conversation_id="cv-2"))
        session.add(
            Ticket(number="TK20261121-0001", conversation_id="cv-1", severity="A", opened_at=now, symptom="不制冷")
        )
    with db.transaction() as session:
        reads.mark_read(session, staff.id, "cv-1", 1)
    with db.reading() as session:
        rows = {row.id: row for row in reads.rows(session, staff.id, reads.Filter())}
        assert {name: row.part for name, row in rows.items()} == {"cv-0": "queue", "cv-1": "mine", "cv-2": "open"}
        assert (rows["cv-1"].unread, rows["cv-1"].severity, rows["cv-1"].urgent) == (1, "A", True)
        assert rows["cv-1"].since == now and rows["cv-1"].words == "100% 坏了" and rows["cv-1"].vip
        assert rows["cv-2"].mentioned and not rows["cv-1"].mentioned
        found = [(hit.kind, hit.title) for hit in search.everything(session, "0% 坏")]
        assert found == [("message", "张**")] * 4
        assert [hit.url for hit in search.everything(session, "2020")] == ["/console/chats/cv-3"]
        assert {hit.kind for hit in search.everything(session, "sf-1001")} == {"device"}
        assert {hit.kind for hit in search.everything(session, "TK20261121")} == {"ticket"}
