"""Pictures and files that a colleague sends reach the follower's phone, in order and once."""

import io

import pytest
from PIL import Image

from desk.cases import takeover, writing
from desk.records import db
from desk.records.models import Conversation, Staff
from tests.wechat.conftest import Desk, Start, eventually, lines, outbox
from tests.wechat.test_passive import unverified


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(made, "PNG")
    return made.getvalue()


def taken(desk: Desk) -> tuple[str, int, int]:
    """The follower's conversation in an agent's hands: its id, the agent's, the version."""
    desk.world.say("oA", "你好")
    desk.settle()
    conversation_id = lines()[0].conversation_id
    with db.transaction() as session:
        person = Staff(login="wang", name="王工", password_hash="-")
        session.add(person)
        session.flush()
        staff_id = person.id
        version = session.get_one(Conversation, conversation_id).version
    version = takeover.take(conversation_id, staff_id, version).version
    return conversation_id, staff_id, version


def sent(desk: Desk) -> list[str]:
    return [line["kind"] for line in desk.phone().screen if line["from"] == "account"]


def test_a_picture_between_words(start: Start) -> None:
    desk = start()
    conversation_id, staff_id, version = taken(desk)
    before = len(sent(desk))
    writing.say(conversation_id, staff_id, version, "请看这里：", "words-0001")
    for _ in range(2):
        writing.attach(conversation_id, staff_id, version, picture(), "插头.png", "photo-0001")
    writing.say(conversation_id, staff_id, version, "按红色的键。", "words-0002")
    desk.settle()
    assert sent(desk)[before:].count("image") == 1 and sent(desk)[-2:] == ["image", "text"]
    shown = next(line for line in desk.phone().screen if line["kind"] == "image")
    assert Image.open(io.BytesIO(desk.world.media[shown["media_id"]][0])).size == (60, 40)


def test_a_file_goes_as_a_link(start: Start) -> None:
    desk = start()
    conversation_id, staff_id, version = taken(desk)
    writing.attach(conversation_id, staff_id, version, b"%PDF-1.7", "说明书.pdf", "file-0001")
    desk.settle()
    last = desk.phone().texts()[-1]
    assert "《说明书.pdf》" in last and "/file/" in last


def test_where_only_replies_go_out_a_picture_is_a_link(start: Start) -> None:
    desk = unverified(start)
    conversation_id, staff_id, version = taken(desk)
    writing.attach(conversation_id, staff_id, version, picture(), "插头.png", "photo-0001")
    desk.world.say("oA", "在吗")
    texts = desk.shown(2)
    assert any("给您发了一张照片" in text and "/file/" in text for text in texts), texts


@pytest.mark.parametrize("code", [40004, 40009, 45001])
def test_a_picture_that_wechat_refuses_is_shown_as_not_sent(start: Start, code: int) -> None:
    desk = start()
    conversation_id, staff_id, version = taken(desk)
    desk.world.failures["/cgi-bin/media/upload"] = [code]
    writing.attach(conversation_id, staff_id, version, picture(), "插头.png", "photo-0001")
    eventually(lambda: outbox("failed") == 1)
    assert "image" not in sent(desk)


def test_a_picture_is_sent_again_after_a_failure(start: Start) -> None:
    desk = start()
    conversation_id, staff_id, version = taken(desk)
    desk.world.failures["/cgi-bin/media/upload"] = ["500"]
    writing.attach(conversation_id, staff_id, version, picture(), "插头.png", "photo-0001")
    eventually(lambda: "image" in sent(desk), 12)
    assert sent(desk).count("image") == 1
