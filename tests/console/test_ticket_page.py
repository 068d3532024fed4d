"""A ticket's page: changed along its chain, with reasons, by who may."""

import re
from collections.abc import Callable

from desk import time
from desk.cases import ticket_work, tickets
from desk.records import db
from desk.records.models import Ticket
from desk.records.tickets import STATUSES
from tests.console.conftest import Browser

NewBrowser = Callable[[], Browser]


def opened(severity: str = "C") -> Ticket:
    with db.transaction() as session:
        return tickets.open_ticket(session, "bot", severity=severity, symptom="漏水", contact_phone="13800002020")


def stored(number: str) -> Ticket:
    with db.reading() as session:
        found = tickets.by_number(session, number)
        assert found is not None
        assert found.events is not None and found.notes is not None
        return found


def version_on(page: str) -> str:
    found = re.search('name="version" value="([0-9]+)"', page)
    assert found
    return found[1]


def test_the_chain_names_every_status_and_leads_on() -> None:
    assert set(ticket_work.NEXT) == set(STATUSES)
    assert all(following for following in ticket_work.NEXT.values())


def test_the_page_shows_all_and_masks_contacts(wang: Browser) -> None:
    number = opened().number
    page = wang.get(f"/console/tickets/{number}").text
    for words in (number, "新建", "漏水", "响应", "建单", "智能助手", "138****2020", "还没有备注"):
        assert words in page
    assert "13800002020" not in page


def test_status_moves_along_the_chain(wang: Browser, people: dict[str, int]) -> None:
    number = opened().number
    path = f"/console/tickets/{number}"
    wrong = wang.submit(f"{path}/status", version=version_on(wang.get(path).text), status="closed")
    assert wrong.status_code == 422 and "「新建」不能直接改成「已关闭」" in wrong.text
    for status, reason in (("accepted", ""), ("in_progress", ""), ("resolved", "换了排水管"), ("closed", "")):
        version = version_on(wang.get(path).text)
        assert wang.submit(f"{path}/status", version=version, status=status, reason=reason).status_code == 303
    found = stored(number)
    assert (found.status, found.resolution) == ("closed", "换了排水管")
    assert found.resolved_at is not None and found.closed_at is not None
    last = found.events[-1]
    assert (last.actor, last.data["before"], last.data["after"]["status"]) == (
        f"staff:{people['wang']}", {"status": "resolved"}, "closed"
    )
    page = wang.get(path).text
    assert "已解决 → 已关闭" in page and "王工" in page
    version = version_on(page)
    no_reason = wang.submit(f"{path}/status", version=version, status="reopened")
    assert no_reason.status_code == 422 and "请写明原因" in no_reason.text
    assert wang.submit(f"{path}/status", version=version, status="reopened", reason="又漏了").status_code == 303
    assert stored(number).closed_at is None


def test_severity_needs_a_reason_and_a_leader_to_make_it_milder(wang: Browser, browser: NewBrowser) -> None:
    number = opened("C").number
    path = f"/console/tickets/{number}"
    version = version_on(wang.get(path).text)
    assert wang.submit(f"{path}/severity", version=version, severity="A").status_code == 422
    assert wang.submit(f"{path}/severity", version=version, severity="C", reason="x").status_code == 422
    assert wang.submit(f"{path}/severity", version=version, severity="A", reason="漏电了").status_code == 303
    found = stored(number)
    assert (found.severity, found.priority, found.severity_reason) == ("A", 0, "漏电了")
    version = version_on(wang.get(path).text)
    refused = wang.submit(f"{path}/severity", version=version, severity="B", reason="现场<看过>")
    assert refused.status_code == 403 and "主管" in refused.text and "现场&lt;看过&gt;" in refused.text
    chen = browser().sign_in("chen")
    assert chen.submit(f"{path}/severity", version=version, severity="B", reason="现场看过").status_code == 303
    assert stored(number).severity == "B" and stored(number).deadlines["severity"] == "B"


def test_an_old_page_changes_nothing_and_keeps_what_was_typed(wang: Browser) -> None:
    number = opened().number
    path = f"/console/tickets/{number}"
    version = version_on(wang.get(path).text)
    assert wang.submit(f"{path}/status", version=version, status="accepted").status_code == 303
    stale = wang.submit(f"{path}/status", version=version, status="cancelled", reason="客户不修了")
    assert stale.status_code == 409 and "刚被别人改过" in stale.text and "客户不修了" in stale.text
    assert stored(number).status == "accepted"


def test_notes(wang: Browser) -> None:
    number = opened().number
    path = f"/console/tickets/{number}"
    assert wang.submit(f"{path}/notes", text="  ").status_code == 422
    assert wang.submit(f"{path}/notes", text="六楼没有电梯").status_code == 303
    assert wang.submit("/console/tickets/TK1/notes", text="x").status_code == 404
    assert [note.text for note in stored(number).notes] == ["六楼没有电梯"]
    assert "六楼没有电梯" in wang.get(path).text
    assert time.now() >= stored(number).notes[0].at
