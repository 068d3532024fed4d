"""Each kind of message and event, from the phone to the conversation and back."""

from typing import Any

import pytest
from PIL import Image

from desk.cases import photos
from desk.channels.wechat import media
from desk.records import db
from desk.records.models import Conversation, DialogueState, PrivacyNotice, Staff, WechatInbound, WechatUser
from desk.talk import engine, routing, saying
from tests.fakes.rasa_server import Said
from tests.fakes.wechat import sample_picture
from tests.wechat.conftest import Desk, Start, eventually, lines, outbox


def said(desk: Desk, openid: str = "oA") -> list[str]:
    """What the customer's side of the conversation holds."""
    desk.settle()
    return [line.text for line in lines(openid) if line.author == "customer"]


def with_agent(openid: str = "oA") -> None:
    """A person has the conversation."""
    with db.transaction() as session:
        conversation = session.query(Conversation).filter_by(sender=openid).one()
        agent = Staff(login="wang", name="王工", password_hash="-")
        session.add(agent)
        session.flush()
        routing.take(session, conversation, agent.id, "王工")


def test_words_there_and_back(start_on_each: Start) -> None:
    desk = start_on_each()
    desk.world.say("oA", "空调不制冷😂👨\u200d👩\u200d👧 𠮷")
    assert desk.shown(1) == ["收到：空调不制冷😂👨\u200d👩\u200d👧 𠮷"]
    desk.settle()
    assert outbox("sent") == 1
    assert all(delivery.outcome == "empty" for delivery in desk.world.pushes.log)


def test_a_burst_is_one_turn(start: Start) -> None:
    desk = start(settle=0.6)
    for words in ("空调", "不制冷了", "怎么办"):
        desk.world.say("oA", words)
        desk.world.pushes.wait()
    assert desk.shown(1) == ["收到：空调\n不制冷了\n怎么办"]


def test_typing_is_shown(start: Start) -> None:
    desk = start(settle=0.5)
    desk.world.say("oA", "你好")
    desk.shown(1)
    assert desk.phone().typed == 1


def test_buttons_come_as_a_menu_and_a_tap_is_a_choice(start: Start) -> None:
    desk = start()
    desk.rasa.script = lambda turn: Said([{"text": "办什么？", "buttons": [
        {"title": "我要报修", "payload": "/report_fault"}, {"title": "查保修", "payload": "/ask_warranty"}]}])
    desk.world.say("oA", "你好")
    desk.shown(1)
    entry = desk.phone().screen[-1]["menu"][1]
    assert [item["content"] for item in desk.phone().screen[-1]["menu"]] == ["我要报修", "查保修"]
    desk.world.tap("oA", entry["id"], entry["content"])
    desk.shown(2)
    assert desk.rasa.texts()[-1] == "/ask_warranty"


@pytest.mark.parametrize("reply", ["2", "２", "②", "2.", "（2）", "查保修"])
def test_numbers_choose_where_menus_are_not_allowed(start: Start, reply: str) -> None:
    desk = start()
    desk.world.service_account = False
    desk.rasa.script = lambda turn: Said([{"text": "办什么？", "buttons": [
        {"title": "我要报修", "payload": "/report_fault"}, {"title": "查保修", "payload": "/ask_warranty"}]}])
    desk.world.say("oA", "你好")
    assert desk.shown(1) == ["办什么？\n1. 我要报修\n2. 查保修\n（回复数字即可）"]
    desk.world.say("oA", reply)
    desk.shown(2)
    assert desk.rasa.texts()[-1] == "/ask_warranty"
    assert said(desk)[-1] == "查保修"


def test_a_number_that_was_not_offered_is_a_word(start: Start) -> None:
    desk = start()
    desk.world.say("oA", "3")
    assert desk.shown(1) == ["收到：3"]


def test_following_greets_with_the_privacy_note_once(start_on_each: Start) -> None:
    desk = start_on_each()
    desk.world.follow("oA")
    (greeting,) = desk.shown(1)
    assert "智能助手" in greeting and "只用来办理售后" in greeting
    with db.reading() as session:
        assert session.query(PrivacyNotice).count() == 1
    assert desk.phone().screen[-1]["menu"][0]["content"] == "我要报修"
    desk.settle()
    desk.world.leave("oA")
    desk.world.pushes.wait()
    desk.world.offset += 2
    desk.world.follow("oA")
    assert desk.shown(2)[1].startswith("欢迎回来")


