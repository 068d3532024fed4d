"""`nlu review`, `label` and `import`: from a list of doubtful messages to training data."""

import csv
from pathlib import Path

from desk import time
from desk.records import db
from desk.records.models import Conversation
from desk.talk import doubt
from tests.cli.conftest import Run


def test_from_doubt_to_training_data(run: Run, folder: Path, tmp_path: Path) -> None:
    assert "待看 0 条" in run("nlu", "review").output
    ranking = [{"name": "ask_price", "confidence": 0.41}]
    with db.transaction() as session:
        talk = Conversation(id="cv-1", channel="rest", sender="s", created_at=time.now())
        session.add(talk)
        session.flush()
        for number, words in enumerate(("咋个算", "整一下", "那个呢")):
            doubt.keep(session, talk.id, f"tn-{number}", words, {"ranking": ranking})
    listed = run("nlu", "review").output
    assert "咋个算" in listed and "问价格" in listed and "0.41" in listed
    table = tmp_path / "doubt.csv"
    assert run("nlu", "review", "--to", str(table)).exit_code == 0
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1] for row in rows] == ["消息", "那个呢", "整一下", "咋个算"]
    rows[2][4], rows[3][4] = "约上门", "略过"
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    assert "记下 2 条；下次启动时一起学的共 1 条" in run("nlu", "import", str(table)).output
    assert "待看 1 条，已标好 1 条" in run("nlu", "review").output
    assert "共 2 条" in run("nlu", "label", rows[1][0], "ask_how_to", "--second", "投诉").output
    written = (folder / "nlu" / "reviewed.yml").read_text(encoding="utf-8")
    assert "book_visit" in written and "ask_how_to" in written and "咋个算" not in written


def test_what_cannot_be_labelled_changes_nothing(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("nlu", "label", "7", "ask_price").exit_code == 1
    assert run("nlu", "label", "7", "瞎写").exit_code == 1
    assert run("nlu", "import", str(tmp_path / "missing.csv")).exit_code == 2
    assert not (folder / "nlu").exists()
