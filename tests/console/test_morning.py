"""The morning list, as a colleague works it off."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desk import time
from desk.cases.hotline import calls, voicemails
from desk.channels.hotline import settings as hotline
from desk.channels.hotline.speech import sound
from desk.records import db
from desk.records.models import AuditEntry, Callback, Voicemail
from tests.console.conftest import Browser


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where voicemails are kept in this test."""
    monkeypatch.setattr(hotline.Settings, "folder", tmp_path / "hotline")
    return tmp_path / "hotline"


def call(number: str, shown: str = "13800001234", *said: str) -> str:
    calls.begin(number, shown, "400", calls_an_hour=9, tickets_a_night=9)
    calls.note(number, [calls.Line("heard", text) for text in said])
    return number


def test_a_night_is_listed_and_worked_off(wang: Browser, folder: Path) -> None:
    left = call("left", "13800001234")
    sound.save(folder / "voicemails/left.wav", sound.tone())
    voicemails.leave(left, "voicemails/left.wav", 12.0)
    calls.end(left, "hangup")
    voicemails.heard(1, "冰箱一直响", None)
    calls.end(call("half", "13900005678", "我想问一下"), "hangup")
    calls.end(call("silent", "13700001111"), "hangup")
    page = wang.get("/console/morning").text
    assert "3 件待办" in page and "冰箱一直响" in page and "我想问一下" in page
    played = wang.get("/console/morning/sound/1")
    assert played.headers["content-type"] == "audio/wav" and played.content[:4] == b"RIFF"
    assert wang.submit("/console/morning/voicemail/1", result="later").status_code == 303
    assert "冰箱一直响" in wang.get("/console/morning").text
    assert wang.submit("/console/morning/voicemail/1", result="done", note="已约好").status_code == 303
    assert wang.submit("/console/morning/call/half", result="later").status_code == 303
    refused = wang.submit("/console/morning/call/silent", result="cancelled")
    assert refused.status_code == 422 and "原因" in refused.text
    assert wang.submit("/console/morning/call/silent", result="cancelled", note="骚扰电话").status_code == 303
    page = wang.get("/console/morning").text
    assert "1 件待办" in page and "139****5678" in page and "冰箱一直响" not in page
    with db.reading() as session:
        states = {row.phone: row.state for row in session.query(Callback)}
        assert states == {"13800001234": "kept", "13900005678": "promised"}
        assert session.query(Voicemail).one().handled_note == "已约好"
        assert session.query(AuditEntry).filter_by(action="voicemail_played").count() == 1


def test_a_promise_stays_until_it_is_kept(wang: Browser, pinned_clock: Callable[[str], object]) -> None:
    pinned_clock("2026-11-21T09:00:00+08:00")
    call("one")
    with db.transaction() as session:
        due = time.now() + timedelta(hours=1)
        session.add(
            Callback(conversation_id="cv-one", phone="13800001234", due_at=due, reason="x", created_at=time.now())
        )
    assert "前后回电" in wang.get("/console/morning").text
    pinned_clock("2026-11-21T11:00:00+08:00")
    assert "已经过了时间" in wang.get("/console/morning").text
    assert wang.submit("/console/morning/callback/1", result="done").status_code == 303
    assert "都处理完了" in wang.get("/console/morning").text
    assert wang.submit("/console/morning/callback/1", result="done").status_code == 422


def test_the_number_is_shown_on_a_click_that_is_written_down(wang: Browser) -> None:
    calls.end(call("half", "13900005678", "我想问一下"), "hangup")
    page = wang.get("/console/morning").text
    assert "139****5678" in page and "13900005678" not in page
    assert wang.call("/morning/call/half/reveal").json() == {"phone": "13900005678"}
    assert wang.call("/morning/call/nobody/reveal").status_code == 404
    with db.reading() as session:
        assert [row.subject_id for row in session.query(AuditEntry).filter_by(action="contact_shown")] == ["half"]


def test_old_sound_is_deleted(wang: Browser, folder: Path) -> None:
    voicemails.leave(call("old"), "voicemails/old.wav", 3.0)
    sound.save(folder / "voicemails/old.wav", sound.tone())
    assert voicemails.forget_before(time.now() - timedelta(days=1), folder) == 0
    assert voicemails.forget_before(time.now() + timedelta(seconds=1), folder) == 1
    assert not (folder / "voicemails/old.wav").exists()
    assert wang.get("/console/morning/sound/1").status_code == 404


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("13800001234", "13800001234"), ("+8613800001234", "13800001234"), ("008613800001234", "13800001234"),
        ("013800001234", "13800001234"), ("1795113800001234", "13800001234"), ("02787654321", "02787654321"),
        ("4008001234", "4008001234"), ("95588", "95588"), ("anonymous", None), ("", None), (None, None),
    ],
)
def test_the_number_that_is_shown(shown: str | None, number: str | None) -> None:
    assert calls.number_of(shown) == number