def test_leaving_stops_everything(start: Start) -> None:
    desk = start()
    desk.world.say("oA", "你好")
    desk.shown(1)
    desk.world.leave("oA")
    desk.world.pushes.wait()
    with db.transaction() as session:
        follower = session.query(WechatUser).one()
        assert (follower.follows, follower.notices_off) == (False, True)
        conversation = session.query(Conversation).one()
        saying.say(session, conversation, "agent", "在吗")
    engine.current().send(conversation.id)
    eventually(lambda: outbox("failed") == 1)
    assert len(desk.phone().texts()) == 1


def test_a_scanned_code_offers_the_device(start_on_each: Start) -> None:
    desk = start_on_each()
    desk.world.scan("oA", "sn_KFR35-2024A0017")
    shown = desk.shown(1)
    assert shown[-1].endswith("扫到的设备序列号是 KFR35-2024A0017。您想为这一台办什么？")
    desk.settle()
    with db.reading() as session:
        assert session.query(DialogueState).one().data["scanned_serial"] == "KFR35-2024A0017"
    entry = desk.phone().screen[-1]["menu"][0]
    desk.world.tap("oA", entry["id"], entry["content"])
    eventually(lambda: desk.rasa.texts() == ["我要报修，序列号 KFR35-2024A0017"])
    desk.world.scan("oA", "sn_OTHER-1")
    desk.settle()
    with db.reading() as session:
        assert session.query(DialogueState).one().data["scanned_serial"] == "OTHER-1"


def test_other_scenes_and_bad_serials_say_nothing(start: Start) -> None:
    desk = start()
    desk.world.phones.get("oA").follows = True
    for scene in ("shop_7", "sn_", "sn_<b>", "sn_" + "x" * 80):
        desk.world.event("oA", "SCAN", EventKey=scene, Ticket="t")
    desk.settle()
    assert desk.phone().texts() == []


@pytest.mark.parametrize(
    ("read", "serial"),
    [("CODE_128,KFR35-2024A0017", "KFR35-2024A0017"), ("https://x.cn/q?a=1&sn=SN123", "SN123"), ("AB12", "AB12")],
)
def test_a_scanned_nameplate(start: Start, read: str, serial: str) -> None:
    desk = start()
    desk.world.phones.get("oA").follows = True
    scan = {"ScanType": "barcode", "ScanResult": read}
    desk.world.event("oA", "scancode_waitmsg", EventKey="scan_serial", ScanCodeInfo=scan)
    assert serial in desk.shown(1)[0]


def test_a_nameplate_without_a_serial(start: Start) -> None:
    desk = start()
    desk.world.phones.get("oA").follows = True
    scan = {"ScanType": "qrcode", "ScanResult": "https://example.com/"}
    desk.world.event("oA", "scancode_waitmsg", EventKey="scan_serial", ScanCodeInfo=scan)
    assert "没看出序列号" in desk.shown(1)[0]


@pytest.mark.parametrize(
    ("key", "words"),
    [("/report_fault", "我要报修"), ("/check_ticket", "查一下维修进度"), ("/talk_to_human", "转人工")],
)
def test_the_menu_speaks(start: Start, key: str, words: str) -> None:
    desk = start()
    desk.world.phones.get("oA").follows = True
    desk.world.event("oA", "CLICK", EventKey=key)
    assert desk.shown(1) == [f"收到：{words}"]
    desk.world.event("oA", "CLICK", EventKey="unknown")
    desk.settle()
    assert len(lines()) == 2


@pytest.mark.parametrize(
    ("kind", "fields", "stored", "answer"),
    [
        ("voice", {"MediaId": "m", "Format": "amr", "Recognition": ""}, "[语音]", "语音我这边听不了"),
        ("video", {"MediaId": "m", "ThumbMediaId": "t"}, "[视频]", "视频收到了"),
        ("shortvideo", {"MediaId": "m", "ThumbMediaId": "t"}, "[小视频]", "视频收到了"),
        ("link", {"Title": "说明书", "Description": "", "Url": "https://x"}, "[链接] 说明书", "链接我打不开"),
        ("file", {}, "[公众号不支持的消息]", "这种消息"),
        ("text", {"Content": "[Unsupported Message]"}, "[公众号不支持的消息]", "这种消息"),
        ("location", {"Location_X": "23.1", "Location_Y": "113.3", "Label": ""}, "[位置] 23.1,113.3", "没有地名"),
    ],
)
def test_what_the_assistant_cannot_read(
    start: Start, kind: str, fields: dict[str, Any], stored: str, answer: str
) -> None:
    desk = start()
    desk.world.message("oA", kind, **fields)
    assert answer in desk.shown(1)[0]
    assert said(desk) == [stored]
    assert desk.rasa.asked == []


