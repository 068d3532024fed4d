"""A ticket's page: changed along its chain, with reasons, by who may."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import requests

from desk import texts, time
from desk.cases import ticket_work, tickets
from desk.console import shown
from desk.records import db
from desk.records.models import Engineer, Ticket
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


def engineer(name: str, phone: str) -> int:
    with db.transaction() as session:
        one = Engineer(
            name=name, phone=phone, skills=["空调"], regions=["苏州市姑苏区"],
            shift={"days": [1, 2, 3, 4, 5, 6, 7], "from": "08:00", "to": "18:00"},
        )
        session.add(one)
        session.flush()
        return one.id


def planned() -> str:
    with db.transaction() as session:
        return tickets.open_ticket(
            session, "bot", kind="repair", severity="C", symptom="不制冷", product_type="空调",
            address="苏州市姑苏区人民路1号", contact_phone="13800002020",
        ).number


def test_a_visit_is_booked_in_a_free_time_and_given_to_another_engineer(
    pinned_clock: Callable[[str], datetime], wang: Browser, people: dict[str, int]
) -> None:
    first, second = engineer("赵师傅", "13500000001"), engineer("钱师傅", "13500000002")
    number = planned()
    path = f"/console/tickets/{number}"
    page = wang.get(path).text
    starts = re.findall('<option value="(2026-[^"]+)"', page)
    assert starts and "赵师傅（空调）" in page
    assert wang.submit(f"{path}/visit", version=version_on(page), start=starts[0]).status_code == 303
    found = stored(number)
    assert found.status == "scheduled" and found.engineer_id in (first, second) and found.visit_start is not None
    other = second if found.engineer_id == first else first
    page = wang.get(path).text
    assert "约好上门" in page
    assert wang.submit(f"{path}/engineer", version=version_on(page), engineer=other).status_code == 303
    moved = stored(number)
    assert (moved.engineer_id, moved.visit_start) == (other, found.visit_start)
    gone = wang.submit(f"{path}/visit", version=version_on(wang.get(path).text), start="2026-11-23T03:00:00+08:00")
    assert gone.status_code == 422 and "刚被约走" in gone.text
    stale = wang.submit(f"{path}/visit", version=version_on(page), start=starts[-1])
    assert stale.status_code == 409 and stored(number).visit_start == found.visit_start


def test_a_quote_is_written_by_hand_or_by_the_table(wang: Browser) -> None:
    number = planned()
    path = f"/console/tickets/{number}"

    def send(what: list[str], yuan: list[str]) -> requests.Response:
        return wang.submit(f"{path}/quote", version=version_on(wang.get(path).text), what=what, yuan=yuan)

    assert "还没有保修结论" in send([""], [""]).text
    wrong = [("人工", yuan, "请写数字") for yuan in ("很多", "-5", "inf")]
    for what, yuan, words in (*wrong, ("", "5", "什么项目")):
        answer = send([what], [yuan])
        assert answer.status_code == 422 and words in answer.text
    assert stored(number).quote is None
    assert send(["人工", "压缩机", ""], ["120", "899.5", ""]).status_code == 303
    found = stored(number).quote
    assert found is not None and (found["low_fen"], found["high_fen"], len(found["lines"])) == (101950, 101950, 2)
    assert "合计 1019.50 元" in wang.get(path).text


def test_clocks_are_paused_with_a_reason_and_go_on(wang: Browser) -> None:
    number = planned()
    path = f"/console/tickets/{number}"
    page = wang.get(path).text
    code = re.findall('<select name="code"><option value="([a-z_]+)"', page)[0]
    version = version_on(page)
    assert wang.submit(f"{path}/pause", version=version, code=code, reason="等客户在家").status_code == 303
    page = wang.get(path).text
    assert "起暂停" in page and "恢复计时" in page
    assert wang.submit(f"{path}/go-on", version=version_on(page)).status_code == 303
    assert "起暂停" not in wang.get(path).text
    kinds = [event.kind for event in stored(number).events]
    assert kinds[-2:] == ["paused", "resumed"]


def test_every_event_has_words() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(texts.__path__[0]).parent.rglob("*.py"))
    kinds = set(re.findall(r'\bevent\(\s*session,\s*ticket,\s*"([a-z_]+)"', source))
    states = {f"alarm_{state}" for state in ("step", "acknowledged", "called_off")}
    sent = {f"{kind}_sent" for kind in ("resolved", "survey", "follow_up_1", "visit_reminder", "quote")}
    told = {"supervisor_told", "manager_told", "spare_device_offered", "exchange_offered", "quote_accepted"}
    assert len(kinds) > 15
    assert {kind for kind in kinds | states | sent | told if shown.event_kind(kind) == kind} == set()
