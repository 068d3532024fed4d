"""Rules, import, clock and reset over the API."""

from pathlib import Path

import pytest

from desk.channels.rest import auth
from desk.records import db
from desk.records.models import ApiKey, Conversation, Customer
from tests.fakes.desk_process import Desk
from tests.fakes.rasa_server import FakeRasa

FRIDGE = {
    "category": "home_appliance", "product": "电冰箱", "purchase_date": "2025-06-10", "invoice_date": "2025-06-10",
    "report_date": "2025-06-17", "channel": "store", "fault": {"desc": "", "performance": True, "cause": "quality"},
    "invoice": True, "card": True,
}


def test_warranty_is_decided(desk: Desk) -> None:
    decision = desk.call("POST", "/warranty/check", json=FRIDGE).json()
    assert decision["decisions"] == ["RETURN", "EXCHANGE", "FREE_REPAIR"]
    assert (decision["primary"], decision["warranty_end"]) == ("RETURN", "2026-06-10")
    refused = desk.call("POST", "/warranty/check", json={**FRIDGE, "colour": "red"})
    assert refused.status_code == 422 and "colour" in refused.json()["detail"]


def test_deadlines_are_computed(desk: Desk) -> None:
    asked = {"profile": "STD-L1", "severity": "B", "created_at": "2026-03-14T02:15:00+08:00"}
    found = desk.call("POST", "/sla/deadlines", json=asked).json()
    assert found["response_due"] == "2026-03-14T02:45:00+08:00"
    assert desk.call("POST", "/sla/deadlines", json={"profile": "STD-L1"}).status_code == 422


def test_tables_are_imported(desk: Desk) -> None:
    files = [("files", ("customers.csv", "customer_no,name,phone\nC1,陈静,13900000001\n", "text/csv"))]
    report = desk.call("POST", "/import", files=files).json()
    assert report["ok"] and report["files"][0]["created"] == 1
    again = desk.call("POST", "/import", files=files).json()
    assert again["files"][0]["unchanged"] == 1
    bad = [("files", ("customers.csv", "customer_no,name,phone\nC2,x,12\n", "text/csv"))]
    refused = desk.call("POST", "/import", files=bad).json()
    assert refused["ok"] is False and refused["files"][0]["errors"][0]["line"] == 2
    assert desk.call("POST", "/import", json={}).status_code == 415
    assert desk.call("POST", "/import", files={"note": (None, "x")}).status_code == 422


def test_the_clock_is_moved_and_runs_on(desk: Desk, assistant: FakeRasa) -> None:
    moved = desk.call("PUT", "/test/clock", json={"now": "2026-02-17T03:00:00+08:00"})
    assert moved.json()["now"].startswith("2026-02-17T03:00:0")
    desk.say("s1", "你好")
    assert assistant.asked[0]["metadata"]["now"].startswith("2026-02-17T03:00:")
    for wrong in ("2026-02-17T03:00:00", "soon", None, 5.5e300):
        assert desk.call("PUT", "/test/clock", json={"now": wrong}).status_code in (400, 422)


def test_reset_keeps_keys_and_forgets_the_rest(desk: Desk, assistant: FakeRasa) -> None:
    desk.say("s1", "你好")
    with db.transaction() as session:
        auth.create(session, "kept", ["read"])
    assert desk.call("POST", "/test/reset", json={}).json() == {"reset": True, "assistant_forgot": True}
    with db.reading() as session:
        assert session.query(Conversation).count() == session.query(Customer).count() == 0
        assert session.query(ApiKey).filter_by(name="kept").count() >= 1
    assert assistant.forgotten_all == 2


@pytest.mark.parametrize(("method", "path"), [("PUT", "/test/clock"), ("POST", "/test/reset")])
def test_there_is_no_reset_in_an_ordinary_run(
    tmp_path: Path, assistant: FakeRasa, method: str, path: str, ordinary: Desk
) -> None:
    assert ordinary.call(method, path, json={"now": "2026-02-17T03:00:00+08:00"}).status_code == 404


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory, _running: tuple[Desk, FakeRasa]):  # type: ignore[no-untyped-def]
    desk = Desk(tmp_path_factory.mktemp("ordinary"), _running[1].port).start()
    yield desk
    desk.stop()


def test_the_reference_shows_every_call_and_loads_nothing_from_elsewhere(desk: Desk) -> None:
    page = desk.call("GET", "//api/v1/docs", key=None)
    described = desk.call("GET", "/openapi.json", key=None).json()
    assert page.status_code == 200 and "<script" not in page.text
    assert all(path in page.text for path in described["paths"])
    assert all(f"<code>{name}</code>" in page.text for name in described["components"]["schemas"])
    assert not [part for part in page.text.split('"') if part.startswith(("http:", "https:", "//"))]
    assert desk.call("GET", "//api/v1/docs/reference.css", key=None).status_code == 200
