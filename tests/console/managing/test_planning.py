"""Engineers' days off, maintenance plans, and complaints: entered, shown, worked off."""

from datetime import timedelta

import pytest

from desk import time
from desk.cases import complaints, tickets
from desk.console.admin import planning
from desk.records import db
from desk.records.models import Complaint, Device, Engineer, EngineerLeave, MaintenancePlan, Product, TicketNote
from tests.console.conftest import Browser
from tests.console.managing.test_records import counted

LEAVE, PLANS, COMPLAINTS = "/console/manage/leave", "/console/manage/plans", "/console/complaints"


@pytest.fixture
def engineer(people: dict[str, int]) -> int:
    with db.transaction() as session:
        made = Engineer(name="赵师傅", phone="13800000009", skills=["空调"], regions=[])
        session.add(made)
        session.flush()
        return made.id


def add_devices(count: int) -> None:
    with db.transaction() as session:
        for number in range(count):
            product = Product(model=f"M{number}", name="空调", product_type="空调", category="home_appliance")
            serial = f"AC{number:04}"
            device = Device(serial_number=serial, serial_key=serial, model=product.model, product=product)
            session.add_all([product, device])
            session.flush()
            session.add(MaintenancePlan(device_id=device.id, every_months=6, next_on=time.today()))


def test_days_off_and_the_visits_on_them(chen: Browser, engineer: int) -> None:
    day = time.today() + timedelta(days=2)
    with db.transaction() as session:
        ticket = tickets.open_ticket(session, "bot", severity="C", symptom="漏水")
        at = time.now() + timedelta(days=2)
        tickets.change(
            session, ticket, "bot", engineer_id=engineer, visit_start=at, visit_end=at + timedelta(hours=1),
            status="scheduled",
        )
        number = ticket.number
    wrong = chen.submit(LEAVE, engineer=engineer, starts="", reason="体检")
    assert wrong.status_code == 422 and "请选择日期" in wrong.text and 'value="体检"' in wrong.text
    assert chen.submit(LEAVE, engineer=0, starts=day.isoformat()).status_code == 422
    assert chen.submit(LEAVE, engineer=engineer, starts=day.isoformat(), reason="体检").status_code == 303
    page = chen.get(LEAVE).text
    assert "赵师傅" in page and "体检" in page and "有 1 个上门落在请假的日子" in page and number in page
    with db.reading() as session:
        leave = session.query(EngineerLeave).one()
    assert chen.submit(f"{LEAVE}/{leave.id}/remove").status_code == 303
    assert "没有登记的请假" in chen.get(LEAVE).text


def test_a_plan_is_put_changed_and_taken_away(chen: Browser, people: dict[str, int]) -> None:
    add_devices(1)
    tomorrow = (time.today() + timedelta(days=1)).isoformat()
    for months in ("3", "6"):
        assert chen.submit(PLANS, serial="ac-0000", months=months, next_on=tomorrow).status_code == 303
    page = chen.get(PLANS).text
    assert "每 6 个月" in page and "AC0000" in page and "未安排" in page
    refused = (({"serial": "NO1"}, "没有这个序列号"), ({"months": "0"}, "个月"), ({"next_on": ""}, "请选择日期"))
    for wrong, words in refused:
        answer = chen.submit(PLANS, **{"serial": "AC0000", "months": "6", "next_on": tomorrow, **wrong})
        assert answer.status_code == 422 and words in answer.text
    for serial in ("NO1", "AC0000"):
        assert chen.submit(f"{PLANS}/remove", serial=serial).status_code == 303
    assert "没有要保养的设备" in chen.get(PLANS).text


def test_no_query_per_plan(chen: Browser, people: dict[str, int]) -> None:
    def queries() -> int:
        with counted() as run:
            assert chen.get(PLANS).status_code == 200
        return len(run)

    add_devices(1)
    few = queries()
    with db.transaction() as session:
        for table in (MaintenancePlan, Device, Product):
            session.query(table).delete()
    add_devices(60)
    assert queries() == few
    assert planning.DAYS > 30


def test_complaints_by_what_is_due_and_the_plan_written(chen: Browser, people: dict[str, int]) -> None:
    with db.transaction() as session:
        made = []
        for words in ("师傅态度不好", "要曝光你们，找律师起诉"):
            ticket = tickets.open_ticket(session, "bot", severity="C", kind="complaint", symptom=words)
            complaints.open_for(session, ticket, words, False, False)
            made.append(ticket.number)
        session.get_one(Complaint, 1).plan_due = time.now() - timedelta(hours=1)
    page = chen.get(COMPLAINTS).text
    assert page.index(made[0]) < page.index(made[1])
    assert "已经超时" in page and "前要给客户处理方案" in page and "通知了主管" in page and "投诉" in page
    path = f"{COMPLAINTS}/{made[0]}/plan"
    assert chen.submit(path, text="  ").status_code == 422
    assert chen.submit(path, text="明天由李姐上门道歉，免费重修").status_code == 303
    with db.reading() as session:
        assert session.get_one(Complaint, 1).plan_at is not None
        assert session.query(TicketNote).filter_by(author=f"staff:{people['chen']}").count() == 1
    with db.transaction() as session:
        imported = tickets.open_ticket(session, "import", severity="C", kind="complaint", symptom="迟到").number
    assert "还没定级" in chen.get(COMPLAINTS).text
    assert chen.submit(f"{COMPLAINTS}/{imported}/plan", text="补偿一次清洗").status_code == 303
    later = chen.get(COMPLAINTS).text
    assert "还没定级" not in later
    assert "给了处理方案" in later and later.index(made[1]) < later.index(made[0])
    assert chen.submit(f"{COMPLAINTS}/TK0/plan", text="x").status_code == 422
