"""Pictures that colleagues send: once, shown only to who is signed in, never where they cannot be seen."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from desk.cases import photos, takeover
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


def send(one: Browser, version: int, key: str = "photo-0001", content: bytes | None = None) -> int:
    files = {"file": ("x.png", content or picture(), "image/png")}
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
    conversation(channel="wechat")
    version = takeover.take(ID, people["wang"], 0).version
    assert send(wang, version) == 422
    with db.reading() as session:
        assert session.query(Message).filter_by(conversation_id=ID, author="agent").count() == 0
    assert list(photos.folder().rglob("*.jpg")) == []
