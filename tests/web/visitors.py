"""Visitors of the website on a bad network, who keep a message until the desk has it and ask by number for answers."""

import random
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.faults import Tally

PATIENCE = 600.0
_SAID = re.compile(r"\d+ 号第 \d+ 句")


class Visitor:
    """Sends `each` lines, one after the other, to whichever desk the balancer picks, with faults on the way."""

    def __init__(
        self, number: int, each: int, desks: Callable[[], str], tally: Tally, doubles: ThreadPoolExecutor
    ) -> None:
        self.number, self.chance, self._desk, self._tally = number, random.Random(number), desks, tally
        self.said = [f"{number} 号第 {line} 句" for line in range(each)]
        self.lines: list[dict[str, Any]] = []
        self._doubles, self._http, self._token = doubles, requests.Session(), ""
        self._http.trust_env = False
        self._address = f"10.0.{number // 250}.{number % 250}"

    def run(self) -> None:
        """Say everything; what is answered meanwhile is read now and then."""
        self._begin()
        for line in range(len(self.said)):
            self._say(line)
            if self.chance.random() < 0.3:
                self.look()

    def look(self) -> None:
        """Ask for what came after the last line seen; an answer that is lost changes nothing."""
        after = self.lines[-1]["seq"] if self.lines else 0
        try:
            answer = self._http.get(
                f"{self._desk()}/chat/messages", params={"after": after, "wait": "false"}, headers=self._headers(),
                timeout=20,
            )
        except requests.RequestException:
            return
        if answer.status_code == 200 and not self._happens("answer to a look lost", 0.1):
            self.lines += answer.json()["messages"]

    def answered(self) -> list[str]:
        """Of what this visitor said, what was answered, in the order of the answers."""
        return [said for line in self.lines if line["author"] == "bot" for said in _SAID.findall(line["text"])]

    def _say(self, line: int) -> None:
        body = {"id": f"{self.number:04}-{line:04}", "text": self.said[line]}
        if self._happens("request dropped", 0.05):
            time.sleep(0.05)
        if self._happens("request delayed", 0.1):
            time.sleep(self.chance.uniform(0, 0.3))
        if self._happens("session token forged on the way", 0.02):
            answer = self._post("messages", body, token=f"{self._token[:-4]}AAAA")
            assert answer is None or answer.status_code in (401, 429), answer.text
            self._begin()
        if self._happens("sent twice at the same moment", 0.08):
            self._doubles.submit(self._post, "messages", body)
        if self._happens("desk's answer lost", 0.08):
            self._post("messages", body, timeout=0.01)
        if self._happens("proxy answered 500 for the desk", 0.05):
            self._post("messages", body)
        self._until_taken("messages", body)
        if line and self._happens("an earlier message came again behind", 0.08):
            earlier = self.chance.randrange(line)
            self._until_taken("messages", {"id": f"{self.number:04}-{earlier:04}", "text": self.said[earlier]})

    def _begin(self) -> None:
        self._token = self._until_taken("session", {"token": self._token}).json()["token"]

    def _headers(self, token: str = "") -> dict[str, str]:
        return {"Authorization": f"Bearer {token or self._token}", "X-Forwarded-For": self._address}

    def _post(
        self, path: str, body: dict[str, str], *, token: str = "", timeout: float = 20
    ) -> requests.Response | None:
        try:
            return requests.post(
                f"{self._desk()}/chat/{path}", json=body, headers=self._headers(token), timeout=timeout
            )
        except requests.RequestException:
            return None

    def _until_taken(self, path: str, body: dict[str, str]) -> requests.Response:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._post(path, body)
            if answer is None:
                self._tally("no connection, or cut by a killed desk")
                time.sleep(0.2)
            elif answer.status_code < 300:
                return answer
            else:
                assert answer.status_code == 429 or answer.status_code >= 500, answer.text
                self._tally(f"desk answered {answer.status_code}")
                time.sleep(min(2.0, float(answer.headers.get("Retry-After", 1))))
        raise AssertionError("not taken in time")

    def _happens(self, what: str, share: float) -> bool:
        if self.chance.random() >= share:
            return False
        self._tally(what)
        return True
