"""Every page of supervisors and administrators opens, empty and filled, and keeps what was typed when it refuses."""

import pytest

from desk.console.routes import PARTS
from tests.console.conftest import Browser, conversation

MINE = ("/console/wall", "/console/records", "/console/manage", "/console/customers")
PAGES = sorted(
    route.path  # type: ignore[attr-defined]
    for part in PARTS
    for route in part.router.routes
    if "GET" in route.methods  # type: ignore[attr-defined]
    and route.path.startswith(MINE)  # type: ignore[attr-defined]
    and "{" not in route.path  # type: ignore[attr-defined]
)


def test_pages_open_empty_and_filled(boss: Browser) -> None:
    for filled in (False, True):
        if filled:
            conversation()
        for path in [*PAGES, "/console/records/conversations", "/console/records/tickets"]:
            answer = boss.get(path)
            assert answer.status_code == 200, (path, answer.text[:300])
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/console/records/x", "/console/manage/policies/..%2f..%2fsettings.py",
                                  "/console/manage/staff/999", "/console/records/tickets/export.pdf"])
def test_what_is_not_there(boss: Browser, path: str) -> None:
    assert boss.get(path).status_code == 404
