"""Passwords and sessions as OWASP asks: chosen by their owner, changed safely, ended everywhere."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from desk import time
from desk.cases import staff
from desk.console import signin
from desk.records import db, passwords
from desk.records.models import AuditEntry, PasswordLink, Staff, StaffSession
from tests.console.conftest import PASSWORD, Browser

NEW = "teal-kettle-repairs-42"
NewBrowser = Callable[[], Browser]


def change(one: Browser, current: str = PASSWORD, new: str = NEW, again: str = NEW) -> int:
    return one.submit("/console/password", current=current, new=new, again=again).status_code


def test_change_ends_the_other_sessions_and_renews_this_one(wang: Browser, browser: NewBrowser) -> None:
    second, before = browser().sign_in("wang"), wang.http.cookies.get("aftercare_staff")
    assert change(wang) == 303
    assert wang.http.cookies.get("aftercare_staff") != before
    assert wang.get("/console/sessions").status_code == 200 and second.get("/console/sessions").status_code == 303
    assert browser().try_sign_in("wang", PASSWORD).status_code == 401
    assert browser().try_sign_in("wang", NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again"),
    [("wrong-password", NEW, NEW), (PASSWORD, NEW, NEW + "x"), (PASSWORD, "short", "short"),
     (PASSWORD, "woaini1314", "woaini1314"), (PASSWORD, PASSWORD, PASSWORD), (PASSWORD, "x" * 129, "x" * 129)],
)
def test_changes_that_are_refused(wang: Browser, current: str, new: str, again: str) -> None:
    answer = wang.submit("/console/password", current=current, new=new, again=again)
    assert answer.status_code == 422 and 'role="alert"' in answer.text and new not in answer.text
    assert wang.get("/console/sessions").status_code == 200


def test_guessing_the_current_password_is_slowed_down(wang: Browser) -> None:
    for _ in range(signin.MOST_HERE):
        assert change(wang, "wrong-password") == 422
    assert change(wang) == 429


@pytest.mark.parametrize("password", ["password1", "aa123456", "88888888", "12345678", "qwertyuiop", "Admin12345"])
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    with pytest.raises(ValueError, match="常见"):
        passwords.hashed(password)


def test_hashes_are_argon2id_and_long_passwords_count_whole() -> None:
    long = "长安一片月" * 20
    stored = passwords.hashed(long)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4")  # more than OWASP's least (19 MiB, two passes)
    assert passwords.fits(long, stored) and not passwords.fits(long[:-1], stored)


def test_a_temporary_password_must_be_changed_first(browser: NewBrowser, people: dict[str, int]) -> None:
    with db.transaction() as session:
        staff.add(session, "new", "新人", "temporary-pass-1", must_change=True)
    one = browser()
    assert one.try_sign_in("new", "temporary-pass-1").status_code == 303
    for path in ("/console", "/console/sessions", "/console/wall"):
        assert one.get(path).headers["Location"] == "/console/password"
    found = re.search('data-csrf="([^"]+)"', one.get("/console/password").text)
    assert found
    one.csrf = found[1]
    assert one.call("/chats/cv-1/take", version=0).status_code == 403
    assert change(one, "temporary-pass-1") == 303
    assert one.get("/console/sessions").status_code == 200


def test_a_link_sets_the_password_once(boss: Browser, browser: NewBrowser, people: dict[str, int]) -> None:
    old = browser().sign_in("li")
    page = boss.submit(f"/console/manage/staff/{people['li']}/link").text
    path = re.search(r"(/console/link/[\w-]{40,})", page)
    assert path
    stranger = browser()
    assert "li" in stranger.get(path[1]).text
    assert stranger.post(path[1], data={"new": "short", "again": "short"}).status_code == 422
    assert stranger.post(path[1], data={"new": NEW, "again": NEW}).headers["Location"] == "/console/login"
    assert old.get("/console/sessions").status_code == 303  # and nobody is signed in by the link alone
    assert stranger.get("/console/sessions").status_code == 303
    assert stranger.post(path[1], data={"new": NEW + "2", "again": NEW + "2"}).status_code == 410
    assert browser().try_sign_in("li", NEW).status_code == 303
    with db.reading() as session:
        assert path[1].rsplit("/", 1)[1] not in {row.token_hash for row in session.query(PasswordLink)}
        assert session.query(AuditEntry).filter_by(action="password_link_made").count() == 1


def test_links_end_with_time_with_a_newer_one_and_with_the_account(boss_id: int, people: dict[str, int]) -> None:
    with db.transaction() as session:
        person = session.get_one(Staff, people["li"])
        first = staff.make_link(session, person, "cli")
        second = staff.make_link(session, person, "cli")
    with db.transaction() as session:
        assert staff.of_link(session, first) is None and staff.of_link(session, second) is not None
        assert staff.of_link(session, "x") is None
        link = session.query(PasswordLink).filter_by(used_at=None).one()
        link.expires_at = time.now() - timedelta(seconds=1)
        session.flush()
        assert staff.of_link(session, second) is None
        third = staff.make_link(session, person, "cli")
        staff.switch(session, "li", False)
        session.flush()
        assert staff.of_link(session, third) is None


def test_signing_out_everywhere_else(wang: Browser, browser: NewBrowser) -> None:
    others = [browser().sign_in("wang"), browser().sign_in("wang")]
    assert wang.submit("/console/sessions/others").status_code == 303
    assert wang.get("/console/sessions").status_code == 200
    assert [one.get("/console/sessions").status_code for one in others] == [303, 303]


def test_sessions_end_after_their_longest_life(wang: Browser) -> None:
    with db.transaction() as session:
        kept = session.query(StaffSession).one()
        kept.created_at = time.now() - signin.LONGEST + timedelta(minutes=1)
    assert wang.get("/console/sessions").status_code == 200
    with db.transaction() as session:
        session.query(StaffSession).one().created_at = time.now() - signin.LONGEST
    assert wang.get("/console/sessions").status_code == 303


def test_headers_behind_https(browser: NewBrowser) -> None:
    one = browser()
    assert "Strict-Transport-Security" not in one.get("/console/login").headers
    one.http.headers["X-Forwarded-Proto"] = "https"
    headers = one.get("/console/login").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Cache-Control"] == "no-store" and headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
