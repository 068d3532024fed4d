"""The pages of supervisors and administrators in a real browser: accessible, within the screen, by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from desk import time
from desk.cases import complaints, tickets
from desk.records import db
from desk.records.models import AgentGroup, AuditEntry, Customer
from launcher import widget
from tests.console.browsers import PHONE, chromium, profile, signed_in
from tests.console.conftest import conversation
from tests.console.managing.test_pages import PAGES
from tests.console.test_together import violations

pytestmark = pytest.mark.heavy


@pytest.fixture
def chrome(site: str, _island: None) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(chrome: Browser, site: str, boss_id: int) -> Iterator[Page]:
    """A browser in which the administrator is signed in, with something to look at."""
    conversation(handoff_reason="complaint")
    with db.transaction() as session:
        quote = {"lines": [{"name": "上门费", "low_fen": 5000, "high_fen": 5000}], "low_fen": 5000, "high_fen": 5000,
                 "why": "已过保修期", "valid_until": "2099-01-01"}
        number = tickets.open_ticket(
            session, "bot", severity="B", kind="repair", symptom="漏水", quote=quote
        ).number
        complaint = tickets.open_ticket(session, "bot", severity="C", kind="complaint", symptom="师傅没来")
        complaints.open_for(session, complaint, "师傅没来", False, False)
        session.add(AgentGroup(code="ac", title="空调组"))
        session.add(Customer(customer_no="C1", name="张小明", phone="13900001234", created_at=time.now()))
    conversation("web-0009", state="agent", agent_id=boss_id)
    with profile(chrome, site) as context:
        found = signed_in(context, "zhou")
        found.ticket = number  # type: ignore[attr-defined]
        yield found


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("wide", "dark"), ("phone", "light")])
def test_axe_finds_nothing_and_nothing_sticks_out(page: Page, size: str, scheme: str) -> None:
    widget.ensure(for_tests=True)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if size == "phone":
        page.set_viewport_size(PHONE)
    found = []
    more = ["/console/records/conversations", "/console/records/tickets", "/console/customers/1",
            "/console/manage/policies/hours.yml", "/console/sessions", "/console/password", "/console/open-ticket",
            "/console/complaints", "/console/follow-ups", "/console/morning", "/console/tickets/{number}"]
    for path in [*PAGES, *more]:
        if path == "/console/wall/live":  # a part of a page
            continue
        page.goto(path.format(number=page.ticket))  # type: ignore[attr-defined]
        found += [f"{path} {what}" for what in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is wider than the screen")
    assert found == [], "\n".join(found)


def test_contact_data_by_keyboard(page: Page) -> None:
    page.goto("/console/customers")
    page.get_by_role("link", name="C1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("139****1234")).to_be_visible()
    page.get_by_role("button", name="显示完整联系方式").press("Enter")
    expect(page.locator("#shown")).to_have_text("张小明，13900001234")
    with db.reading() as session:
        assert session.query(AuditEntry).filter_by(action="contact_shown").count() == 1


def test_the_wall_renews_itself(page: Page, people: dict[str, int]) -> None:
    page.goto("/console/wall")
    expect(page.get_by_role("button", name="指派")).to_have_count(1)
    conversation("web-0002")
    expect(page.get_by_role("button", name="指派")).to_have_count(2, timeout=15_000)
