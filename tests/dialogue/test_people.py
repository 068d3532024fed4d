"""Ways to a person, and small talk."""

import pytest

from desk import time
from desk.cases import tickets
from desk.cases.dialogue import Heard, Step, Turn, resume
from desk.records.db import reading, transaction
from desk.records.models import Device, DialogueState
from tests.dialogue.conftest import AIR, LI, OLD_AIR, Talk, said


def test_in_hours_into_the_queue(world):
    step = Talk().say("转人工", "talk_to_human")
    assert step.transition == {"to": "queued", "reason": "customer_request", "priority": 3, "group": None}
    assert "没有人在等" in said(step)


def test_after_hours_the_next_opening_and_a_call(world):
    world.clock("2026-11-21T21:00:00+08:00")
    talk = Talk()
    step = talk.say("转人工", "talk_to_human")
    assert step.handoff == {"reason": "after_hours"}
    assert step.asks == "phone"
    step = talk.say("13800000001", phone="13800000001")
    assert step.callback["phone"] == "13800000001"
    assert step.callback["at"].startswith("2026-11-22T09:30")


def test_callback_with_a_digit_missing(world):
    talk = Talk(channel="wechat")
    step = talk.say("打字不方便 给我打电话 1590000123", "request_callback", phone="1590000123")
    assert step.asks == "phone"
    step = talk.say("少按了一位 15900001234", "inform", phone="15900001234")
    assert step.asks == "callback_time"
    step = talk.say("半小时内", "inform", visit_time="半小时内")
    assert step.callback["phone"] == "15900001234"
    assert not talk.tickets()