def test_a_person_reads_what_the_assistant_cannot(start: Start) -> None:
    desk = start()
    desk.world.say("oA", "你好")
    desk.shown(1)
    desk.settle()
    with_agent()
    desk.world.message("oA", "voice", MediaId="m", Format="amr")
    desk.world.scan("oA", "sn_SN-1")
    assert said(desk) == ["你好", "[语音]"]
    assert [line.text for line in lines() if line.author == "note"] == ["[扫码] SN-1"]
    assert len(desk.phone().texts()) == 1


def test_recognised_speech_is_words(start: Start) -> None:
    desk = start()
    desk.world.message("oA", "voice", MediaId="m", Format="amr", Recognition="空调不制冷")
    assert desk.shown(1) == ["收到：空调不制冷"]


def test_a_place_with_a_name_is_an_address(start: Start) -> None:
    desk = start()
    label = "广东省广州市天河区体育西路1号"
    desk.world.message("oA", "location", Location_X="23.1", Location_Y="113.3", Scale=15, Label=label)
    assert desk.shown(1) == [f"收到：{label}"]
    assert lines()[0].attachments == [
        {"type": "location", "latitude": "23.1", "longitude": "113.3", "name": label}
    ]


def test_blank_words_are_asked_for_again(start: Start) -> None:
    desk = start()
    desk.world.say("oA", "   ")
    assert "没有收到文字" in desk.shown(1)[0]


def test_a_location_event_is_never_answered(start: Start) -> None:
    desk = start()
    for _ in range(5):
        desk.world.event("oA", "LOCATION", Latitude="23.1", Longitude="113.3", Precision="10")
    desk.world.event("oA", "VIEW", EventKey="https://example.com")
    desk.settle()
    with db.reading() as session:
        assert session.query(WechatInbound).count() == 0
    assert lines() == []


def test_events_of_one_second_all_count(start: Start) -> None:
    desk = start()
    desk.world.phones.get("oA").follows = True
    for key in ("/report_fault", "/check_ticket", "/ask_warranty"):
        desk.world.event("oA", "CLICK", EventKey=key)
    eventually(lambda: len([line for line in lines() if line.author == "customer"]) == 3)


def test_a_picture_is_kept_without_its_place(start_on_each: Start) -> None:
    desk = start_on_each()
    desk.world.picture("oA", sample_picture("secret place"))
    assert desk.shown(1) == ["收到：[图片]"]
    assert media.fetch_due() == 1
    (attachment,) = lines()[0].attachments or []
    assert (attachment["state"], attachment["mime"]) == ("stored", "image/jpeg")
    stored = photos.folder() / attachment["file"]
    assert b"secret place" not in stored.read_bytes()
    with Image.open(stored) as picture:
        assert picture.size == (64, 48) and not picture.getexif()
    assert media.fetch_due() == 0


@pytest.mark.parametrize("content", [b"", b"MZ program", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4"])
def test_what_is_no_picture_is_not_kept(start: Start, content: bytes) -> None:
    desk = start()
    desk.world.picture("oA", content)
    desk.settle()
    assert media.fetch_due() == 0
    assert (lines()[0].attachments or [])[0]["state"] == "failed"


def test_a_picture_that_is_gone(start: Start) -> None:
    desk = start()
    desk.world.picture("oA", sample_picture())
    desk.settle()
    desk.world.media.clear()
    assert media.fetch_due() == 0
    assert (lines()[0].attachments or [])[0]["error"] == "微信报错 40007"


def test_a_picture_is_fetched_later_when_wechat_does_not_answer(start: Start, pinned_clock: Any) -> None:
    pinned_clock("2026-11-21T10:00:00+08:00")
    desk = start()
    desk.world.offset = pinned_clock("2026-11-21T10:00:00+08:00").timestamp() - desk.world.now()
    desk.world.fail("/cgi-bin/media/get", "500", "drop")
    desk.world.picture("oA", sample_picture())
    desk.settle()
    assert media.fetch_due() == 0
    pinned_clock("2026-11-21T10:01:00+08:00")
    assert media.fetch_due() == 0
    pinned_clock("2026-11-21T10:03:00+08:00")
    assert media.fetch_due() == 1


def test_the_same_picture_twice_is_fetched_once(start: Start) -> None:
    desk = start()
    desk.world.picture("oA", sample_picture())
    desk.settle()
    desk.world.pushes.send("oA", desk.world.pushes.log[-1].body)
    desk.settle()
    assert media.fetch_due() == 1
    assert len([line for line in lines() if line.author == "customer"]) == 1
