"""A business that stands still: people are told before anything is asked, by day and by night."""

import pytest

from desk.records.db import reading
from desk.records.models import Alarm
from tests.dialogue.conftest import Talk, said

FIRM = {"customer_no": "C9", "name": "恒达精密", "phone": "18924000001", "address": "苏州市吴中区木渎工业园1号"}
MILL = {
    "products": [{"model": "VMC-850", "name": "立式加工中心", "product_type": "机床", "category": "contract"}],
    "contracts": [
        {
            "contract_no": "HT-901", "customer_no": "C9", "service_level": "RAPID-4H", "starts_on": "2025-06-01",
            "ends_on": "2028-05-31",
        }
    ],
    "devices": [
        {
            "serial_number": "VMC850-0801", "model": "VMC-850", "customer_no": "C9", "contract_no": "HT-901",
            "accepted_on": "2025-06-01", "critical": "是",
        }
    ],
}


def alarms() -> list[Alarm]:
    with reading() as session:
        return list(session.query(Alarm).order_by(Alarm.id))


@pytest.fixture
def factory(world):
    world(customers=[FIRM], **MILL)
    world.clock("2026-11-18T23:10:00+08:00")
    return world


def test_at_night_somebody_is_told_before_the_first_question(factory):
    talk = Talk()
    step = talk.say("整条产线停了 加工中心主轴报警", "report_fault", product_type="加工中心", fault_symptom="产线停了")
    [alarm], [ticket] = alarms(), talk.tickets()
    assert (alarm.kind, alarm.state, alarm.ticket_id) == ("stopped", "ringing", ticket.id)
    assert ticket.severity == "A" and ticket.number in said(step)
    assert step.asks == "phone"


def test_the_form_is_short_and_completes_the_same_ticket(factory):
    talk = Talk()
    talk.say("整条产线停了 加工中心主轴报警", "report_fault", product_type="加工中心", fault_symptom="产线停了")
    assert talk.say("18924000001").asks == "serial_number"
    step = talk.say("VMC850-0801")
    assert step.asks is None, "the place is on record"
    assert step.transition["to"] == "queued" and step.handoff == {"reason": "business_loss"}
    [ticket] = talk.tickets()
    assert (ticket.serial_number, ticket.service_level, ticket.contact_phone) == (
        "VMC850-0801", "RAPID-4H", "18924000001",
    )
    assert "arrival_due" in ticket.deadlines and ticket.decision["coverage"] == "in"
    assert len(alarms()) == 1
    assert "上班" not in said(step) or "下班" in said(step)


def test_a_critical_device_is_one_as_soon_as_it_is_known(factory):
    talk = Talk()
    assert talk.say("机床不启动", "report_fault", product_type="机床", fault_symptom="不启动").asks == "serial_number"
    assert alarms() == []
    step = talk.say("VMC850-0801")
    assert len(alarms()) == 1 and step.asks == "phone"


def test_who_cannot_say_more_is_not_asked_again(factory):
    talk = Talk()
    talk.say("车间的流水线全停了", "report_fault", fault_symptom="流水线全停了")
    talk.say("18924000002")
    assert talk.say("不知道", "dont_know").asks == "address"
    step = talk.say("苏州市吴中区木渎工业园9号", address="苏州市吴中区木渎工业园9号")
    assert step.transition["to"] == "queued"
    [ticket] = talk.tickets()
    assert ticket.address == "苏州市吴中区木渎工业园9号"


def test_a_small_fault_of_a_contract_rings_nobody(factory):
    talk = Talk()
    talk.say("加工中心照明灯偶尔闪一下", "report_fault", product_type="加工中心", fault_symptom="偶尔闪一下")
    talk.say("VMC850-0801")
    assert alarms() == []


def test_danger_at_a_standstill_is_met_as_danger(factory):
    talk = Talk()
    talk.say("产线停了", "report_fault", fault_symptom="产线停了")
    step = talk.say("电柜冒烟了", "report_emergency", fault_symptom="冒烟")
    assert "119" in said(step)
    assert len(talk.tickets()) == 1 and len(alarms()) == 1
