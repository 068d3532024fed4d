"""A customer without ticket number and serial number proves who they are by a code sent to their phone."""

import re
from collections.abc import Iterator

import pytest

from desk.cases import tickets
from desk.records.db import transaction
from desk.records.models import Customer
from tests.dialogue.conftest import Talk
from tests.fakes.receivers import Receiver, reached

PHONE = "15000009174"


@pytest.fixture
def sms(shop) -> Iterator[Receiver]:  # type: ignore[no-untyped-def]
    """李敏 has an open ticket, and text messages can be sent."""
    with transaction() as session:
        owner = session.query(Customer).one()
        tickets.open_ticket(
            session,
            "import",
            severity="B",
            symptom="不制冷",
            product_type="空调",
            customer_id=owner.id,
            contact_phone=PHONE,
        )
    with reached() as service:
        yield service


def without_number(phone: str = PHONE) -> Talk:
    talk = Talk(sender=f"visitor-{phone}")
    talk.say("我报修的那个怎么样了", "check_ticket")
    talk.say("单号找不到了", "dont_know")
    talk.say(phone, "inform", phone=phone)
    return talk


def code_in(service: Receiver, count: int = 1) -> str:
    found = re.search("[0-9]{6}", service.wait_for(count)[-1]["text"])
    assert found
    return found[0]


def test_the_code_opens_the_owners_own_ticket(sms: Receiver) -> None:
    talk = without_number()
    assert talk.steps[-1].asks == "identity" and "验证码" in talk.last and "TK" not in talk.last
    talk.say(f"验证码是{code_in(sms)}", "inform")
    assert "TK20261121-0001" in talk.last and "空调" in talk.last


def test_a_stranger_learns_nothing_not_even_whether_the_phone_is_known(sms: Receiver) -> None:
    known, unknown = without_number(), without_number("13900000000")
    assert known.last == unknown.last
    code_in(sms)
    for _ in range(2):
        unknown.say("111111", "inform")
        assert "不对" in unknown.last
    unknown.say("222222", "inform")
    assert "还不能查" in unknown.last and "TK" not in unknown.last
    assert [body["phone"] for body in sms.of("/sms")] == [PHONE]


def test_a_code_that_does_not_come_is_sent_again_after_a_minute(sms: Receiver, shop) -> None:  # type: ignore[no-untyped-def]
    talk = without_number()
    code_in(sms)
    shop.clock("2026-11-21T10:02:00+08:00")
    talk.say("没收到啊", "inform")
    assert "验证码" in talk.last
    talk.say(code_in(sms, 2), "inform")
    assert "TK20261121-0001" in talk.last


def test_who_asks_too_often_is_told_so(sms: Receiver) -> None:
    talk = without_number()
    talk.say("没收到", "inform")
    assert "等一分钟" in talk.last


def test_without_text_messages_the_way_is_as_before(shop) -> None:  # type: ignore[no-untyped-def]
    talk = without_number()
    assert "验证码" not in talk.last and talk.steps[-1].asks != "identity"
