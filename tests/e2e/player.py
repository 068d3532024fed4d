"""Plays a scripted customer and reads back what came of it.

A scenario is a YAML mapping: `id`, `title`, `channel` (rest, wechat, web, phone), `now`, `world` (sheets as for an
import), `turns` and `expect`. A turn is a line that is sent in its order, or `{asked: NAME, say: LINE}` and
`{offered: NAME, say: LINE}`, which answer the first reply that asks for or offers it, once. A question that no turn
answers is answered from `knows` (by the name of the question), else with 不清楚. In texts `{sender}` is the
conversation's sender.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.product import Product

MOST_ANSWERS = 14
COMMON = {
    "confirm": "对的",
    "service_mode": "上门吧",
    "visit_time": "你们安排就行",
    "existing_ticket": "新的问题",
    "injury": "没有人受伤",
    "opened": "没有",
}


@dataclass
class Played:
    """What happened: lines heard, tickets touched, decisions, whether a person was called in, the callback."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    handoffs: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    callback: dict[str, Any] | None = None

    @property
    def said(self) -> str:
        return "\n".join(answer for _, answer in self.heard)


def play(product: Product, scenario: dict[str, Any]) -> Played:
    """Fill the world, talk, and keep what came of it."""
    sender = f"e2e-{scenario['id']}"
    product.reset(scenario["now"])
    world = {
        name: [{key: str(value).replace("{sender}", sender) for key, value in row.items()} for row in rows]
        for name, rows in (scenario.get("world") or {}).items()
    }
    product.fill(world)
    played = Played()
    knows = {**COMMON, **(scenario.get("knows") or {})}
    waiting = [turn for turn in scenario["turns"] if isinstance(turn, dict) and ("asked" in turn or "offered" in turn)]
    plain = [turn for turn in scenario["turns"] if turn not in waiting]
    for number, line in enumerate(plain):
        if isinstance(line, dict):
            product.call("PUT", "/test/clock", json={"now": line["clock"]})
            continue
        turn = _say(product, scenario, sender, line, played)
        last = not any(isinstance(later, str) for later in plain[number + 1 :])
        for _ in range(MOST_ANSWERS):
            if turn["handled_by"] != "bot":
                break
            answer = _answer(turn, waiting)
            if answer is None:
                if not last or not turn["asks"]:
                    break
                answer = str(knows.get(turn["asks"], "不清楚"))
            turn = _say(product, scenario, sender, answer, played)
    return played


def _say(product: Product, scenario: dict[str, Any], sender: str, text: str, played: Played) -> dict[str, Any]:
    number = len(played.heard) + 1
    turn = product.say(sender, text, f"{sender}-{number}", scenario.get("channel", "rest"))
    played.heard.append((text, "\n".join(reply["text"] for reply in turn["replies"])))
    played.touched += [ticket for ticket in turn["tickets"] if ticket not in played.touched]
    played.states.append(turn["handled_by"])
    if turn.get("asks"):
        played.asked.append(turn["asks"])
    if turn.get("decision"):
        played.decisions.append(turn["decision"])
    if turn.get("handoff"):
        played.handoffs.append(turn["handoff"]["reason"])
    played.callback = turn.get("callback") or played.callback
    return turn


def _answer(turn: dict[str, Any], waiting: list[dict[str, Any]]) -> str | None:
    for one in waiting:
        if (one.get("asked") == turn["asks"] and turn["asks"]) or one.get("offered") in (turn.get("offers") or []):
            waiting.remove(one)
            return str(one["say"])
    return None


