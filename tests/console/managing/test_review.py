"""Supervisors say what doubtful messages mean, on a page and by a table."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.cases.review import messages, training
from desk.records import db
from desk.records.models import DoubtfulMessage
from desk.settings import settings
from desk.talk import doubt
from tests.console.conftest import Browser, conversation


@pytest.fixture
def doubtful(people: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two doubtful messages, by number."""
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    talk = conversation().id
    parse = {"ranking": [{"name": "ask_price", "confidence": 0.4}, {"name": "inform", "confidence": 0.2}]}
    with db.transaction() as session:
        for number, words in enumerate(("咋个算的<b>", "整一下嘛")):
            doubt.keep(session, talk, f"tn-{number}", words, parse, "serial_number")
    with db.reading() as session:
        return [row.id for row in session.query(DoubtfulMessage).order_by(DoubtfulMessage.id)]


def test_a_supervisor_labels(doubtful: list[int], browser: Callable[[], Browser]) -> None:
    chen = browser().sign_in("chen")
    page = chen.get("/console/review").text
    assert "咋个算的&lt;b&gt;" in page and "问价格" in page and "待看 2 条" in page and "当时在问：序列号" in page
    assert chen.submit("/console/review", id=doubtful[0]).status_code == 422
    assert chen.submit("/console/review", id=doubtful[0], intent="no_such").status_code == 422
    assert chen.submit("/console/review", id=99999, intent="thank").status_code == 404
    assert chen.submit("/console/review", id=doubtful[0], intent="ask_how_to", second="complain").status_code == 303
    assert chen.submit("/console/review", id=doubtful[1], intent="ask_price", skip="true").status_code == 303
    assert "没有存疑的消息" in chen.get("/console/review").text
    written = training.file().read_text(encoding="utf-8")
    assert "intent: ask_how_to" in written and "secondary: complain" in written and "整一下" not in written
    with db.reading() as session:
        first = session.get_one(DoubtfulMessage, doubtful[0])
        assert (first.label, first.second_label) == ("ask_how_to", "complain")
        assert first.labelled_by is not None and first.labelled_at is not None


def test_an_agent_does_not_see_it(doubtful: list[int], wang: Browser) -> None:
    assert wang.get("/console/review").status_code == 403
    assert not re.search('href="/console/review"', wang.get("/console").text)


def test_rows_for_a_table(doubtful: list[int], tmp_path: Path) -> None:
    with db.reading() as session:
        rows = training.table(messages.waiting(session))
    rows[0][4], rows[0][5] = "约上门", "问价格"
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert training.read_rows(csv.reader(file)) == [(doubtful[1], "book_visit", "ask_price")]
