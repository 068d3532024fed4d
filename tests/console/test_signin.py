"""Who comes in, who does not, and what a session is worth."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from desk import time
from desk.cases import staff
from desk.console import guard, signin
from desk.records import db
from desk.records.models import AuditEntry, SigninFailure, StaffSession
from tests.console.conftest import PASSWORD, Browser, conversation

NewBrowser = Callable[[], Browser]


def test_sign_in_and_out(browser: NewBrowser, people: dict[str, int]) -> None:
    one = browser()
    answer = one.try_sign_in("wang", PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert answer.headers["Location"] == "/console"
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/console" in cookie and "Secure" not in cookie
    one.look()
    with db.reading() as session:
        assert session.query(AuditEntry).filter_by(action="signed_in", actor=f"staff:{people['wang']}").count() == 1
        token = one.http.cookies.get(guard.COOKIE)
        assert token and session.query(StaffSession).filter_by(token_hash=token).count() == 0
    assert one.submit("/console/logout").status_code == 303
    one.http.cookies.set(guard.COOKIE, token, path="/console")
    assert one.get("/console").status_code == 303


def test_cookie_is_secure_behind_https(browser: NewBrowser) -> None:
    one = browser()
    one.http.headers["X-Forwarded-Proto"] = "https"
    assert "Secure" in one.get("/console/login").headers["Set-Cookie"]


def test_wrong_password_and_unknown_login_look_the_same(browser: NewBrowser) -> None:
    one = browser()
    wrong, unknown = one.try_sign_in("wang", "wrong-password"), one.try_sign_in("nobody", "wrong-password")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("wang", "") == unknown.text.replace("nobody", "")


def test_repeated_failures_lock_also_the_right_password(browser: NewBrowser) -> None:
    one = browser()
    for _ in range(signin.MOST_HERE):
        assert one.try_sign_in("wang", "wrong-password").status_code == 401
    locked = one.try_sign_in("wang", PASSWORD)
    assert locked.status_code == 429 and int(locked.headers["Retry-After"]) > 0 and "分钟后再试" in locked.text
    assert browser().try_sign_in("li", PASSWORD).status_code == 303
    with db.transaction() as session:
        for row in session.query(SigninFailure):
            row.at -= signin.WINDOW
    assert one.try_sign_in("wang", PASSWORD).status_code == 303


def test_sign_in_form_needs_its_token(browser: NewBrowser) -> None:
    one = browser()
    form = {"login": "wang", "password": PASSWORD, "csrf": "forged"}
    assert one.post("/console/login", data=form).status_code == 403
    one.get("/console/login")
    assert one.post("/console/login", data=form).status_code == 403


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/console/chats//evil", "/", "/console\\x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(browser: NewBrowser, path: str) -> None:
    assert browser().try_sign_in("wang", PASSWORD, path).headers["Location"] == "/console"
    assert guard.back_to("/console/chats/cv-1") == "/console/chats/cv-1"


def test_posts_need_the_token_of_their_session(wang: Browser, browser: NewBrowser) -> None:
    conversation()
    path, other = "/console/api/chats/cv-web-0001/take", browser().sign_in("li")
    assert wang.post(path, json={"version": 0}).status_code == 403
    assert wang.post(path, json={"version": 0}, headers={"X-CSRF-Token": other.csrf}).status_code == 403
    cross = {"X-CSRF-Token": wang.csrf, "Sec-Fetch-Site": "cross-site"}
    assert wang.post(path, json={"version": 0}, headers=cross).status_code == 403
    assert wang.post("/console/logout", data={"csrf": "x"}).status_code == 403
    assert wang.get("/console").status_code == 200
    assert wang.call("/chats/cv-web-0001/take", version=0).status_code == 200


def test_own_sessions_are_listed_and_ended(wang: Browser, browser: NewBrowser) -> None:
    second, stranger = browser().sign_in("wang"), browser().sign_in("li")
    page = wang.get("/console/sessions").text
    assert page.count("/revoke") == 2 and page.count("本机") == 1 and "python-requests" in page
    with db.reading() as session:
        ids = {row.token_hash: row.id for row in session.query(StaffSession)}
    number = ids[signin._digest(second.http.cookies.get(guard.COOKIE))]
    assert stranger.submit(f"/console/sessions/{number}/revoke").status_code == 404
    assert wang.submit(f"/console/sessions/{number}/revoke").status_code == 303
    assert second.get("/console").status_code == 303 and wang.get("/console").status_code == 200


def test_sessions_end_with_the_password_the_account_and_time(
    wang: Browser, browser: NewBrowser, people: dict[str, int]
) -> None:
    with db.transaction() as session:
        staff.set_password(session, "wang", "another-password")
    assert wang.get("/console").status_code == 303
    li = browser().sign_in("li")
    with db.transaction() as session:
        staff.switch(session, "li", False)
    assert li.get("/console").status_code == 303
    chen = browser().sign_in("chen")
    with db.transaction() as session:
        session.query(StaffSession).filter_by(staff_id=people["chen"]).one().last_seen_at = (
            time.now() - signin.IDLE - timedelta(minutes=1)
        )
    assert chen.get("/console").status_code == 303


def test_pages_allow_no_inline_scripts_and_no_frames(wang: Browser) -> None:
    conversation()
    for path in ("/console", "/console/login", "/console/sessions", "/console/chats/cv-web-0001"):
        answer = wang.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and answer.headers["Cache-Control"] == "no-store"
        assert " style=" not in answer.text and " onclick=" not in answer.text
        assert "<script>" not in answer.text and "<style" not in answer.text
