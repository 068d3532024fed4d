"""What is stored and why is told once, in one message, to whoever is met for the first time, follower of old or new."""

import pytest

from desk.channels.wechat import first_contact
from desk.records import db
from desk.records.models import Conversation, PrivacyNotice
from tests.fakes.rasa_server import Said
from tests.wechat.conftest import Desk, Start, eventually, lines
from tests.wechat.test_passive import unverified

NOTICE = "只用来办理售后"


def notices(desk: Desk, openid: str = "oA") -> int:
    return sum(text.count(NOTICE) for text in desk.phone(openid).texts())


def test_a_follower_of_old_is_told_with_the_first_message(start_on_each: Start) -> None:
    desk = start_on_each(privacy_notice=True)
    desk.world.say("oA", "空调不制冷")
    eventually(lambda: "收到：空调不制冷" in "".join(desk.phone().texts()))
    desk.world.say("oA", "还有洗衣机")
    desk.settle()
    eventually(lambda: "收到：还有洗衣机" in "".join(desk.phone().texts()))
    assert notices(desk) == 1 and NOTICE in desk.phone().texts()[0]


@pytest.mark.parametrize("kind", ["voice", "image", "scan", "click"])
def test_whatever_the_first_message_is(start: Start, kind: str) -> None:
    desk = start(privacy_notice=True)
    desk.phone().follows = True
    if kind == "scan":
        desk.world.event("oA", "SCAN", EventKey="sn_SN-123", Ticket="t")
    elif kind == "click":
        desk.world.event("oA", "CLICK", EventKey="/report_fault")
    else:
        desk.world.message("oA", kind, MediaId="m", Format="amr", PicUrl="")
    desk.settle()
    eventually(lambda: notices(desk) == 1)


def test_a_new_follower_has_it_in_the_greeting(start: Start) -> None:
    desk = start(privacy_notice=True)
    desk.world.follow("oA")
    desk.shown(1)
    desk.world.say("oA", "空调不制冷")
    desk.shown(2)
    desk.settle()
    assert notices(desk) == 1


def test_who_only_ignored_events_come_from_is_told_nothing(start: Start) -> None:
    desk = start(privacy_notice=True)
    desk.world.event("oA", "LOCATION", Latitude="23.1", Longitude="113.3", Precision="10")
    desk.world.event("oA", "VIEW", EventKey="https://example.com")
    desk.settle()
    assert desk.phone().texts() == []


def test_a_crash_before_it_leaves_it_to_the_next_message(start: Start) -> None:
    desk = start()
    desk.world.say("oA", "一")
    desk.shown(1)
    with db.reading() as session:
        conversation_id = session.query(Conversation).one().id
        assert session.query(PrivacyNotice).count() == 0
    from desk.channels.wechat.settings import settings

    settings().privacy_notice = True
    desk.world.say("oA", "二")
    desk.settle()
    eventually(lambda: notices(desk) == 1)
    first_contact.tell(conversation_id)
    assert [line.author for line in lines()].count("system") == 1


def test_an_unverified_account_tells_it_with_the_answer(start: Start) -> None:
    desk = unverified(start, privacy_notice=True)
    desk.world.say("oA", "空调不制冷")
    (shown,) = desk.shown(1)
    assert NOTICE in shown and shown.endswith("收到：空调不制冷")


def test_it_does_not_take_the_place_of_a_slow_answer(start: Start) -> None:
    desk = unverified(start, privacy_notice=True, passive_seconds=0.6)
    desk.world.pushes.sender.patience = 1.0
    desk.rasa.script = lambda turn: Said([{"text": "查到了"}], seconds=0.9)
    desk.world.say("oA", "查进度")
    (shown,) = desk.shown(1)
    assert NOTICE in shown and shown.endswith("查到了")
