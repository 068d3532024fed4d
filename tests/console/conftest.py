"""A desk of this process, on real HTTP, over a fake Rasa; colleagues who sign in as browsers do."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import uvicorn
from playwright.sync_api import BrowserContext

from desk import time
from desk.app import create_app
from desk.records import db, passwords
from desk.records.models import Conversation, Message, Outbound, Staff
from desk.talk import engine, nudge
from launcher import widget

PASSWORD = "right-horse-battery"


@dataclass
class Browser:
    """One browser: keeps cookies, follows no redirect by itself, and knows the page's CSRF token once signed in."""

    base: str
    http: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def __post_init__(self) -> None:
        self.http.trust_env = False

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.http.get(self.base + path, allow_redirects=False, timeout=20, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        return self.http.post(self.base + path, allow_redirects=False, timeout=20, **more)

    def call(self, path: str, **body: Any) -> requests.Response:
        """A command of the page's script."""
        return self.post(f"/console/api{path}", json=body, headers={"X-CSRF-Token": self.csrf})

    def submit(self, path: str, **values: Any) -> requests.Response:
        """A form of a page."""
        return self.post(path, data={"csrf": self.csrf, **values})

    def try_sign_in(self, login: str, password: str, next: str = "/console") -> requests.Response:
        page = self.get("/console/login").text
        token = re.search('name="csrf" value="([^"]+)"', page)
        assert token
        form = {"login": login, "password": password, "csrf": token[1], "next": next}
        return self.post("/console/login", data=form)

    def sign_in(self, login: str, password: str = PASSWORD) -> "Browser":
        answer = self.try_sign_in(login, password)
        assert answer.status_code == 303, answer.text
        return self.look()

    def look(self) -> "Browser":
        """Open a page of the console and learn its token."""
        found = re.search('data-csrf="([^"]+)"', self.get("/console/sessions").text)
        assert found
        self.csrf = found[1]
        return self


@pytest.fixture(scope="session")
def _password_hash() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def people(talk: engine.Engine, _password_hash: str) -> dict[str, int]:
    """wang and li are agents, chen is a supervisor; ids by login."""
    made = {}
    with db.transaction() as session:
        for login, name, role in (("wang", "王工", "agent"), ("li", "李姐", "agent"), ("chen", "陈主管", "supervisor")):
            person = Staff(login=login, name=name, role=role, password_hash=_password_hash)
            session.add(person)
            session.flush()
            made[login] = person.id
    return made


@pytest.fixture
def site(people: dict[str, int]) -> Iterator[str]:
    """The address of the running desk."""
    config = uvicorn.Config(
        create_app(), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # who comes before the server is ready waits
    running = threading.Thread(target=server.run, args=([listening],), daemon=True)
    running.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    running.join(20)
    listening.close()


@pytest.fixture
def browser(site: str) -> Iterator[Callable[[], Browser]]:
    """A new browser."""
    made: list[Browser] = []

    def new() -> Browser:
        made.append(Browser(site))
        return made[-1]

    yield new
    for one in made:
        one.http.close()


@pytest.fixture
def wang(browser: Callable[[], Browser]) -> Browser:
    """An agent's browser, signed in."""
    return browser().sign_in("wang")


@pytest.fixture(scope="session")
def _island() -> None:
    """The console's script, built."""
    widget.ensure()


@pytest.fixture
def console(site: str, _island: None) -> Iterator[BrowserContext]:
    """A browser that looks at the running desk."""
    from tests.console.browsers import chromium, profile

    with chromium() as browser, profile(browser, site) as context:
        yield context


def conversation(sender: str = "web-0001", state: str = "queued", **more: Any) -> Conversation:
    """A conversation on the website with one customer line."""
    now = time.now()
    with db.transaction() as session:
        made = Conversation(
            id=f"cv-{sender}", channel=more.pop("channel", "web"), sender=sender, state=state, created_at=now,
            last_message_at=now, last_seq=1, queued_at=now if state == "queued" else None, **more,
        )
        session.add(made)
        session.flush()
        session.add(
            Message(conversation_id=made.id, seq=1, author="customer", text="空调不制冷，催一下", created_at=now)
        )
    nudge.tell(made.id)
    return made


def now_of(conversation_id: str) -> Conversation:
    """The conversation as it is stored."""
    with db.reading() as session:
        return session.get_one(Conversation, conversation_id)


def said(conversation_id: str) -> list[tuple[str, str]]:
    """(author, text) of its lines."""
    with db.reading() as session:
        rows = session.query(Message).filter_by(conversation_id=conversation_id).order_by(Message.seq)
        return [(row.author, row.text) for row in rows]


def outbox(conversation_id: str) -> int:
    """How many of its lines are on their way."""
    with db.reading() as session:
        return session.query(Outbound).filter_by(conversation_id=conversation_id).count()


__all__ = ["PASSWORD", "Browser", "conversation", "now_of", "outbox", "said"]
