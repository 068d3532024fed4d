"""Whole calls of a night through the real assistant: how many end without a person, how many dangers are missed.

    .venv/bin/python -m bench.nights [--transcripts]

The product runs beside it (its own data, the demo company, its own model); the callers are words instead of sound, so
recogniser and synthesis are not measured. The callers: tests/hotline/data/nights.yml; the dangers: dangers.tsv there.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from desk.channels.hotline.assistant import Desk
from desk.channels.hotline.call import Call
from desk.channels.hotline.records import Records
from desk.channels.hotline.steps import (
    Event,
    Gather,
    GoOn,
    Heard,
    Nothing,
    Pressed,
    Recorded,
    Say,
    Step,
    Transfer,
    Voicemail,
    WentOn,
)
from desk.records import db
from desk.records.models import Call as CallRow
from desk.records.models import Callback, Ticket

DATA = Path(__file__).parent.parent / "tests" / "hotline" / "data"
MOST_TURNS = 30
# What a caller says to a question that the script has no answer of its own for, by words of the question; first fits.
ANSWERS = (
    (r"还有别的要办吗", "没有了谢谢"),
    (r"现在有危险，对吗", "1"),
    (r"正确请按一", "1"),
    (r"尾号.{4,9}请按井号键", "#"),
    (r"什么时候买|哪天买|购买日期", "记不清了"),
    (r"序列号", "没有序列号"),
    (r"联系电话|手机号", "13900005678"),
    (r"到门牌号|上门地址|具体地址|哪个小区", "武汉市洪山区珞喻路十号二栋三零一"),
    (r"什么时候上门|哪天方便|约在", "你们安排"),
    (r"怎么修您方便|上门.{0,12}送修", "上门修"),
    (r"什么产品|哪个产品|哪款", "空调"),
    (r"怎么了|什么问题|哪里坏|什么情况", "不制冷"),
    (r"试.{0,12}(?:好|行|解决|管用)|好了吗|解决了吗", "还是不行"),
    (r"登记，对吗|没问题请按一", "对"),
    (r"是请按一|对吗|吗？", "对"),
)


@dataclass
class Ended:
    """How a call ended."""

    name: str
    wanted: str
    outcome: str
    next: str
    promised: bool
    tickets: list[str]
    said: list[str] = field(default_factory=list)

    @property
    def alone(self) -> bool:
        """Finished without a person: what was wanted is done, nobody has to call back."""
        done = self.outcome == "ticket" if self.wanted == "ticket" else self.outcome in ("answered", "ticket")
        return done and self.next == "hangup" and not self.promised


class Night:
    """Callers, one after the other, on one engine."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._assistant, self._records = Desk(pool), Records(pool)

    async def begin(self, caller: str) -> tuple[Call, list[Step]]:
        """A call that was answered."""
        begun = await self._records.begin(uuid.uuid4().hex, caller, "4008001234")
        call = Call(begun, self._assistant, self._records)
        return call, await call.begin()

    async def call(self, name: str, script: dict[str, Any]) -> Ended:
        """One whole call by its script."""
        call, steps = await self.begin(str(script.get("caller", "13800001234")))
        own = [(re.compile(words), answers) for words, answers in (script.get("answers") or {}).items()]
        opening, said = list(script["says"]), []
        for _ in range(MOST_TURNS):
            steps, heard = await _spoken(call, steps)
            said.append(f"机：{heard}")
            if not isinstance(steps[-1], Gather):
                break
            answer = opening.pop(0) if opening else _answer(heard, own)
            said.append(f"客：{answer or '（不说话）'}")
            steps = await call.take(_event(answer))
        if isinstance(steps[-1], Voicemail):
            await call.take(Recorded(0.0))
            call.next = "voicemail"
        left = call.next
        outcome = await call.end() or ""
        return self._ended(name, script.get("wanted", "ticket"), outcome, left, call.id, said)

    @staticmethod
    def _ended(name: str, wanted: str, outcome: str, left: str, call_id: str, said: list[str]) -> Ended:
        with db.reading() as session:
            talk = session.get_one(CallRow, call_id).conversation_id
            promised = session.query(Callback).filter_by(conversation_id=talk).first() is not None
            tickets = [row.number for row in session.query(Ticket).filter_by(conversation_id=talk)]
        return Ended(name, wanted, outcome, left, promised, tickets, said)

    async def danger(self, text: str) -> str:
        """What a caller with these words gets: alarm, asked, or missed."""
        call, _ = await self.begin("13800001234")
        steps = await call.take(Heard(text))
        _, heard = await _spoken(call, steps)
        held = call.held()["danger"]
        asked = "现在有危险，对吗" in heard or ("有人受伤" in heard and heard.endswith("？"))
        await call.end()
        return "alarm" if held else "asked" if asked or "先保证安全" in heard else "missed"


