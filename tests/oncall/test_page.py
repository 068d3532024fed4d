"""The page behind the link: looking changes nothing, the button takes it, and a wrong link shows nothing."""

import socket
import threading
import time as real_time

import pytest
import requests
import uvicorn
from fastapi import FastAPI

from desk.cases import oncall, tickets
from desk.cases.oncall import links
from desk.channels import oncall as page
from desk.records import db
from desk.records.models import Alarm


class Browser:
    """Follows redirects as browsers do."""

    def __init__(self, session: requests.Session, base: str) -> None:
        self._session, self._base = session, base

    def get(self, path: str) -> requests.Response:
        return self._session.get(self._base + path, timeout=10)

    def post(self, path: str, data: dict[str, str] | None = None) -> requests.Response:
        return self._session.post(self._base + path, data=data, timeout=10)


@pytest.fixture
def browser():
    """A browser before the page, served on loopback."""
    app = FastAPI()
    app.include_router(page.router)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        real_time.sleep(0.01)
    with requests.Session() as session:
        yield Browser(session, f"http://127.0.0.1:{listening.getsockname()[1]}")
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def alarm(team):
    with db.transaction() as session:
        ticket = tickets.open_ticket(
            session, "bot", conversation_id="cv-1", severity="A", kind="repair", contact_phone="13900001111",
            address="人民路1号",
        )
        return oncall.raise_alarm(session, "gas", "<b>煤气味</b>", conversation_id="cv-1", ticket=ticket)


def path(alarm: Alarm, person_id: int) -> str:
    return f"/oncall/{links.token(alarm, person_id)}"


def state(alarm: Alarm) -> tuple[str, str]:
    with db.reading() as session:
        found = session.get_one(Alarm, alarm.id)
        return found.state, found.taken_by


def test_looking_changes_nothing_and_shows_what_is_needed(browser, team, alarm):
    shown = browser.get(path(alarm, team["王工"]))
    assert shown.status_code == 200 and state(alarm) == ("ringing", "")
    assert "燃气泄漏" in shown.text and "13900001111" in shown.text and "人民路1号" in shown.text
    assert "<b>煤气味" not in shown.text and "&lt;b&gt;" in shown.text
    assert "no-store" in shown.headers["cache-control"] and "default-src 'none'" in shown.headers[
        "content-security-policy"
    ]


def test_the_button_takes_it_once(browser, team, alarm):
    shown = browser.post(path(alarm, team["王工"]))
    assert "您已接单" in shown.text and state(alarm) == ("acknowledged", "王工")
    assert "您已接单" in browser.post(path(alarm, team["王工"])).text
    other = browser.post(path(alarm, team["李工"]))
    assert "王工 已经接单" in other.text and "13900001111" not in other.text
    assert state(alarm) == ("acknowledged", "王工")


def test_a_false_alarm_is_called_off(browser, team, alarm):
    shown = browser.post(path(alarm, team["王工"]), data={"false_alarm": "1", "reason": "打错了"})
    assert "已撤销" in shown.text and state(alarm) == ("called_off", "王工")


def test_in_a_group_one_says_who_one_is(browser, team, alarm):
    group = path(alarm, links.GROUP)
    assert "孙总" in browser.get(group).text
    assert "请选一下" in browser.post(group).text
    assert "请选一下" in browser.post(group, data={"who": "99999"}).text
    assert state(alarm)[0] == "ringing"
    assert "您已接单" in browser.post(group, data={"who": str(team["孙总"])}).text
    assert state(alarm) == ("acknowledged", "孙总")


def _other_end(token: str) -> str:
    return token[:-1] + ("y" if token.endswith("x") else "x")


@pytest.mark.parametrize("change", [_other_end, lambda t: "9" + t, lambda t: "a.b.c", lambda t: t + ".1"])
def test_a_changed_link_shows_nothing(browser, team, alarm, change):
    wrong = f"/oncall/{change(links.token(alarm, team['王工']))}"
    assert browser.get(wrong).status_code == 404 and browser.post(wrong).status_code == 404
    assert state(alarm)[0] == "ringing"


def test_the_link_of_one_person_is_not_that_of_another(browser, team, alarm):
    token = links.token(alarm, team["王工"]).split(".")
    assert browser.post(f"/oncall/{token[0]}.{team['李工']}.{token[2]}").status_code == 404


def test_a_link_ends_after_a_day(browser, team, alarm, pinned_clock):
    pinned_clock("2026-11-22T23:30:00+08:00")
    assert browser.get(path(alarm, team["王工"])).status_code == 404
