"""What open consoles hear: at once, as hints where to look, and only as long as the session holds."""

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from desk.console import live
from desk.records import db
from desk.records.models import Staff
from desk.talk import engine, nudge
from tests.console.conftest import Browser, conversation, now_of


def heard(stream: requests.Response) -> Iterator[tuple[str, list[str]]]:
    """(event, topics) as they come."""
    name = ""
    for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def test_what_changed_is_told_at_once(wang: Browser, talk: engine.Engine) -> None:
    with wang.get("/console/api/events", stream=True) as stream:
        events = heard(stream)
        assert next(events) == ("breath", [])
        assert stream.headers["content-type"].startswith("text/event-stream")
        talk.submit("web", "", "web-0001", "在吗")
        name, topics = next(events)
        assert name == "changed" and any(topic.startswith("cv-") for topic in topics)


def test_who_polls_is_answered_when_something_changes(wang: Browser) -> None:
    threading.Timer(0.3, nudge.tell, args=("cv-x",)).start()
    assert "cv-x" in wang.get("/console/api/changes").json()


def test_a_stream_ends_with_its_session(wang: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BREATH", 0.2)
    with wang.get("/console/api/events", stream=True) as stream:
        events = heard(stream)
        assert next(events)[0] == "breath"
        wang.submit("/console/logout")
        for number, _ in enumerate(events):  # it ends by itself, also while there is always something to tell
            nudge.tell("cv-x")
            time.sleep(0.05)
            assert number < 100


def test_presence_is_kept_by_the_open_console(
    wang: Browser, browser: Callable[[], Browser], people: dict[str, int]
) -> None:
    li = browser().sign_in("li")

    def of_wang() -> str:
        found: list[str] = [one["presence"] for one in li.get("/console/api/team").json()["people"]
                            if one["name"] == "王工"]
        return found[0]

    assert of_wang() == "offline"
    assert wang.call("/presence").json() == {"presence": "online"}
    assert of_wang() == "online"
    assert wang.call("/presence", presence="busy").json() == {"presence": "busy"}
    assert wang.call("/presence").json() == {"presence": "busy"} and of_wang() == "busy"
    assert wang.call("/presence", presence="asleep").status_code == 422
    wang.submit("/console/logout")
    assert of_wang() == "offline"
    with db.reading() as session:
        assert session.get_one(Staff, people["wang"]).presence == "offline"


def test_typing_is_told_by_the_owner_only(wang: Browser, people: dict[str, int]) -> None:
    conversation(state="agent", agent_id=people["wang"])
    conversation("web-0002", state="agent", agent_id=people["li"])
    for sender, told in (("web-0001", True), ("web-0002", False)):
        assert wang.call(f"/chats/cv-{sender}/typing").status_code == 200
        assert nudge.types(f"cv-{sender}", "agent") is told
    assert now_of("cv-web-0001").version == 0
    nudge.typing("cv-web-0001", "customer")
    assert wang.get("/console/api/chats/cv-web-0001").json()["typing"]
