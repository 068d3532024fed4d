"""How fast the rules decide, on one core. Prints one table.

    .venv/bin/python bench/rules.py
"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from desk.rules.calendars import BEIJING, default_calendar
from desk.rules.severity import assess
from desk.rules.sla import Pause, deadlines, default_levels
from desk.rules.warranty import decide, default_policy, parse_input

CASES = Path(__file__).parents[1] / "tests" / "rules" / "cases" / "warranty.jsonl"
SECONDS = 1.0
ROUNDS = 3


def per_second(work: Callable[[], int]) -> float:
    """The best of some rounds of calling `work`, which says how many things it did, in processor time."""
    best = 0.0
    for _ in range(ROUNDS):
        done, start = 0, time.process_time()
        while time.process_time() - start < SECONDS / ROUNDS:
            done += work()
        best = max(best, done / (time.process_time() - start))
    return best


def main() -> None:
    policy, calendar, levels = default_policy(), default_calendar(), default_levels()
    raw = [json.loads(line)["input"] for line in CASES.read_text("utf-8").splitlines()]
    inputs = [parse_input(data) for data in raw]
    moments = [datetime(2026, 1, 1, 8, tzinfo=BEIJING) + timedelta(minutes=617 * n) for n in range(500)]
    codes = ("STD-L1", "STD-L2", "CITY-1H", "RAPID-4H", "HOME")
    clock = calendar.working_time("service")
    start, hour = 46 * 365 * 86_400_000_000, 3_600_000_000

    def decisions() -> int:
        for item in inputs:
            decide(item, policy, calendar)
        return len(inputs)

    def explained() -> int:
        for item in inputs:
            decide(item, policy, calendar).to_dict()
        return len(inputs)

    def parsed() -> int:
        for data in raw:
            parse_input(data)
        return len(raw)

    def milestones() -> int:
        for index, moment in enumerate(moments):
            deadlines(codes[index % 5], "B", moment, visit_at=moment, calendar=calendar, levels=levels)
        return len(moments)

    def paused() -> int:
        for moment in moments:
            pauses = [Pause(moment + timedelta(hours=1), moment + timedelta(hours=30), "waiting_customer")]
            deadlines("STD-L2", "C", moment, pauses=pauses, calendar=calendar, levels=levels)
        return len(moments)

    def ahead(hours: int) -> Callable[[], int]:
        def work() -> int:
            for index in range(500):
                clock.add(start + index * hour, hours * hour)
            return 500

        return work

    def severities() -> int:
        for _ in range(100):
            assess("空调开机十来分钟自己就停，遥控按了没反应")
        return 100

    day, year = per_second(ahead(9)), per_second(ahead(9 * 250))
    rows = [
        ("warranty: decisions", per_second(decisions), "20,000"),
        ("warranty: decisions in words, as JSON", per_second(explained), ""),
        ("warranty: inputs read and checked", per_second(parsed), ""),
        ("deadlines: tickets", per_second(milestones), "50,000"),
        ("deadlines: tickets with a pause", per_second(paused), ""),
        ("working time: a day ahead", day, ""),
        ("working time: a year ahead", year, f"{day / 2:,.0f}"),
        ("severities", per_second(severities), ""),
    ]
    print(f"| {'what':<38} | {'a second':>10} | {'at least':>10} |")
    print(f"| {'-' * 38} | {'-' * 9}: | {'-' * 9}: |")
    for what, speed, floor in rows:
        print(f"| {what:<38} | {speed:>10,.0f} | {floor:>10} |")


if __name__ == "__main__":
    main()