def check(product: Product, scenario: dict[str, Any], played: Played) -> list[str]:
    """What is not as expected, in words; empty when all is."""
    expect, wrong = scenario["expect"], []
    old = {str(row["number"]) for row in (scenario.get("world") or {}).get("tickets", [])}
    new = [product.call("GET", f"/tickets/{number}") for number in played.touched if number not in old]
    count = expect.get("tickets", 0)
    low, high = count if isinstance(count, list) else (count, count)
    if not low <= len(new) <= high:
        wrong.append(f"{len(new)} tickets opened, not {count}")
    for fields in expect.get("ticket", []) if isinstance(expect.get("ticket"), list) else [expect.get("ticket") or {}]:
        wrong += _ticket(fields, new) if new else ([f"no ticket with {fields}"] if fields and low else [])
    wrong += _outcome(expect, played, new)
    for number, facts in (expect.get("existing") or {}).items():
        wrong += _existing(product.call("GET", f"/tickets/{number}"), facts)
    for text in expect.get("never", []):
        if _stands(str(text), played.said):
            wrong.append(f"said {text!r}")
    for text in expect.get("says", []):
        if not re.search(str(text), played.said):
            wrong.append(f"never said {text!r}")
    for name in expect.get("not_asked", []):
        if name in played.asked:
            wrong.append(f"asked for {name}")
    for name in set(played.asked):
        if expect.get("ask_once", True) and name in ("name", "purchase_date") and played.asked.count(name) > 3:
            wrong.append(f"asked {played.asked.count(name)} times for {name}")
    return wrong


def _outcome(expect: dict[str, Any], played: Played, new: list[dict[str, Any]]) -> list[str]:
    wrong = []
    covers = [decision.get("coverage") for decision in played.decisions]
    covers += [(ticket.get("decision") or {}).get("coverage") for ticket in new]
    if "coverage" in expect and expect["coverage"] not in covers:
        wrong.append(f"coverage {covers}, not {expect['coverage']}")
    handed = bool(played.handoffs) or any(state != "bot" for state in played.states)
    if "person" in expect and expect["person"] != bool(handed or (expect["person"] and played.callback)):
        wrong.append(f"person called in: {handed}, callback {played.callback}")
    if "reason" in expect and expect["reason"] not in played.handoffs:
        wrong.append(f"handoff reasons {played.handoffs}, not {expect['reason']}")
    if "callback" in expect:
        want, got = expect["callback"], played.callback
        if want is None and got is not None:
            wrong.append(f"callback {got}")
        if want and (got is None or any(str(value) not in str(got.get(key)) for key, value in want.items())):
            wrong.append(f"callback {got}, not {want}")
    return wrong


def _ticket(fields: dict[str, Any], tickets: list[dict[str, Any]]) -> list[str]:
    best: list[str] | None = None
    for ticket in tickets:
        wrong = []
        for name, want in fields.items():
            got = ticket.get(name)
            allowed = want if isinstance(want, list) else [want]
            if name == "symptom":
                fits = any(_bare(one) in _bare(got) for one in allowed)
            elif name in ("visit_time",):
                fits = any(str(got or "").startswith(str(one or "")) and bool(got) == bool(one) for one in allowed)
            elif name == "address":
                fits = any(_bare(one) in _bare(got) for one in allowed)
            else:
                fits = got in allowed
            if not fits:
                wrong.append(f"{name} is {got!r}, not {want!r}")
        if best is None or len(wrong) < len(best):
            best = wrong
    return best or []


def _existing(ticket: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    wrong = []
    for name, want in facts.items():
        if name == "events":
            if len(ticket["events"]) < want:
                wrong.append(f"{ticket['number']} has {len(ticket['events'])} events, not {want}")
        elif ticket.get(name) not in (want if isinstance(want, list) else [want]) and not (
            name == "visit_time" and str(ticket.get(name) or "").startswith(str(want))
        ):
            wrong.append(f"{ticket['number']}: {name} is {ticket.get(name)!r}, not {want!r}")
    return wrong


def _stands(text: str, said: str) -> bool:
    """Whether `text` was said; a number only as a whole number."""
    if text.isdigit():
        return bool(re.search(rf"(?<!\d){text}(?!\d)", said))
    return _bare(text) in _bare(said)


def _bare(text: object) -> str:
    return re.sub(r"[\s,，。、\-—()（）]", "", str(text or ""))


def transcript(played: Played) -> str:
    """The conversation, to be read when something is not as it should be."""
    return "\n".join(f"客户: {line}\n助手: {answer}" for line, answer in played.heard)
