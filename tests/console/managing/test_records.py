"""All conversations and tickets: narrowed down, in pages and as files; so many queries, however many rows."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import event

from desk import time
from desk.cases import reassign
from desk.cases.deskwork import Refused, Stale
from desk.console import reads
from desk.console.lead import conversation_rows, ticket_rows, wall_reads
from desk.console.lead.filters import Filters
from desk.records import db
from desk.records.models import AuditEntry, Conversation, Customer, Mention, Message, Ticket
from tests.console.conftest import Browser, conversation, now_of


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    run: list[str] = []

    def note(connection, cursor, statement, *more) -> None:  # type: ignore[no-untyped-def]
        run.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield run
    event.remove(db.engine(), "before_cursor_execute", note)


def fill(count: int, people: dict[str, int]) -> None:
    """So many conversations, each with two lines and a ticket."""
    now = time.now()
    states = ("queued", "agent", "bot", "closed")
    with db.transaction() as session:
        ids = [f"cv-{number:05d}" for number in range(count)]
        session.add_all(
            Conversation(
                id=one, channel="web", sender=one, state=states[n % 4], last_seq=2,
                created_at=now - timedelta(minutes=n),
                agent_id=people["wang"] if n % 4 == 1 else None, last_message_at=now,
                queued_at=now - timedelta(minutes=n) if n % 4 == 0 else None,
            )
            for n, one in enumerate(ids)
        )
        session.flush()
        session.add_all(
            Message(conversation_id=one, seq=seq, author=author, text="不制冷", created_at=now)
            for one in ids for seq, author in ((1, "bot"), (2, "customer"))
        )
        session.add_all(
            Ticket(
                number=f"TK20261121-{n:05d}", status="accepted", severity="ABC"[n % 3], conversation_id=one,
                symptom="=1+1", contact_name="张小明", contact_phone="13900001234", address="苏州市姑苏区1号",
                opened_at=now - timedelta(minutes=n),
                deadlines={"fix_due": (now + timedelta(minutes=30 if n % 2 else -30)).isoformat()},
            )
            for n, one in enumerate(ids)
        )


def queries(count: int, people: dict[str, int]) -> dict[str, int]:
    """How many statements each list takes with `count` conversations."""
    fill(count, people)
    found = {}
    with db.reading() as session:
        for name, read in {
            "wall": lambda: wall_reads.wall(session),
            "conversations": lambda: conversation_rows.rows(session, Filters(), 0, 50),
            "tickets": lambda: ticket_rows.rows(session, Filters(state="late"), 0, 50),
        }.items():
            with counted() as run:
                read()
            found[name] = len(run)
    return found


def test_no_query_per_row(people: dict[str, int]) -> None:
    few = queries(4, people)
    with db.transaction() as session:
        for table in (Ticket, Message, Conversation):
            session.query(table).delete()
    assert queries(200, people) == few
    assert few == {"wall": 9, "conversations": 5, "tickets": 2}


def test_five_thousand_in_a_file(people: dict[str, int]) -> None:
    fill(5000, people)
    for source in (conversation_rows, ticket_rows):
        with db.reading() as session, counted() as run:
            assert sum(1 for _ in source.every(session, Filters())) == 5000
        assert len(run) < 60, source.__name__


def test_files_hold_every_row_masked_and_no_formula(chen: Browser, people: dict[str, int]) -> None:
    fill(120, people)
    answer = chen.get("/console/records/tickets/export.csv?state=open")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 120 and rows[0]["故障"] == "'=1+1" and rows[0]["电话"] == "139****1234"
    assert rows[0]["联系人"] == "张**" and rows[0]["地址"] == "苏州市姑苏区****"
    book = openpyxl.load_workbook(io.BytesIO(chen.get("/console/records/tickets/export.xlsx").content))
    cells = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert len(cells) == 121 and cells[1][10] == "'=1+1"
    talks = list(csv.reader(io.StringIO(chen.get("/console/records/conversations/export.csv").text)))
    assert len(talks) == 121
    with db.reading() as session:
        assert session.query(AuditEntry).filter_by(action="records_exported").count() == 3


def test_full_contact_data_only_for_administrators(chen: Browser, boss: Browser, people: dict[str, int]) -> None:
    fill(1, people)
    path = "/console/records/tickets/export.csv?full=1"
    assert chen.get(path).status_code == 403
    assert "13900001234" in boss.get(path).text
    with db.reading() as session:
        assert session.query(AuditEntry).filter_by(action="records_exported").one().data["full"] is True
    boss.get(path + "&words=13900001234")
    with db.reading() as session:
        assert not [row for row in session.query(AuditEntry) if "13900001234" in str(row.data)]


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 8), ("state=queued", 2), ("channel=wechat", 0), ("words=TK20261121-00003", 1), ("since=2099-01-01", 0),
     ("state=nonsense", 0), ("since=nonsense&page=99999&staff=x", 8), ("words=100%25", 0)],
)
def test_filters_of_conversations(chen: Browser, people: dict[str, int], query: str, count: int) -> None:
    fill(8, people)
    page = chen.get(f"/console/records/conversations?{query}").text
    assert f"共 {count} 条" in page and page.count('href="/console/chats/') == count


@pytest.mark.parametrize(
    ("query", "count"),
    [("state=late", 4), ("state=soon", 4), ("severity=A", 3), ("kind=return", 0), ("words=13900001234", 8)],
)
def test_filters_of_tickets(chen: Browser, people: dict[str, int], query: str, count: int) -> None:
    fill(8, people)
    page = chen.get(f"/console/records/tickets?{query}").text
    assert f"共 {count} 条" in page


def test_pages_keep_their_filters(chen: Browser, people: dict[str, int]) -> None:
    fill(120, people)
    page = chen.get("/console/records/tickets?state=open&page=2").text
    assert "第 2 页，共 3 页" in page and "?state=open&amp;page=3" in page and "?state=open&amp;page=1" in page


def test_search_by_the_customers_name(chen: Browser, people: dict[str, int]) -> None:
    with db.transaction() as session:
        session.add(Customer(id=7, customer_no="C7", name="欧阳修", phone="13900001234", created_at=time.now()))
    conversation(customer_id=7)
    page = chen.get("/console/records/conversations?words=欧阳").text
    assert "共 1 条" in page and "欧阳修" not in page


def test_the_wall_shows_who_waits_and_gives_to_a_colleague(chen: Browser, people: dict[str, int]) -> None:
    found = conversation()
    page = chen.get("/console/wall").text
    assert f'value="{found.id}"' in page and "王工" in page
    form = {"conversation": found.id, "version": 0, "to": people["wang"]}
    assert chen.submit("/console/wall/assign", **form).status_code == 303
    now = now_of(found.id)
    assert (now.state, now.agent_id) == ("agent", people["wang"])
    again = chen.submit("/console/wall/assign", **form)
    assert again.status_code == 409 and "王工" in again.text
    assert chen.get("/console/wall/live").status_code == 200


def test_the_wall_moves_a_chat_from_a_colleague_and_tells_both(chen: Browser, people: dict[str, int]) -> None:
    found = conversation(state="agent", agent_id=people["wang"])
    page = chen.get("/console/wall").text
    assert "人工接待中" in page and "客户等了" in page and f'value="{found.id}"' in page
    form = {"conversation": found.id, "version": 0, "to": people["li"], "note": "王工去上门了"}
    assert chen.submit("/console/wall/assign", **form).status_code == 303
    now = now_of(found.id)
    assert (now.state, now.agent_id) == ("agent", people["li"])
    with db.reading() as session:
        told = {row.staff_id for row in session.query(Mention)}
        assert told == {people["wang"], people["li"]}
        assert session.query(AuditEntry).filter_by(action="conversation_transferred").one().reason == "王工去上门了"
        for login in ("wang", "li"):
            row = next(one for one in reads.rows(session, people[login], reads.Filter()) if one.id == found.id)
            assert row.mentioned
    assert chen.submit("/console/wall/assign", **form).status_code == 409


def test_only_leaders_give_and_only_to_who_is_there(people: dict[str, int]) -> None:
    found = conversation()
    with pytest.raises(Refused):
        reassign.assign(found.id, people["wang"], 0, people["li"])
    with pytest.raises(Refused):
        reassign.assign(found.id, people["chen"], 0, 999)
    done = reassign.assign(found.id, people["chen"], 0, people["wang"])
    with pytest.raises(Stale):
        reassign.assign(found.id, people["chen"], 0, people["li"])
    reassign.assign(found.id, people["chen"], done.version, people["li"])
    assert now_of(found.id).agent_id == people["li"]
