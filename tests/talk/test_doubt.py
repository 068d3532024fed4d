"""What the assistant was not sure of is kept for review, without personal data."""

from typing import Any

import pytest
import yaml

from desk.cases.privacy import clearing
from desk.cases.review import messages, training
from desk.records import db
from desk.records.models import DoubtfulMessage
from desk.settings import settings
from desk.talk import doubt, engine
from tests.fakes.rasa_server import FakeRasa, Said
from tests.talk.conftest import say


def parse(confidence: float, intent: str = "ask_price", entities: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    ranking = [{"name": intent, "confidence": confidence}, {"name": "report_fault", "confidence": 0.1}]
    return {"intent": ranking[0], "ranking": ranking, "entities": entities or []}


def understands(assistant: FakeRasa, found: dict[str, Any]) -> None:
    assistant.script = lambda turn: Said([{"text": "好的"}], found)


def kept() -> list[DoubtfulMessage]:
    with db.reading() as session:
        return messages.waiting(session)


def entity(text: str, kind: str, value: str) -> dict[str, Any]:
    start = text.index(value)
    return {"entity": kind, "value": value, "start": start, "end": start + len(value)}


def test_a_doubtful_turn_is_kept_once(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    understands(assistant, parse(0.31))
    turn = say(desk_talk, "那个咋整")
    understands(assistant, parse(0.9))
    say(desk_talk, "换滤芯多少钱")
    assert [(row.text, row.turn_id, row.confidence) for row in kept()] == [("那个咋整", turn["turn_id"], 0.31)]
    with db.transaction() as session:
        for number, words in enumerate(("/restart", "[图片]", " ")):
            doubt.keep(session, kept()[0].conversation_id, f"tn-{number}", words, parse(0.31))
        doubt.keep(session, kept()[0].conversation_id, turn["turn_id"], "那个咋整", parse(0.31))
    assert len(kept()) == 1


def test_the_fallback_is_no_meaning(desk_talk: engine.Engine, assistant: FakeRasa) -> None:
    found = parse(0.2)
    found["ranking"].insert(0, {"name": "nlu_fallback", "confidence": 0.75})
    understands(assistant, found)
    say(desk_talk, "嗯这个嘛")
    assert [row.predicted[0]["name"] for row in kept()] == ["ask_price"]


def test_personal_data_are_taken_out() -> None:
    text = "我叫王小明，13812345678，住望京街9号，身份证110101199001011234"
    found = [
        entity(text, "person_name", "王小明"),
        entity(text, "phone", "13812345678"),
        entity(text, "address", "望京街9号"),
    ]
    assert doubt.unreadable(text, found) == "我叫某某，13800000000，住某地址，身份证000000000000000000"
    assert doubt.unreadable("打138 1234 5678", []) == "打138****5678"
    assert doubt.unreadable("单号TK20261120-0318到哪了", []) == "单号TK20261120-0318到哪了"


@pytest.fixture
def reviewed(
    desk_talk: engine.Engine, assistant: FakeRasa, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """Three doubtful messages, by number; the first said last."""
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    understands(assistant, parse(0.4))
    for words in ("咋个算的[图](x)", "整一下", "这个行不"):
        say(desk_talk, words)
    return [row.id for row in kept()]


def test_labels_become_training_data(reviewed: list[int]) -> None:
    with db.transaction() as session:
        messages.label(session, reviewed[2], "ask_price", "staff:1", second="complain")
        messages.label(session, reviewed[1], "book_visit", "staff:1")
        messages.label(session, reviewed[0], None, "staff:1")
        session.flush()
        assert training.write(session) == 2
        assert messages.counts(session) == (0, 2)
    data = yaml.safe_load(training.file().read_text(encoding="utf-8"))
    assert [entry["intent"] for entry in data["nlu"]] == ["ask_price", "book_visit"]
    example = data["nlu"][0]["examples"][0]
    assert example == {"text": "咋个算的［图］（x）\n", "metadata": {"reviewed": True, "secondary": "complain"}}
    with db.transaction() as session:
        for number in reviewed:
            messages.label(session, number, None, "staff:1")
        session.flush()
        assert training.write(session) == 0
    assert not training.file().exists()


def test_an_erased_message_is_neither_shown_nor_learnt(reviewed: list[int]) -> None:
    with db.transaction() as session:
        messages.label(session, reviewed[0], "thank", "staff:1")
        for number in reviewed[:2]:
            session.get_one(DoubtfulMessage, number).text = ""
        session.flush()
        assert messages.counts(session) == (1, 0)
        assert [row.id for row in messages.waiting(session)] == [reviewed[2]]
        assert training.write(session) == 0


def test_what_was_said_in_cleared_conversations_leaves_the_file(reviewed: list[int]) -> None:
    with db.transaction() as session:
        message = messages.label(session, reviewed[0], "thank", "staff:1")
        session.flush()
        training.write(session)
        training.forget(session, ["cv-other"])
        assert training.file().exists()
        clearing.conversations(session, [message.conversation_id])
    assert not training.file().exists()


def test_wrong_labels_are_refused(reviewed: list[int]) -> None:
    with db.transaction() as session:
        with pytest.raises(ValueError, match="没有"):
            messages.label(session, reviewed[0], "no_such", "staff:1")
        with pytest.raises(LookupError):
            messages.label(session, 99999, "thank", "staff:1")


def test_a_filled_table_is_read() -> None:
    rows = [
        ["7", "x", "ask_price", "0.3", "问价格", ""], ["8", "", "", "", "report_fault", "投诉"],
        ["9", "", "", "", "略过"],
        ["10", "x", "", "", ""], [],
    ]  # fmt: skip
    assert training.read_rows(rows) == [(7, "ask_price", None), (8, "report_fault", "complain"), (9, None, None)]
    with pytest.raises(ValueError, match="第 2 行"):
        training.read_rows([rows[0], ["8", "", "", "", "瞎填"]])


def test_every_intent_of_the_assistant_can_be_chosen() -> None:
    with open("domain.yml", encoding="utf-8") as file:
        known = yaml.safe_load(file)["intents"]
    assert set(messages.intents()) == set(known) - {"nlu_fallback"}
