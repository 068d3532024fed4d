"""Pictures that colleagues send: once, shown only to who is signed in, never where they cannot be seen."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import requests
from PIL import Image

from desk.cases import photos, shared_files, takeover
from desk.channels.web import sessions
from desk.records import db
from desk.records.models import Message
from desk.settings import settings
from tests.console.conftest import Browser, conversation

ID = "cv-web-0001"


@pytest.fixture(autouse=True)
def kept_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path))
    settings.cache_clear()


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(made, "PNG")
    return made.getvalue()


def office(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def send(
    one: Browser, version: int, key: str = "photo-0001", content: bytes | None = None, name: str = "x.png"
) -> int:
    files = {"file": (name, content or picture(), "application/octet-stream")}
    headers = {"X-CSRF-Token": one.csrf}
    path = f"/console/api/photos/{ID}"
    return one.post(path, files=files, data={"version": version, "key": key}, headers=headers).status_code


def test_a_photo_is_sent_once_and_shown_to_colleagues_only(
    wang: Browser, browser: Callable[[], Browser], people: dict[str, int]
) -> None:
    conversation()
    version = takeover.take(ID, people["wang"], 0).version
    assert [send(wang, version), send(wang, version)] == [200, 200]
    with db.reading() as session:
        assert session.query(Message).filter_by(conversation_id=ID, author="agent").count() == 1
    assert len(list(photos.folder().rglob("*.jpg"))) == 2  # the picture and its thumbnail, once
    line = wang.get(f"/console/api/chats/{ID}?after=2").json()["lines"][0]
    url = line["attachments"][0]["url"]
    shown = wang.get(url)
    assert shown.headers["content-type"] == photos.MIME and Image.open(io.BytesIO(shown.content)).size == (60, 40)
    assert wang.get(url[:-1] + "7").status_code == 404
    assert browser().get(url).status_code == 303  # to the sign-in


def test_what_is_no_picture_or_not_ours_to_send_is_refused(wang: Browser, people: dict[str, int]) -> None:
    conversation()
    assert send(wang, 0) == 403
    version = takeover.take(ID, people["wang"], 0).version
    assert send(wang, version, content=b"<svg onload=alert(1)>") == 422
    assert send(wang, version - 1) == 409


def test_a_channel_that_shows_no_photos_gets_none(wang: Browser, people: dict[str, int]) -> None:
    conversation(channel="rest")
    version = takeover.take(ID, people["wang"], 0).version
    assert send(wang, version) == 422
    with db.reading() as session:
        assert session.query(Message).filter_by(conversation_id=ID, author="agent").count() == 0
    assert list(photos.folder().rglob("*.jpg")) == []


PDF = b"%PDF-1.7\n1 0 obj"


def test_a_file_is_sent_and_only_ever_downloaded(
    wang: Browser, browser: Callable[[], Browser], people: dict[str, int]
) -> None:
    conversation()
    version = takeover.take(ID, people["wang"], 0).version
    assert send(wang, version, content=PDF, name="../使用说明.pdf") == 200
    line = wang.get(f"/console/api/chats/{ID}?after=2").json()["lines"][0]
    (found,) = line["attachments"]
    assert (found["type"], found["name"]) == ("file", "使用说明.pdf")
    fetched = wang.get(found["url"])
    assert fetched.content == PDF and fetched.headers["content-disposition"].startswith("attachment")
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {sessions.issue(sessions.Session('web-0001'))}"
        seen = http.get(f"{wang.base}/chat/messages?wait=false", timeout=20).json()["messages"][-1]
        assert seen["files"] == [{"n": 0, "name": "使用说明.pdf", "size": "1 KB"}] and "photos" not in seen
        whole = http.get(f"{wang.base}/chat/files/{seen['seq']}/0", timeout=20)
        assert whole.content == PDF and "sandbox" in whole.headers["Content-Security-Policy"]
        http.headers["Authorization"] = f"Bearer {sessions.issue(sessions.Session('web-0002'))}"
        assert http.get(f"{wang.base}/chat/files/{seen['seq']}/0", timeout=20).status_code == 404
    with db.reading() as session:
        message = session.query(Message).filter_by(author="agent").one()
    link = shared_files.link(message.id, 0).partition("/file/")[2]
    by_link = browser()
    assert by_link.get(f"/file/{link}").content == PDF
    for wrong in (link[:-1] + "x", link.replace(".0.", ".1."), "1.0.x.y", "1.0.1.y"):
        assert by_link.get(f"/file/{wrong}").status_code == 404
    shared_files.forget(message.attachments[0])
    assert by_link.get(f"/file/{link}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.docx", office("word/document.xml"), 200), ("a.xlsx", office("xl/workbook.xml"), 200),
        ("a.docx", office("xl/workbook.xml"), 422), ("a.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin"), 422),
        ("a.pdf", b"<html>", 422), ("a.exe", b"MZ", 422), ("a.html", b"<script>", 422), ("a.docx", b"PK\x03\x04", 422),
    ],
)
def test_a_file_is_what_its_name_says(
    wang: Browser, people: dict[str, int], name: str, content: bytes, code: int
) -> None:
    conversation()
    version = takeover.take(ID, people["wang"], 0).version
    assert send(wang, version, content=content, name=name) == code


def test_a_link_ends_after_a_week(wang: Browser, pinned_clock: Callable[[str], datetime]) -> None:
    pinned_clock("2026-11-21T10:00:00+08:00")
    token = shared_files.link(7, 0).partition("/file/")[2]
    assert shared_files.read(token) == (7, 0)
    pinned_clock("2026-11-28T10:00:01+08:00")
    assert shared_files.read(token) is None
