"""Keys and scopes, addresses that do not exist, and what needs no key."""

import pytest

from desk import time
from desk.channels.rest import auth
from desk.records import db
from desk.records.models import ApiKey
from tests.fakes.desk_process import KEY, Desk

CALLS = [
    ("POST", "/conversations/a/messages", "write"), ("GET", "/conversations/a", "read"), ("GET", "/tickets", "read"),
    ("GET", "/tickets/TK1", "read"), ("POST", "/warranty/check", "read"), ("POST", "/sla/deadlines", "read"),
    ("POST", "/import", "import"), ("POST", "/test/reset", "test"), ("PUT", "/test/clock", "test"),
]


@pytest.mark.parametrize(("method", "path", "scope"), CALLS)
def test_every_call_needs_its_scope(desk: Desk, method: str, path: str, scope: str) -> None:
    for wrong in (None, "nonsense", KEY + "x"):
        refused = desk.call(method, path, key=wrong, json={})
        assert refused.status_code == 401 and refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert refused.json()["type"] == "urn:aftercare:problem:unauthorized"
    with db.transaction() as session:
        key = auth.create(session, "without", [one for one in auth.SCOPES if one != scope])
    refused = desk.call(method, path, key=key, json={})
    assert (refused.status_code, refused.json()["scope"]) == (403, scope)


def test_a_revoked_key_ends(desk: Desk) -> None:
    with db.transaction() as session:
        key = auth.create(session, "old", ["read"])
    assert desk.call("GET", "/tickets", key=key).status_code == 200
    with db.transaction() as session:
        session.query(ApiKey).filter_by(hash=auth.digest(key)).one().revoked_at = time.now()
    assert desk.call("GET", "/tickets", key=key).status_code == 401


def test_unknown_scopes_are_refused() -> None:
    with pytest.raises(ValueError, match="没有这样的权限"):
        auth.create(None, "x", ["everything"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [("GET", "/nothing", 404, "not-found"), ("DELETE", "/tickets", 405, "method-not-allowed"),
     ("GET", "//nothing", 404, "not-found")],
)
def test_wrong_addresses_are_problems(desk: Desk, method: str, path: str, status: int, kind: str) -> None:
    answer = desk.call(method, path)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:aftercare:problem:{kind}")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_health_metrics_and_description_need_no_key(desk: Desk) -> None:
    assert desk.call("GET", "//healthz", key=None).json() == {"status": "ok"}
    ready = desk.call("GET", "//readyz", key=None)
    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": True, "rasa": True, "actions": True})
    desk.say("s1", "你好")
    metrics = desk.call("GET", "//metrics", key=None).text
    assert "aftercare_turn_seconds_count" in metrics and "aftercare_turns_waiting 0.0" in metrics
    assert 'aftercare_messages_total{channel="rest"}' in metrics
    described = desk.call("GET", "/openapi.json", key=None).json()
    assert {path for _, path, _ in CALLS if "a" not in path.split("/")} <= {
        path.removeprefix("/api/v1") for path in described["paths"]
    } | {"/tickets/TK1"}
    assert {"Turn", "Ticket", "Conversation", "Decision", "Problem"} <= described["components"]["schemas"].keys()


def test_logs_hold_no_customer_words(desk: Desk) -> None:
    desk.say("s-logs", "我叫陈静，电话13912345678，住苏州市姑苏区人民路1号")
    log = desk.log.read_text()
    assert "request" in log and "陈静" not in log and "13912345678" not in log and "人民路" not in log
