"""What a customer said once, in whatever journey, is not asked again when a later one needs it."""

from dataclasses import dataclass, field

import pytest

from desk.cases.dialogue import Step
from desk.records.models import Ticket
from tests.dialogue.conftest import Talk

WASHER = {"model": "HX763", "name": "滚筒洗衣机", "product_type": "洗衣机", "category": "home_appliance"}
OURS = {"serial_number": "XY12-330022", "model": "HX763", "purchase_date": "2026-05-02", "invoice_no": "A2"}


@dataclass(frozen=True)
class Datum:
    """What is said, how it is labelled, the questions that it answers, and where it stands in the ticket."""

    words: str
    questions: tuple[str, ...]
    column: str | None = None
    value: str = ""
    labels: dict[str, str] = field(default_factory=dict)


DATA = {
    "symptom": Datum(
        "洗衣机漏水", ("symptom",), "symptom", "漏水", {"fault_symptom": "漏水", "product_type": "洗衣机"}
    ),
    "product": Datum("我家是洗衣机", ("which_product",), "product_type", "洗衣机", {"product_type": "洗衣机"}),
    "model": Datum("型号是HX763", (), "product_model", "HX763", {"product_model": "HX763"}),
    "date": Datum("去年五月买的", ("purchase_date",), None, "", {"purchase_date": "去年五月"}),
    "phone": Datum("电话13812340001", ("phone", "identity"), "contact_phone", "13812340001", {"phone": "13812340001"}),
    "address": Datum(
        "地址杭州市西湖区文三路20号3幢502",
        ("address",),
        "address",
        "杭州市西湖区文三路20号3幢502",
        {"address": "杭州市西湖区文三路20号3幢502"},
    ),
    "name": Datum("我叫王建国", ("name",), "contact_name", "王建国", {"person_name": "王建国"}),
    "serial": Datum("序列号XY12-330022", ("serial_number", "purchase_date"), "serial_number", "XY12-330022"),
    "visit": Datum("明天下午让师傅上门来修", ("visit_time",), "visit_text", "明天下午", {"visit_time": "明天下午"}),
}

JOURNEYS = {
    "warranty": ("还保修吗", "ask_warranty"),
    "price": ("修一次多少钱", "ask_price"),
    "how_to": ("滤网怎么清洗", "ask_how_to"),
    "policy": ("没有发票能保修吗", "ask_policy"),
    "service_info": ("你们几点下班", "ask_service_info"),
    "check_ticket": ("我的单子到哪了", "check_ticket"),
    "urge_ticket": ("怎么还没人联系我", "urge_ticket"),
    "complain": ("我要投诉你们服务态度太差", "complain"),
    "return": ("我想退货", "request_return_exchange"),
    "human": ("转人工", "talk_to_human"),
    "callback": ("给我回个电话", "request_callback"),
    "greet": ("你好", "greet"),
    "thank": ("先谢谢了", "thank"),
    "why": ("为什么要问这么多", "ask_why"),
    "unresolved": ("上次修过还是不行", "report_unresolved"),
    "data only": ("我先说下", "inform"),
}
# The time said with these is the one of the call, or of a visit that is already agreed.
OTHER_TIMES = ("check_ticket", "urge_ticket", "complain", "callback", "service_info", "unresolved", "human")

ANSWERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "symptom": ("不脱水", "report_fault", {"fault_symptom": "不脱水"}),
    "which_product": ("洗衣机", "inform", {"product_type": "洗衣机"}),
    "serial_number": ("找不到", "dont_know", {}),
    "purchase_date": ("前年", "inform", {"purchase_date": "前年"}),
    "phone": ("13900001111", "inform", {"phone": "13900001111"}),
    "identity": ("13900001111", "inform", {"phone": "13900001111"}),
    "address": ("南京市鼓楼区中山路1号2栋3单元401", "inform", {}),
    "service_mode": ("师傅上门", "inform", {}),
    "visit_time": ("你们安排就行", "inform", {}),
    "callback_time": ("尽快", "inform", {}),
    "ticket_number": ("找不到单号", "dont_know", {}),
    "payment": ("同意付费维修", "affirm", {}),
    "confirm": ("对的", "affirm", {}),
    "reason": ("坏了不能用", "inform", {}),
    "opened": ("拆开用过了", "inform", {}),
    "return_confirm": ("先不办", "deny", {}),
    "existing_ticket": ("新的问题", "deny", {}),
}


