"""The ways to colleagues, against servers that check what the real ones check."""

import logging

import pytest

from desk.notify import media, post
from desk.records.models import OncallPerson
from tests.fakes.receivers import post_office

WANG = OncallPerson(id=7, name="王工", phone="13800000000", mail="wang@firm.test", wecom="wang", dingtalk="")


@pytest.fixture
def all_ways(service, configure):
    with post_office() as office:
        configure(
            **service.settings(), AFTERCARE_NOTIFY_SMTP_HOST="127.0.0.1", AFTERCARE_NOTIFY_SMTP_PORT=str(office.port),
            AFTERCARE_NOTIFY_SMTP_SECURITY="none", AFTERCARE_NOTIFY_SMTP_USER="desk@firm.test",
            AFTERCARE_NOTIFY_SMTP_PASSWORD="secret",
        )
        yield office


def send(medium: str, address: str) -> str:
    return post.send_now(WANG, medium, address, "【紧急】燃气泄漏", "客户说：煤气味\n地址：人民路1号")


def test_every_way_that_is_set_up_is_used_with_the_persons_own_address(all_ways):
    assert media.ways(WANG) == [
        ("wecom", "wang"), ("dingtalk", "13800000000"), ("webhook", "王工"), ("sms", "13800000000"),
        ("mail", "wang@firm.test"),
    ]
    assert media.group_ways() == ["wecom", "dingtalk", "webhook"]


def test_nothing_set_up_is_no_way(configure):
    configure()
    assert media.ways(WANG) == [] and media.group_ways() == []


def test_wecom_names_the_person_and_is_cut_where_it_is_too_long(all_ways, service):
    assert send("wecom", "wang") == ""
    assert post.send_now(WANG, "wecom", "13800000000", "长", "字" * 2000) == ""
    first, second = service.of("/cgi-bin/webhook/send")
    assert first["text"]["mentioned_list"] == ["wang"] and "人民路1号" in first["text"]["content"]
    assert second["text"]["mentioned_mobile_list"] == ["13800000000"] and second["text"]["content"].endswith("…")


def test_dingtalk_is_signed_and_names_the_person_in_the_text(all_ways, service):
    assert send("dingtalk", "13800000000") == ""
    [body] = service.of("/robot/send")
    assert body["at"]["atMobiles"] == ["13800000000"] and "@13800000000" in body["text"]["content"]


def test_a_wrong_secret_is_told_and_not_tried_again(all_ways, service, configure):
    configure(AFTERCARE_NOTIFY_DINGTALK_SECRET="SECother")
    assert "310000" in send("dingtalk", "")
    configure(AFTERCARE_NOTIFY_WEBHOOK_SECRET="other")
    assert send("webhook", "王工") == "HTTP 401"


def test_a_webhook_and_the_text_message_service_get_signed_json(all_ways, service):
    assert send("webhook", "王工") == "" and send("sms", "13800000000") == ""
    [hook], [sms] = service.of("/hook"), service.of("/sms")
    assert (hook["to"], hook["event"]) == ("王工", "test")
    assert sms["phone"] == "13800000000" and sms["text"].startswith("【紧急】")


def test_mail_arrives_with_chinese_in_subject_and_text(all_ways):
    assert send("mail", "wang@firm.test") == ""
    [(recipients, message)] = all_ways.got
    assert recipients == ["wang@firm.test"] and message["Subject"] == "【紧急】燃气泄漏"
    assert "人民路1号" in message.get_content()


def test_mail_that_is_refused_says_why(all_ways, configure):
    all_ways.refused.add("wang@firm.test")
    assert send("mail", "wang@firm.test") == "收件人被拒绝"
    configure(AFTERCARE_NOTIFY_SMTP_PASSWORD="wrong")
    assert send("mail", "wang@firm.test") == "邮箱账号或密码不对"


def test_a_service_that_is_away_is_told_without_its_address(all_ways, configure):
    configure(AFTERCARE_NOTIFY_WECOM_ROBOT="http://127.0.0.1:1/send?key=secret-key")
    why = send("wecom", "wang")
    assert why.startswith("连不上") and "secret-key" not in why


def test_without_any_way_the_log_shows_it(configure, caplog):
    configure()
    with caplog.at_level(logging.WARNING):
        assert send("console", "") == ""
    assert any(getattr(record, "title", "") == "【紧急】燃气泄漏" for record in caplog.records)


rung = []


def ring(person, alarm):
    rung.append((person.name, person.phone, alarm.id))


def test_a_telephone_is_rung_by_the_function_that_the_settings_name(team, configure):
    from desk.cases import oncall
    from desk.records import db
    from tests.oncall.conftest import pass_time

    configure(AFTERCARE_NOTIFY_RINGER="tests.oncall.test_ways:ring")
    with db.transaction() as session:
        alarm_id = oncall.raise_alarm(session, "gas", "煤气", conversation_id="cv-1").id
    rung.clear()
    pass_time(0)
    assert rung == [("王工", "13800000000", alarm_id)]
    configure(AFTERCARE_NOTIFY_RINGER="tests.oncall.test_ways:nothing")
    pass_time(60)
    with db.reading() as session:
        [failed] = oncall.failed_notices(session)
    assert "AFTERCARE_NOTIFY_RINGER" in (failed.error or "")