async def _spoken(call: Call, steps: list[Step]) -> tuple[list[Step], str]:
    heard = [step.text for step in steps if isinstance(step, Say)]
    while isinstance(steps[-1], GoOn):
        steps = await call.take(WentOn())
        heard += [step.text for step in steps if isinstance(step, Say)]
    for text in heard:
        call.spoke(text)
    if isinstance(steps[-1], Transfer):
        heard.append(f"（转给 {steps[-1].to}）")
    if isinstance(steps[-1], Voicemail):
        heard.append("（留言）")
    return steps, "".join(heard)


def _answer(heard: str, own: list[tuple[re.Pattern[str], Any]]) -> str | None:
    """By the newest question: the last words that any answer knows."""
    for words, answers in own:
        if words.search(heard):
            return str(answers.pop(0) if isinstance(answers, list) and len(answers) > 1 else
                       answers[0] if isinstance(answers, list) else answers)
    return next((answer for words, answer in ANSWERS if re.search(words, heard)), None)


def _event(answer: str | None) -> Event:
    if answer is None:
        return Nothing()
    keys = re.fullmatch(r"[\d*]{1,16}#?|#", answer)
    return Pressed(answer.rstrip("#") or "#") if keys else Heard(answer)


async def _nights(pool: ThreadPoolExecutor, transcripts: bool) -> None:
    scripts = yaml.safe_load((DATA / "nights.yml").read_text("utf-8"))
    night, ended = Night(pool), []
    for name, script in scripts.items():
        ended.append(await night.call(name, script))
        one = ended[-1]
        mark = "✓" if one.alone else "✗"
        print(f"{mark} {name}: {one.outcome} →{one.next}{' 回电' if one.promised else ''} {' '.join(one.tickets)}")
        if transcripts or not one.alone:
            print("\n".join(f"    {line}" for line in one.said))
    alone = sum(one.alone for one in ended)
    print(f"| calls | {len(ended)} |\n| --- | --- |")
    print(f"| finished without a person | {alone} ({alone / len(ended):.0%}) |")


async def _dangers(pool: ThreadPoolExecutor, file: Path) -> None:
    rows = [line.split("\t") for line in file.read_text("utf-8").splitlines() if line]
    night = Night(pool)
    got = [(kind, text, await night.danger(text)) for kind, text in rows]
    for kind, text, result in got:
        if result == "missed":
            print(f"missed ({kind}): {text}")
    found = sum(result != "missed" for _, _, result in got)
    alarms = sum(result == "alarm" for _, _, result in got)
    print(f"| spoken dangers | {len(rows)} |\n| --- | --- |\n| noticed | {found} ({found / len(rows):.1%}) |")
    print(f"| of these alarmed without a question | {alarms} |")


def main() -> None:
    """Both tables, against the product that AFTERCARE_HOTLINE_DESK_URL and AFTERCARE_DATA_DIR name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--transcripts", action="store_true")
    parser.add_argument("--dangers", type=Path, default=DATA / "dangers.tsv")
    parser.add_argument("--only", choices=["nights", "dangers"])
    given = parser.parse_args()
    calls_of = ThreadPoolExecutor(8)
    with calls_of as pool:
        if given.only != "nights":
            asyncio.run(_dangers(pool, given.dangers))
        if given.only != "dangers":
            asyncio.run(_nights(pool, given.transcripts))


if __name__ == "__main__":
    main()
