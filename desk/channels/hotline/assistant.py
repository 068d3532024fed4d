"""The way to the assistant: the same messages and turns as every other channel, over the desk's API."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

from desk import texts
from desk.channels.hotline.settings import settings
from desk.settings import settings as desk_settings


class Unavailable(Exception):
    """The assistant did not answer in time, or said that it is down."""


@dataclass(frozen=True)
class Answer:
    """One turn: what to say line by line, the buttons (title, payload), the open question, and who goes on."""

    lines: list[str]
    buttons: list[tuple[str, str]] = field(default_factory=list)
    asks: str | None = None
    handled_by: str = "bot"
    handoff: str | None = None
    tickets: list[str] = field(default_factory=list)

    @property
    def with_people(self) -> bool:
        """Whether the conversation waits for, or is with, a person."""
        return self.handled_by in ("queued", "agent")


class Assistant(Protocol):
    """Whoever answers the caller's words."""

    async def ask(self, call_id: str, text: str, message_id: str) -> Answer:
        """The answer to one message. Raises Unavailable."""


class Desk:
    """The desk's API, as a caller on the channel phone."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))

    async def ask(self, call_id: str, text: str, message_id: str) -> Answer:
        """The answer to one message. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        waiting = loop.run_in_executor(self._pool, self._post, call_id, text, message_id)
        try:
            return read(await asyncio.wait_for(waiting, settings().desk_timeout + 1))
        except (TimeoutError, requests.RequestException, ValueError, KeyError) as error:
            raise Unavailable(type(error).__name__) from error

    def _post(self, call_id: str, text: str, message_id: str) -> dict[str, Any]:
        answer = self._http.post(
            f"{settings().desk}/api/v1/conversations/{call_id}/messages",
            json={"text": text, "message_id": message_id, "channel": "phone"},
            headers={"Authorization": f"Bearer {desk_settings().api_key}"},
            timeout=settings().desk_timeout,
        )
        if answer.status_code != 200:
            raise ValueError(f"the desk answered {answer.status_code}")
        turn: dict[str, Any] = answer.json()
        return turn


def read(turn: dict[str, Any]) -> Answer:
    """An Answer of the API's Turn. Raises Unavailable for the line that tells of an outage."""
    lines = [line for reply in turn["replies"] for line in str(reply.get("text") or "").splitlines() if line.strip()]
    down = texts.render("talk.outage", "phone")
    if lines == down.splitlines():
        raise Unavailable("outage")
    buttons = [(b["title"], b["payload"]) for reply in turn["replies"] for b in reply.get("buttons") or []]
    handoff = (turn.get("handoff") or {}).get("reason")
    return Answer(lines, buttons, turn.get("asks"), turn.get("handled_by") or "bot", handoff, turn.get("tickets") or [])