def test_a_case_known_well_enough_becomes_a_ticket_at_handoff(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    talk.say("15000009174")
    step = talk.say("你这问来问去的转人工吧", "talk_to_human")
    assert step.transition["to"] == "queued"
    assert len(talk.tickets()) == 1


def test_no_ticket_at_handoff_while_payment_is_open(world):
    world(customers=[LI], products=[AIR], devices=[OLD_AIR])
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0100-000001")
    talk.say("那你让人跟我说吧", "talk_to_human")
    assert not talk.tickets()


@pytest.mark.parametrize("line", ["😭😭😭", "👉🧊📦❄️❌", "[捂脸][捂脸]"])
def test_signs_alone_get_buttons_and_no_handoff(world, line):
    step = Talk().say(line, "out_of_scope")
    assert step.replies[0].buttons
    assert step.handoff is None


def test_second_misunderstanding_offers_a_person(world):
    talk = Talk()
    assert "human" not in talk.say("阿巴阿巴", "nlu_fallback", confidence=0.1).offers
    assert "human" in talk.say("歪比歪比", "nlu_fallback", confidence=0.1).offers
    assert talk.say("好", "affirm").transition["reason"] == "misunderstanding"


@pytest.mark.parametrize(
    "intent",
    [
        "greet",
        "goodbye",
        "thank",
        "bot_challenge",
        "ask_capabilities",
        "restart",
        "ask_why",
        "out_of_scope",
        "affirm",
        "deny",
        "dont_know",
        "inform",
        "ask_policy",
        "ask_price",
        "ask_service_info",
        "ask_how_to",
    ],
)
def test_every_small_wish_is_answered(world, intent):
    assert said(Talk().say("嗯哼", intent))


def test_restart_forgets_the_case(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    step = talk.say("重新来", "restart")
    assert step.pending is None
    assert step.journey is None


def test_warranty_alone_opens_nothing(world):
    world(
        customers=[{**LI, "wechat_openid": "wx-li"}],
        products=[
            {"model": "H6", "name": "极米投影仪", "product_type": "投影仪", "category": "other", "brand": "极米"}
        ],
        devices=[
            {
                "serial_number": "XGM-H6-20451",
                "model": "H6",
                "customer_no": "C1",
                "purchase_date": "2025-06-18",
                "promised_until": "2026-06-18",
            }
        ],
    )
    talk = Talk(channel="wechat", sender="wx-li")
    step = talk.say("我的投影还在保吗 去年618买的", "ask_warranty", product_type="投影", purchase_date="去年618")
    assert step.decision["coverage"] == "out"
    assert "2026年6月18日" in said(step)
    talk.say("那过保修一次大概什么价", "ask_price")
    talk.say("行 我想想", "affirm")
    assert not talk.tickets()


def test_complaint_gets_an_apology_a_ticket_and_a_person(world):
    talk = Talk()
    step = talk.say("你们售后踢皮球，打了三次电话没人管，我要投诉", "complain")
    assert "对不起" in said(step)
    step = talk.say("13800000001", phone="13800000001")
    assert talk.tickets()[0].kind == "complaint"
    assert step.handoff == {"reason": "complaint"}


def test_return_within_seven_days(world):
    world(
        customers=[LI],
        products=[AIR],
        devices=[
            {
                "serial_number": "NEW-1",
                "model": "KFR-35GW",
                "customer_no": "C1",
                "purchase_date": "2026-11-17",
                "invoice_no": "F2",
                "delivered_on": "2026-11-17",
                "installed_on": "2026-11-18",
            }
        ],
    )
    talk = Talk()
    talk.say("刚装的空调不制冷，我要退货", "request_return_exchange", product_type="空调", fault_symptom="不制冷")
    step = talk.say("序列号NEW-1")
    assert "RETURN" in step.decision["decisions"]
    talk.say("15000009174")
    talk.say("确认", "affirm")
    assert talk.tickets()[0].kind == "return"


def test_return_of_an_old_one_is_told_what_is_open(world):
    world(customers=[LI], products=[AIR], devices=[OLD_AIR])
    talk = Talk()
    talk.say("空调不制冷，我要退货", "request_return_exchange", product_type="空调", fault_symptom="不制冷")
    step = talk.say("FD0100-000001")
    assert not talk.tickets()
    assert "human" in step.offers


def test_low_score_is_asked_for_its_reason(world):
    talk = Talk()
    step = talk.say("差评", "rate_service")
    assert step.asks == "reason"
    assert said(talk.say("师傅态度很差", "complain"))


def test_installation_visit(world):
    talk = Talk()
    talk.say("新买的油烟机约个师傅来安装", "book_visit", product_type="油烟机")
    talk.say("13800000001")
    talk.say("杭州市余杭区文一西路998号3幢201")
    talk.say("后天上午")
    talk.say("对", "affirm")
    assert talk.tickets()[0].kind == "installation"


def given_back(talk: Talk) -> Step:
    with transaction() as session:
        return resume(session, Turn("turn-back", talk.id, "", Heard("inform"), time.now(), talk.channel))


def test_given_back_the_bot_tells_of_the_ticket_that_it_opened_itself(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    talk.say("15000009174")
    talk.say("转人工吧", "talk_to_human")
    step = given_back(talk)
    assert talk.tickets()[0].number in said(step) and step.asks is None


def test_given_back_the_bot_does_not_ask_about_the_ticket_that_a_colleague_opened(shop):
    talk = Talk()
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    with transaction() as session:
        device = session.query(Device).one()
        fields = {"kind": "repair", "severity": "C", "symptom": "不制冷", "conversation_id": talk.id}
        number = tickets.open_ticket(session, "staff:1", device, customer_id=device.customer_id, **fields).number
    step = given_back(talk)
    assert number in said(step) and step.asks is None
    step = talk.say("15000009174")
    assert step.asks != "existing_ticket" and len(talk.tickets()) == 1


def test_given_back_with_another_thing_open_the_bot_goes_on_with_that(shop):
    talk = Talk()
    with transaction() as session:
        fields = {"kind": "repair", "severity": "C", "symptom": "漏水", "product_type": "洗衣机"}
        tickets.open_ticket(session, "staff:1", conversation_id=talk.id, **fields)
    talk.say("空调不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("FD0112-004417")
    assert given_back(talk).asks == "phone"


def test_a_refused_time_is_not_a_wish(shop) -> None:
    talk = Talk()
    talk.say("空调不制冷 FD0112-004417 15000009174", "report_fault", product_type="空调", fault_symptom="不制冷")
    talk.say("上门")
    assert talk.steps[-1].asks == "visit_time"
    talk.say("明天不行 后天上午吧", visit_time="后天上午")
    assert "后天" in talk.last and "明天" not in talk.last


def test_the_third_answer_that_nobody_understands_goes_on_without_it(world) -> None:
    talk = Talk()
    talk.say("电饭煲不加热", "report_fault", product_type="电饭煲", fault_symptom="不加热")
    asked = talk.steps[-1].asks
    for _ in range(3):
        talk.say("阿巴阿巴", "nlu_fallback", confidence=0.1)
    assert talk.steps[-1].asks not in (None, asked)


def test_figures_of_speech_do_not_go_into_the_ticket(world) -> None:
    talk = Talk()
    talk.say("我都气得要爆炸了 电视又黑屏", "report_fault", product_type="电视", fault_symptom="黑屏")
    assert "爆炸" not in str(talk.steps[-1].intake.get("symptom")) and "黑屏" in str(talk.steps[-1].intake)


@pytest.mark.parametrize("line", ["退订", "TD", "以后别再给我发消息了", "不要再发短信了。", "我要退订"])
def test_who_wants_no_messages_says_so_and_takes_it_back(shop, line):
    talk = Talk()
    assert "不给您发了" in said(talk.say(line, "out_of_scope", confidence=0.4))
    with reading() as session:
        assert session.get_one(DialogueState, talk.id).data["left_in_peace"] is True
    assert "恢复" in said(talk.say("恢复通知", "out_of_scope", confidence=0.4))
    with reading() as session:
        assert session.get_one(DialogueState, talk.id).data["left_in_peace"] is False


@pytest.mark.parametrize("line", ["别再发模板了，叫真人", "退货", "订单退订不了怎么办"])
def test_other_refusals_are_not_taken_for_it(shop, line):
    assert "不给您发了" not in said(Talk().say(line, "talk_to_human"))


def test_grief_is_met_before_the_machine(world):
    talk = Talk()
    step = talk.say("我老伴刚走 冰箱也坏了 心里难受", "out_of_scope", product_type="冰箱", fault_symptom="坏了")
    assert said(step).startswith("听您这么说") and "帮不上忙" not in said(step) and step.asks is not None
    step = Talk(sender="other").say("我妈上周过世了", "out_of_scope")
    assert "多保重" in said(step) and step.asks is None


def test_who_waited_for_a_call_in_vain_hears_a_sorry(world):
    step = Talk().say("约好昨天下午给我打电话的 怎么没打", "request_callback", visit_time="昨天下午")
    assert "对不起" in said(step) and step.asks == "phone"


def test_who_cannot_wait_for_the_first_time_is_offered_a_person(shop):
    talk = Talk()
    talk.say("空调不制冷 序列号FD0112-004417 电话15000009174", "report_fault", fault_symptom="不制冷")
    step = talk.say("等不到明天", "deny", visit_time="明天")
    assert step.asks == "visit_time" and "human" in step.offers and talk.tickets() == []