def go_on(talk: Talk, step: Step, datum: Datum, asked: list[str]) -> None:
    """Answer whatever is asked until nothing is."""
    for _ in range(14):
        if step.pending is None:
            return
        asked.append(step.pending)
        assert step.pending not in datum.questions, f"asked again: {talk.last}"
        text, intent, labels = ANSWERS[step.pending]
        step = talk.say(text, intent, **labels)
    pytest.fail(f"asks for ever: {asked}")


CASES = [(datum, journey) for datum in DATA for journey in JOURNEYS if datum != "visit" or journey not in OTHER_TIMES]


@pytest.mark.parametrize(("datum", "journey"), CASES)
def test_said_in_one_journey_is_known_in_the_next(world, datum, journey):
    world(products=[WASHER], devices=[OURS])
    what, (opening, intent) = DATA[datum], JOURNEYS[journey]
    talk, asked = Talk(), []
    step = talk.say(f"{opening}，{what.words}", intent, **what.labels)
    go_on(talk, step, what, asked)
    if not repairs(talk):
        go_on(talk, talk.say("帮我报修", "report_fault"), what, asked)
    [ticket] = repairs(talk)
    if what.column:
        assert what.value in str(getattr(ticket, what.column)), (asked, talk.last)


def repairs(talk: Talk) -> list[Ticket]:
    return [ticket for ticket in talk.tickets() if ticket.kind == "repair"]


def test_contact_told_in_danger_serves_the_next_report(world):
    world(products=[WASHER])
    talk = Talk()
    step = talk.say(
        "冰箱冒烟了 电话13812340001 杭州市西湖区文三路20号3幢502",
        "report_emergency",
        phone="13812340001",
        product_type="冰箱",
    )
    assert step.pending is None
    step = talk.say("还有洗衣机漏水", "report_fault", product_type="洗衣机", fault_symptom="漏水")
    asked: list[str] = []
    go_on(talk, step, Datum("", ("phone", "address", "symptom", "which_product")), asked)
    assert [ticket.product_type for ticket in talk.tickets()] == ["冰箱", "洗衣机"]


def test_ticket_number_told_first_is_not_asked_for(world):
    talk = Talk()
    talk.say("你好 我的单号TK20261110-0001", "greet", ticket_number="TK20261110-0001")
    assert talk.say("帮我查下进度", "check_ticket").pending != "ticket_number"


def test_another_thing_starts_with_nothing_of_the_first(world):
    world(products=[WASHER], devices=[OURS])
    talk = Talk()
    talk.say("洗衣机XY12-330022漏水还保修吗", "ask_warranty", product_type="洗衣机", fault_symptom="漏水")
    step = talk.say("空调也坏了 不制冷", "report_fault", product_type="空调", fault_symptom="不制冷")
    assert step.intake["product_type"] == "空调"
    assert "漏水" not in step.intake["symptom"] and "device_id" not in step.intake
    step = talk.say("还是先说洗衣机 帮我报修", "report_fault", product_type="洗衣机")
    assert step.pending != "serial_number" or step.intake["product_type"] == "空调"


def test_the_first_thing_is_known_again_when_it_is_named_again(world):
    world(products=[WASHER], devices=[OURS])
    talk = Talk()
    talk.say("洗衣机XY12-330022漏水还保修吗", "ask_warranty", product_type="洗衣机", fault_symptom="漏水")
    talk.say("空调清洗一次多少钱", "ask_price", product_type="空调")
    step = talk.say("那把洗衣机报修了吧", "report_fault", product_type="洗衣机")
    assert step.intake["serial"] == "XY12-330022" and "漏水" in step.intake["symptom"]
    assert step.pending == "phone"


def test_a_matter_that_was_dropped_is_taken_up_where_it_stood(world):
    world(products=[WASHER], devices=[OURS])
    talk = Talk()
    talk.say("洗衣机漏水", "report_fault", product_type="洗衣机", fault_symptom="漏水")
    talk.say("XY12-330022")
    talk.say("算了", "deny")
    step = talk.say("还是报修吧", "report_fault")
    assert step.pending == "phone" and step.intake["serial"] == "XY12-330022"
