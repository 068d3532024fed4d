"""Photos on the website: checked by content, without their metadata, for their own visitor alone; codes are offered."""

import io
from pathlib import Path
from typing import Any

import pytest
import requests
import zxingcpp
from PIL import Image

from desk.records import db
from desk.records.models import Message
from tests.api.test_web import Visitor
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa

GPS = 0x8825


def picture(size: tuple[int, int] = (640, 480), kind: str = "JPEG", code: str = "") -> bytes:
    """A photo with a place in it, turned on its side; with `code`, a nameplate that bears it."""
    drawn = Image.new("RGB", size, "#ccc")
    exif = Image.Exif()
    if code:
        made = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128)
        bars = Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=2))
        drawn.paste(bars, (40, 60))
    else:
        exif[0x0112] = 6
    exif.get_ifd(GPS)[2] = (31.0, 13.0, 49.0)
    written = io.BytesIO()
    drawn.save(written, kind, exif=exif)
    return written.getvalue()


def send(visitor: Visitor, content: bytes, id: str = "photo-0001") -> requests.Response:
    files = {"file": ("photo.jpg", content, "image/jpeg")}
    return visitor.http.post(f"{visitor.base}/chat/photos", files=files, data={"id": id}, timeout=20)


def stored(desk: Desk) -> list[Path]:
    folder = Path(desk.environment["AFTERCARE_DATA_DIR"]) / "media"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def attachment() -> dict[str, Any]:
    with db.reading() as session:
        found = session.query(Message).filter(Message.author == "customer").one().attachments
        assert found
        return dict(found[0])


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    return Visitor(desk)


def test_a_photo_is_kept_upright_without_its_place(visitor: Visitor, desk: Desk, assistant: FakeRasa) -> None:
    before = set(stored(desk))
    sent = send(visitor, picture())
    assert sent.status_code == 202
    line = next(line for line in visitor.hear()["messages"] if line["author"] == "customer")
    assert line["photos"] == [{"n": 0, "width": 480, "height": 640}] and line["text"] == ""
    assert len(set(stored(desk)) - before) == 2
    for small, longest in ((False, 640), (True, 480)):
        url = f"{desk.base}/chat/photos/{line['seq']}/0?small={small}"
        seen = visitor.http.get(url, timeout=10)
        assert seen.headers["Content-Type"] == "image/jpeg" and "sandbox" in seen.headers["Content-Security-Policy"]
        shown = Image.open(io.BytesIO(seen.content))
        assert max(shown.size) == longest and not shown.getexif() and b"Exif" not in seen.content
    visitor.answers(1)
    assert assistant.texts() == ["[图片]"]


def test_a_photo_is_for_its_own_visitor(visitor: Visitor, desk: Desk) -> None:
    seq = send(visitor, picture()).json()["seq"]
    other = Visitor(desk)
    other.say("你好")
    for http in (other.http, requests):
        assert http.get(f"{desk.base}/chat/photos/{seq}/0", timeout=10).status_code in (401, 404)
    for path in (f"photos/{seq}/1", f"photos/{seq}/-1", "photos/99/0"):
        assert visitor.http.get(f"{desk.base}/chat/{path}", timeout=10).status_code in (404, 422)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<script>alert(1)</script>", 415),
        (b"\xff\xd8\xff\xe0 no picture", 415),
        (b"", 415),
        (b"x" * (12 * 1024 * 1024 + 10), 413),
        (b"x" * (14 * 1024 * 1024), 413),
    ],
)
def test_what_is_no_photo_is_not_kept(visitor: Visitor, desk: Desk, content: bytes, status: int) -> None:
    before = stored(desk)
    refused = send(visitor, content)
    assert refused.status_code == status and refused.json()["detail"]
    assert stored(desk) == before and visitor.hear()["messages"] == []


def test_a_picture_bomb_is_not_opened(visitor: Visitor) -> None:
    written = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(written, "PNG")
    assert send(visitor, written.getvalue()).status_code == 413


def test_sent_twice_is_kept_once(visitor: Visitor, desk: Desk) -> None:
    before = stored(desk)
    content = picture()
    assert send(visitor, content).json() == send(visitor, content).json()
    assert len(stored(desk)) == len(before) + 2


@pytest.mark.parametrize("answer", ["对的", "对，就是它", "序列号是 SFA35250600187"])
def test_a_serial_number_on_a_photo_is_asked_about(visitor: Visitor, assistant: FakeRasa, answer: str) -> None:
    send(visitor, picture((1200, 800), code="SFA35250600187"))
    said = visitor.answers(2)
    assert said[1] == "照片上读到序列号 SFA35250600187，对吗？"
    offer = visitor.hear()["messages"][-1]["buttons"]
    assert offer[0] == {"title": "对，就是它", "payload": "序列号是 SFA35250600187"}
    visitor.say(answer)
    visitor.answers(3)
    assert assistant.texts() == ["[图片]", "序列号是 SFA35250600187"]


def test_a_number_that_the_customer_denies_is_not_taken(visitor: Visitor, assistant: FakeRasa) -> None:
    send(visitor, picture((1200, 800), code="SFA35250600187"))
    visitor.answers(2)
    visitor.say("不是这个")
    visitor.answers(3)
    assert assistant.texts()[1] == "不是这个"


def test_codes_of_the_shop_are_no_serial_numbers(visitor: Visitor) -> None:
    drawn = Image.new("RGB", (800, 500), "#fff")
    made = zxingcpp.create_barcode("6901234567892", zxingcpp.BarcodeFormat.EAN13)
    drawn.paste(Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=3)), (40, 40))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    send(visitor, written.getvalue())
    visitor.answers(1)
    assert "codes" not in attachment()
