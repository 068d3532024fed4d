"""Reports that are missing and customers to telephone, as a colleague works them off."""

from datetime import timedelta

from desk import time
from desk.cases import oncall, tickets
from desk.records import db
from desk.records.models import Alarm, Conversation, FollowUp, ServiceReport, Ticket
from tests.console.conftest import Browser
from tests.followups.conftest import tick


def finished(status: str, **when: object) -> Ticket:
    """A repair that was told by telephone and is done."""
    with db.transaction() as session:
        session.add(Conversation(id="cv-call", channel="phone", sender="1", created_at=time.now()))
        session.flush()
        made = tickets.open_ticket(
            session, "bot", kind="repair", severity="C", symptom="不制冷", product_type="空调",
            conversation_id="cv-call",
        )
    with db.transaction() as session:
        found = session.get_one(Ticket, made.id)
        tickets.change(session, found, "staff:1", status=status, resolved_at=time.now(), resolution="换电容", **when)
    tick()
    return made


def test_a_report_is_written_and_gone_from_the_list(wang: Browser) -> None:
    ticket = finished("resolved")
    page = wang.get("/console/follow-ups").text
    assert ticket.number in page and "前写好" in page
    refused = wang.submit(f"/console/follow-ups/{ticket.number}/report", text="  ")
    assert refused.status_code == 422 and "请写一下" in refused.text
    assert wang.submit(f"/console/follow-ups/{ticket.number}/report", text="电容鼓包，换新").status_code == 303
    assert "前写好" not in wang.get("/console/follow-ups").text
    with db.reading() as session:
        assert session.query(ServiceReport).one().text == "电容鼓包，换新"


def test_who_cannot_be_written_to_is_telephoned(wang: Browser) -> None:
    finished("closed", closed_at=time.now())
    with db.transaction() as session:
        for row in session.query(FollowUp).filter_by(state="waiting", kind="follow_up_1"):
            row.due_at = time.now() - timedelta(seconds=1)
    tick()
    page = wang.get("/console/follow-ups").text
    assert "消息发不到这位客户：第一次回访" in page
    with db.reading() as session:
        row = session.query(FollowUp).filter_by(kind="follow_up_1").one()
    assert wang.submit(f"/console/follow-ups/{row.id}/called").status_code == 303
    assert "第一次回访" not in wang.get("/console/follow-ups").text
    with db.reading() as session:
        assert session.get_one(FollowUp, row.id).result == "called"


def test_it_is_linked_from_the_morning_list(wang: Browser) -> None:
    assert "/console/follow-ups" in wang.get("/console/morning").text


def test_a_false_alarm_is_called_off_with_a_reason(wang: Browser) -> None:
    with db.transaction() as session:
        session.add(Conversation(id="cv-x", channel="web", sender="x", created_at=time.now()))
        session.flush()
        alarm_id = oncall.raise_alarm(session, "smoke", "气得冒烟", conversation_id="cv-x").id
    assert f"/console/alarms/{alarm_id}/call-off" in wang.get("/console/alarms").text
    page = f"/console/alarms/{alarm_id}/call-off"
    assert "气得冒烟" in wang.get(page).text
    assert wang.submit(page, reason=" ").status_code == 422
    assert wang.submit(page, reason="只是生气").status_code == 303
    with db.reading() as session:
        found = session.get_one(Alarm, alarm_id)
    assert (found.state, found.reason) == ("called_off", "只是生气")
    assert wang.get(page).status_code == 404
