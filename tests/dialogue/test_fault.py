"""Reporting a fault: from the first words to a ticket that is right."""

from datetime import timedelta

from desk import time
from desk.records.db import reading
from desk.records.models import DialogueState
from tests.dialogue.conftest import AIR, LI, OLD_AIR, Talk, said


def test_whole_report_by_serial_number(shop):
    talk = Talk()
    step = talk.say("家里空调不制冷 一直吹热风", "report_fault", product_type="空调", fault_symptom="不制冷")
    assert step.asks == "serial_number"
    step = talk.say("序列号fd0112 004417", "inform")
    assert step.decision["primary"] == "FREE_REPAIR"
    assert "免费" in said(step)
    assert step.asks == "phone"
    step = talk.say("15000009174", "inform", phone="15000009174")
    # The registered phone proves the owner: the address of the records is used, only the time is asked.
    assert step.asks == "visit_time"
    step = talk.say("明天下午", "inform", visit_time="明天下午")
    assert step.asks == "confirm"
    assert "珞喻路10号" in said(step)
    step = talk.say("对的", "affirm")
    [ticket] = talk.tickets()
    assert step.tickets == [ticket.number]
    assert ticket.number == "TK20261121-0001"
    assert (ticket.kind, ticket.severity, ticket.payer) == ("repair", "B", "merchant")
    assert ticket.decision["primary"] == "FREE_REPAIR"
    assert ticket.deadlines["response_due"]
    assert time.local(ticket.visit_start).date() == time.today() + timedelta(days=1)
    assert "不制冷" in ticket.symptom


def test_out_of_warranty_is_paid_only_when_agreed(world):
    world(customers=[LI], products=[AIR], devices=[OLD_AIR])
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    step = talk.say("FD0100-000001", "inform")
    assert step.decision["coverage"] == "out"
    assert "paid_repair" in step.offers
    step = talk.say("那算了 太贵", "deny")
    assert not talk.tickets()
    assert step.pending is None


def test_paid_repair_with_a_limit(world):
    world(customers=[LI], products=[AIR], devices=[OLD_AIR])
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0100-000001", "inform")
    step = talk.say("超过500就不修了 没超就修", "inform")
    assert step.asks == "phone"
    talk.say("15000009174")
    talk.say("你们安排就行")
    step = talk.say("对", "affirm")
    [ticket] = talk.tickets()
    assert ticket.payer == "customer"
    assert ticket.quote["high_fen"] >= ticket.quote["low_fen"] > 0
    assert ticket.quote["why"]


