"""What holds for all questions, tried on many."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.rules.calendars import BEIJING, add_working_time, default_calendar
from desk.rules.places import SHIPPED
from desk.rules.sla import Levels, Pause, answer_request, deadlines, default_levels, load_levels
from desk.rules.versions import Versions
from desk.rules.warranty import Decision, Policy, decide, default_policy, load_policy, parse_input
from desk.rules.warranty.model import DECISIONS, EXCLUSIONS, PAYERS

CATEGORIES = {
    "home_appliance": ["电冰箱", "洗衣机", "液晶电视", "电饭煲"],
    "micro_computer": ["微型计算机"],
    "mobile_phone": ["手机主机", "手机电池", "手机充电器"],
    "car": ["乘用车"],
    "agricultural": ["大中型拖拉机", "联合收割机", "插秧机"],
    "contract": ["服务器"],
    "other": ["路由器"],
}
PARTS = [None, "主板", "压缩机", "显示屏", "变速器", "机体", "电池", "外壳"]
DAYS = st.dates(date(2005, 1, 1), date(2030, 12, 31))
many = settings(max_examples=120, deadline=None, derandomize=True)


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    category = draw(st.sampled_from(sorted(CATEGORIES)))
    bought = draw(DAYS)
    report = bought + timedelta(draw(st.integers(0, 1500)))
    repairs = []
    for _ in range(draw(st.integers(0, 4))):
        received = bought + timedelta(draw(st.integers(0, (report - bought).days)))
        back = draw(st.none() | st.integers(0, 120))
        repairs.append(
            {
                "in": received.isoformat(),
                "out": None if back is None else (received + timedelta(back)).isoformat(),
                "same_fault": draw(st.booleans()),
                "delay": draw(st.sampled_from([None, "parts", "repairer"])),
            }
        )
    flags = "invoice card copy other_proof refuse_other refuse_exchange consumable".split()
    return {
        "category": category,
        "product": draw(st.sampled_from(CATEGORIES[category])),
        "part": draw(st.sampled_from(PARTS)),
        "purchase_date": bought.isoformat(),
        "delivery_date": (bought + timedelta(draw(st.integers(0, 10)))).isoformat(),
        "report_date": report.isoformat(),
        "repairs": repairs,
        "price": draw(st.none() | st.integers(0, 500_000)),
        "mileage_km": draw(st.none() | st.integers(0, 70_000)),
        "contract_months": draw(st.none() | st.integers(1, 60)),
        "fault": {"performance": draw(st.sampled_from([True, True, False, None]))},
        "exclusions": {
            "established": draw(st.sampled_from([None, None, None, *EXCLUSIONS])),
            "claimed": draw(st.sampled_from([None, None, *EXCLUSIONS])),
        },
        "promised_until": draw(st.none() | st.just((bought + timedelta(draw(st.integers(0, 2000)))).isoformat())),
        **{flag: draw(st.booleans()) for flag in flags},
    }


def judged(data: dict[str, Any]) -> Decision:
    return decide(parse_input(data), default_policy(), default_calendar())


@many
@given(questions())
def test_every_question_gets_a_whole_answer(data: dict[str, Any]) -> None:
    answer = judged(data).to_dict()

    assert answer["decisions"] and answer["primary"] == answer["decisions"][0]
    assert set(answer["decisions"]) <= set(DECISIONS) and answer["payer"] in PAYERS
    assert answer["coverage"] in ("in", "out", "excluded", "unknown")
    assert answer["sentence"].endswith("。") and "None" not in answer["sentence"]
    assert "None" not in answer["derivation"]
    assert answer["confidence"] in ("H", "M", "L", "?")


@many
@given(questions(), st.randoms())
def test_order_of_repairs_does_not_matter(data: dict[str, Any], random: Any) -> None:
    mixed = list(data["repairs"])
    random.shuffle(mixed)
    one, two = judged(data), judged({**data, "repairs": mixed})

    for name in ("decisions", "reason_code", "payer", "warranty_end", "repair_days_excluded", "in_period"):
        assert getattr(one, name) == getattr(two, name)


@many
@given(questions(), st.integers(0, 60))
def test_more_days_in_repair_never_shorten_cover(data: dict[str, Any], more: int) -> None:
    repair = {"in": data["purchase_date"], "out": data["purchase_date"]}
    longer = {**repair, "out": (date.fromisoformat(data["purchase_date"]) + timedelta(more)).isoformat()}
    short = judged({**data, "repairs": [*data["repairs"], repair]})
    long = judged({**data, "repairs": [*data["repairs"], longer]})

    assert short.repair_days_excluded <= long.repair_days_excluded
    if short.warranty_end is not None:
        assert long.warranty_end is not None and short.warranty_end <= long.warranty_end


@many
@given(questions())
def test_cover_never_ends_before_the_law_or_a_promise(data: dict[str, Any]) -> None:
    promised = judged(data)
    law = judged({**data, "promised_until": None})

    if law.warranty_end is not None:
        assert promised.warranty_end is not None and promised.warranty_end >= law.warranty_end
    if data["promised_until"] and data["part"] != "电池":
        assert str(promised.warranty_end) >= data["promised_until"]


@many
@given(questions())
def test_the_last_day_is_a_working_day_unless_promised(data: dict[str, Any]) -> None:
    found = judged(data)

    if found.warranty_end is not None and not found.promise_fixed:
        assert found.warranty_end_raw is not None and found.warranty_end >= found.warranty_end_raw
        assert default_calendar().works(found.warranty_end.toordinal())


@many
@given(questions())
def test_better_papers_never_take_an_option_away(data: dict[str, Any]) -> None:
    rank = {"out": 0, "unknown": 0, "excluded": 0, "in": 1}
    poor = judged({**data, "invoice": False, "card": False, "copy": False, "other_proof": False})
    rich = judged({**data, "invoice": True, "card": True})

    if poor.coverage == "in" and rich.start_from == poor.start_from:
        assert rank[rich.coverage] >= rank[poor.coverage]
        assert ("RETURN" in rich.decisions) >= ("RETURN" in poor.decisions)


@many
@given(questions())
def test_the_stored_inputs_give_the_same_decision(data: dict[str, Any]) -> None:
    found = judged(data)

    assert judged(found.to_dict()["inputs"]) == found


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=BEIJING))
LEVELS = st.sampled_from([*default_levels().levels, *default_levels().plans])


@many
@given(LEVELS, st.sampled_from("ABC"), MOMENTS)
def test_deadlines_are_never_before_the_report(level: str, severity: str, created: datetime) -> None:
    found = deadlines(level, severity, created, visit_at=created)

    assert all(due >= created for due in found.due().values())
    assert found.to_dict()["level"] in default_levels().levels


SPANS = st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 6000)), max_size=4)


@many
@given(LEVELS, st.sampled_from("ABC"), MOMENTS, SPANS)
def test_pausing_never_shortens_a_deadline(
    level: str, severity: str, created: datetime, spans: list[tuple[int, int]]
) -> None:
    pauses = [
        Pause(created + timedelta(minutes=start), created + timedelta(minutes=start + length), "waiting_customer")
        for start, length in spans
    ]
    plain = deadlines(level, severity, created, visit_at=created).due()
    paused = deadlines(level, severity, created, visit_at=created, pauses=pauses).due()

    assert all(paused[name] >= due for name, due in plain.items())
    more = deadlines(level, severity, created, visit_at=created, pauses=[*pauses, *pauses[:1]]).due()
    assert more == paused


@many
@given(MOMENTS, st.integers(0, 100_000), st.integers(0, 5_000), st.sampled_from(["service", "agents", "visits"]))
def test_working_time_adds_up(start: datetime, minutes: int, more: int, hours: str) -> None:
    def after(moment: datetime, spent: int) -> datetime:
        return add_working_time(moment, timedelta(minutes=spent), hours)

    once = after(start, minutes)
    assert start <= once <= after(start, minutes + more)
    assert after(once, more) in (after(start, minutes + more), after(after(start, minutes + more), 0))


@many
@given(MOMENTS, st.integers(1, 6000), st.sampled_from("BC"))
def test_a_worse_severity_never_moves_a_deadline_back(created: datetime, minutes: int, severity: str) -> None:
    changed = [(created + timedelta(minutes=minutes), "A")]
    before = deadlines("STD", severity, created).due()
    after = deadlines("STD", severity, created, severity_changes=changed).due()

    assert all(after[name] <= due for name, due in before.items())


@many
@given(LEVELS, st.sampled_from("ABC"), MOMENTS)
def test_the_request_form_gives_the_same(level: str, severity: str, created: datetime) -> None:
    request = {"profile": level, "severity": severity, "created_at": created.isoformat()}

    assert answer_request(request) == deadlines(level, severity, created).to_dict()


CHANGED_FROM = date(2016, 3, 5)
CHANGES = {
    "warranty/common.yml": "release: new, roll_over: {value: false}, burden_months: {value: 3}",
    "warranty/home_appliance.yml": "windows: [{code: D7, days: 60}], repair_guarantee_days: null",
    "warranty/mobile_phone.yml": "repeat: {times: 1}, proof: {factory_days: 10}",
    "warranty/car.yml": "car: {warranty_km: 90000, early_days: 90}, exclude_repairs: false",
    "sla.yml": "levels: {HOME: {milestones: {response: {minutes: 5}}}, STD-L2: {milestones: {arrival: {minutes: 9}}}}",
}


@cache
def changed() -> tuple[Policy, Versions[Levels]]:
    """The shipped rules with a version from CHANGED_FROM on that changes a lot."""
    with TemporaryDirectory() as folder:
        own = Path(folder)
        (own / "warranty").mkdir()
        for name, what in CHANGES.items():
            text = re.sub("(?m)^effective_from: .*", "effective_from: 1990-01-01", (SHIPPED / name).read_text("utf-8"))
            head = f"effective_from: {CHANGED_FROM}, source: 公司, confidence: H"
            (own / name).write_text(f"{text}\nversions:\n  - {{{head}, {what}}}\n", "utf-8")
        return load_policy(own), load_levels(own)


@many
@given(questions())
def test_a_later_version_changes_nothing_for_what_was_bought_before(data: dict[str, Any]) -> None:
    before, after = judged(data), decide(parse_input(data), changed()[0], default_calendar())

    if date.fromisoformat(data["purchase_date"]) < CHANGED_FROM:
        assert after == before and after.policy_version == before.policy_version
    else:
        assert after.policy_version.startswith("new/")


@many
@given(DAYS, st.integers(0, 86_399), st.sampled_from(["HOME", "STD", "STD-L2", "RAPID-4H"]), st.sampled_from("ABC"))
def test_a_later_version_moves_no_deadline_of_what_was_reported_before(
    day: date, second: int, level: str, severity: str
) -> None:
    at = datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(seconds=second)
    shipped, new = default_levels(day), changed()[1].on(day)
    before = deadlines(level, severity, at, visit_at=at, levels=shipped)
    after = deadlines(level, severity, at, visit_at=at, levels=new)

    if day < CHANGED_FROM:
        assert after.due() == before.due()
    else:
        assert after.policy_version == f"sla@{CHANGED_FROM}"
        assert all(after.due()[name] <= due for name, due in before.due().items())