def test_same_turn_played_twice_opens_one_ticket(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    talk.say("15000009174")
    talk.say("明天下午", visit_time="明天下午")
    first = talk.say("对", "affirm", turn_id="same")
    again = talk.say("对", "affirm", turn_id="same")
    assert again == first
    assert len(talk.tickets()) == 1


def test_everything_in_one_message(shop):
    talk = Talk()
    step = talk.say(
        "空调FD0112-004417不制冷，电话15000009174，明天下午来修",
        "report_fault",
        product_type="空调",
        serial_number="FD0112-004417",
        fault_symptom="不制冷",
        phone="15000009174",
        visit_time="明天下午",
    )
    assert step.asks == "confirm"
    talk.say("确认", "affirm")
    assert len(talk.tickets()) == 1


def test_correction_at_the_end(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    talk.say("15000009174")
    talk.say("明天下午", visit_time="明天下午")
    step = talk.say("不对 电话写错了", "deny")
    assert step.asks == "phone"
    step = talk.say("13800000001", phone="13800000001")
    assert step.asks == "confirm"
    assert "13800000001" in said(step)
    talk.say("对", "affirm")
    assert talk.tickets()[0].contact_phone == "13800000001"


def test_question_on_the_way_and_back(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    step = talk.say("你们几点下班", "ask_service_info")
    assert "18:00" in said(step)
    assert step.asks == "serial_number"


def test_why_before_the_phone(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    step = talk.say("要我电话干嘛", "ask_why")
    assert "上门" in said(step)
    assert step.asks == "phone"


def test_ten_digit_phone_is_not_taken(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    step = talk.say("1500000917", "inform", phone="1500000917")
    assert step.asks == "phone"
    assert "11 位" in said(step)


def test_unknown_serial_three_times_is_enough(world):
    talk = Talk()
    talk.say("打印机卡纸", "report_fault", product_type="打印机", fault_symptom="卡纸")
    assert talk.say("123456").asks == "serial_number"
    assert talk.say("00000").asks == "serial_number"
    step = talk.say("就这个啊 VNC-?-88", "inform")
    assert step.asks != "serial_number"
    assert "human" in step.offers
    step = talk.say("好 转吧", "affirm")
    assert step.transition["to"] == "queued"
    assert not talk.tickets()


def test_admitted_damage_is_excluded(shop):
    talk = Talk()
    talk.say("空调被我砸坏了 不转了", "report_fault", product_type="空调", fault_symptom="不转了")
    step = talk.say("FD0112-004417")
    assert step.decision["coverage"] == "excluded"
    assert step.decision["basis"] == "customer_statement"
    assert "paid_repair" in step.offers


def test_comes_back_after_two_days(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("我晚点看看", "dont_know")
    shop.clock("2026-11-23T11:00:00+08:00")
    step = talk.say("FD0112-004417")
    assert step.decision["coverage"] == "in"


def test_two_devices_are_taken_one_after_the_other(shop):
    talk = Talk()
    step = talk.say(
        "空调不制冷，还有洗衣机不脱水",
        "report_fault",
        product_type=["空调", "洗衣机"],
        fault_symptom=["不制冷", "不脱水"],
    )
    talk.say("FD0112-004417")
    talk.say("15000009174")
    talk.say("明天下午", visit_time="明天下午")
    step = talk.say("对", "affirm")
    assert len(talk.tickets()) == 1
    assert "洗衣机" in said(step)
    assert step.asks is not None


def test_bound_customer_is_not_asked_for_what_is_known(world):
    world(
        customers=[{**LI, "wechat_openid": "wx-li"}],
        products=[AIR],
        devices=[
            {"serial_number": "FD0112-004417", "model": "KFR-35GW", "customer_no": "C1", "purchase_date": "2026-08-01"}
        ],
    )
    talk = Talk(channel="wechat", sender="wx-li")
    step = talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    assert step.decision["coverage"] == "in"
    assert step.asks == "phone"
    assert "9174" in said(step)


def test_same_fault_is_not_booked_twice(world):
    world(
        customers=[{**LI, "wechat_openid": "wx-li"}],
        products=[AIR],
        devices=[
            {"serial_number": "FD0112-004417", "model": "KFR-35GW", "customer_no": "C1", "purchase_date": "2026-08-01"}
        ],
        tickets=[
            {
                "number": "TK20261120-0201",
                "serial_number": "FD0112-004417",
                "phone": LI["phone"],
                "kind": "repair",
                "status": "new",
                "symptom": "不制冷",
            }
        ],
    )
    talk = Talk(channel="wechat", sender="wx-li")
    step = talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    assert step.asks == "existing_ticket"
    assert "TK20261120-0201" in said(step)
    talk.say("哦对昨天我老公报过 那就那个", "affirm")
    assert not talk.tickets()


def test_data_that_was_not_asked_for_is_kept_and_the_question_comes_back(world):
    talk = Talk()
    talk.say("冰箱不制冷了", "report_fault", product_type="冰箱", fault_symptom="不制冷")
    assert talk.say("序列号找不到", "dont_know").asks == "purchase_date"
    step = talk.say("13911112222", "inform", phone="13911112222")
    assert step.asks == "purchase_date" and "记下了" in said(step)
    assert step.intake["phone"] == "13911112222"


def test_what_only_sounds_like_a_yes_is_no_agreement_to_pay(world):
    world(customers=[LI], products=[AIR], devices=[OLD_AIR])
    for line, intent in (("修过两次了还要付费啊", "complain"), ("是整个不冷 风机还行", "report_fault")):
        talk = Talk(sender=line)
        talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
        talk.say("FD0100-000001", "inform")
        step = talk.say(line, intent, confidence=0.5)
        assert step.intake.get("paid") is None, line
        assert not talk.tickets() or step.asks != "phone"


def test_a_corrected_date_decides_anew_and_is_no_refusal(world):
    world(products=[AIR])
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("找不到序列号", "dont_know")
    step = talk.say("2023年5月买的", "inform", purchase_date="2023年5月")
    assert step.decision["coverage"] == "out" and "paid_repair" in step.offers
    step = talk.say("不对 是2026年5月买的", "deny", purchase_date="2026年5月")
    assert step.decision["coverage"] == "in" and "不登记" not in said(step)


def test_a_wrong_house_keeps_the_rest_of_the_address(shop):
    talk = Talk()
    talk.say("空调不制冷 序列号FD0112-004417 电话13911110002", "report_fault", fault_symptom="不制冷")
    place = "郑州市金水区花园路39号4号楼2单元501"
    talk.say(place, address=place)
    talk.say("明天上午", visit_time="明天上午")
    step = talk.say("地址错了，是5号楼", "deny")
    assert "花园路39号5号楼2单元501" in said(step) and step.asks == "confirm"


def test_a_part_named_later_is_of_the_thing_at_hand(shop):
    talk = Talk()
    talk.say("FD0112-004417 15000009174", "inform", serial_number="FD0112-004417")
    step = talk.say("导风板不动了", "report_fault", product_type="导风板", fault_symptom="不动了")
    assert step.intake["serial"] == "FD0112-004417" and step.asks != "serial_number"


def test_two_things_in_traditional_characters_are_two_things(world):
    talk = Talk()
    talk.say("電視不通電，洗衣機不脫水", "report_fault", product_type=["電視", "洗衣機"])
    with reading() as session:
        later = session.get_one(DialogueState, talk.id).data["later"]
    assert [one["product_type"] for one in later] == ["洗衣机"]


def test_things_that_do_not_stand_in_the_words_part_nothing(world):
    talk = Talk()
    talk.say("还有两样也坏了", "report_fault", product_type=["冰柜", "空调"])
    assert talk.last
