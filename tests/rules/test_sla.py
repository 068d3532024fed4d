"""Deadlines: clocks, pauses, changes of severity, and how they stand."""

from pathlib import Path
from typing import Any

import pytest

from desk.rules.calendars import BEIJING, default_calendar
from desk.rules.errors import RuleInputError
from desk.rules.sla import Milestones, Pause, answer_request, deadlines, default_levels, load_levels, standings
from desk.rules.yamlfile import PolicyError
from tests.rules.build import at

TUESDAY = at("2026-03-10 10:00")
GENERAL_AND_COMPLEX = {"fix_general": "03-10 11:00", "fix_complex": "03-11 01:00"}
SLA = (Path(__file__).parents[2] / "desk/rules/policy/sla.yml").read_text("utf-8")


def shown(milestones: Milestones) -> dict[str, str]:
    return {name: f"{due.astimezone(BEIJING):%m-%d %H:%M}" for name, due in milestones.due().items()}


@pytest.mark.parametrize(
    ("level", "created", "expected"),
    [
        ("HOME", "03-10 10:00", {"response": "03-10 10:30"}),
        ("HOME", "03-10 17:00", {"response": "03-11 08:30"}),
        ("STD-L1", "03-14 02:15", {"response": "03-14 02:45", "arrival": "03-14 04:15"}),
        ("STD-L2", "03-13 16:50", {"response": "03-16 08:20", "arrival": "03-16 11:50"}),
        ("RAPID-4H", "03-14 23:00", {"response": "03-14 23:30", "arrival": "03-15 01:00", "fix": "03-15 03:00"}),
        ("SERVER-8H", "03-14 23:00", {"response": "03-15 01:00", "arrival": "03-15 07:00"}),
        ("STANDARD-16H", "03-14 23:00", {"response": "03-15 00:00", "arrival": "03-15 15:00", "fix": "03-15 23:00"}),
        ("SWAP-12H", "03-14 23:00", {"response": "03-15 03:00", "arrival": "03-15 07:00", "fix": "03-15 11:00"}),
        ("CITY-1H", "03-14 17:30", {"response": "03-14 18:00", "arrival": "03-15 08:30", "fix": "03-15 17:30"}),
        ("CITY-1H", "03-14 18:00", {"response": "03-14 18:30", "arrival": "03-15 09:00", "fix": "03-15 18:00"}),
        ("DUTY-8H", "03-14 23:00", {"response": "03-14 23:00", "arrival": "03-15 07:00", "fix": "03-15 23:00"}),
        ("METRO-30M", "03-10 09:00", {"arrival": "03-10 09:30", **GENERAL_AND_COMPLEX}),
        ("TOWN-2H", "03-10 09:00", {"arrival": "03-10 11:00", **GENERAL_AND_COMPLEX}),
        ("EMERGENCY", "03-10 16:59", {"arrival": "03-10 20:59"}),
        ("EMERGENCY", "03-10 17:00", {"arrival": "03-10 23:00"}),
        ("EMERGENCY", "03-14 10:00", {"arrival": "03-14 16:00"}),
        ("AGRI", "03-13 16:50", {"arranged": "03-13 18:50", "inspect_progress": "03-13 20:50"}),
        ("AGRI-DISPATCH", "03-13 16:50", {"arranged": "03-13 18:50", "inspect_progress": "03-13 20:50"}),
        ("RESOLVE-24H", "03-13 16:50", {"resolve_or_plan": "03-14 16:50"}),
    ],
)
def test_levels(level: str, created: str, expected: dict[str, str]) -> None:
    assert shown(deadlines(level, "B", at(f"2026-{created}"))) == expected


def test_without_a_contract_the_arrival_is_the_agreed_visit() -> None:
    visit = at("2026-03-12 14:00")

    assert deadlines(None, "A", TUESDAY).level == "HOME"
    assert deadlines(None, "A", TUESDAY).arrival_due is None
    assert deadlines(None, "A", TUESDAY, visit_at=visit).arrival_due == visit


@pytest.mark.parametrize("mode", ["carry_in", "mail_in", "pickup"])
def test_goods_that_are_brought_have_no_arrival(mode: str) -> None:
    found = deadlines("HOME", "B", TUESDAY, visit_at=TUESDAY, service_mode=mode)

    assert (found.arrival_due, found.after_breach) == (None, None)
    assert deadlines("RAPID-4H", "B", TUESDAY, service_mode=mode).arrival_due is None
    assert deadlines("RAPID-4H", "B", TUESDAY, service_mode="on_site").arrival_due is not None


def test_plan_chooses_by_severity() -> None:
    assert [deadlines("STD", severity, TUESDAY).level for severity in "ABC"] == ["STD-L1", "STD-L1", "STD-L2"]


def test_level_one_arrival_counts_from_the_diagnosis_and_the_response_from_the_report() -> None:
    found = deadlines("STD-L1", "A", TUESDAY, diagnosed_at=at("2026-03-10 10:25"))

    assert shown(found) == {"response": "03-10 10:30", "arrival": "03-10 12:25"}
    assert shown(deadlines("STD-L2", "C", TUESDAY, diagnosed_at=at("2026-03-10 10:25")))["arrival"] == "03-10 14:00"


def test_after_a_breach() -> None:
    found = deadlines("SWAP-12H", "B", TUESDAY)

    assert (found.after_of, found.after_action) == ("fix", "exchange")
    assert found.after_breach == "12小时未排除→直接更换新设备"


def pause(start: str, end: str | None, reason: str = "waiting_customer") -> Pause:
    return Pause(at(f"2026-03-{start}"), None if end is None else at(f"2026-03-{end}"), reason)


@pytest.mark.parametrize(
    ("pauses", "arrival"),
    [
        ([pause("10 11:00", "10 12:00")], "03-10 15:00"),
        ([pause("10 18:00", "11 07:00")], "03-10 14:00"),
        ([pause("10 11:00", "11 09:00")], "03-11 12:00"),
        ([pause("10 11:00", "10 12:00"), pause("10 11:30", "10 12:30")], "03-10 15:30"),
        ([pause("10 12:00", "10 13:00"), pause("10 10:30", "10 11:00")], "03-10 15:30"),
        ([pause("10 09:00", "10 10:30")], "03-10 14:30"),
        ([pause("10 08:00", "10 09:00")], "03-10 14:00"),
        ([pause("10 11:00", "10 12:00", "waiting_parts")], "03-10 14:00"),
        ([pause("10 14:00", None)], "03-10 14:00"),
        ([pause("10 13:59", None)], None),
        ([pause("10 13:00", "10 14:00"), pause("10 13:30", None)], None),
        ([pause("10 11:00", None), pause("10 12:00", "10 13:00")], None),
    ],
)
def test_pauses_in_working_time(pauses: list[Pause], arrival: str | None) -> None:
    found = deadlines("STD-L2", "C", TUESDAY, pauses=pauses)

    assert shown(found).get("arrival") == arrival
    assert shown(found)["response"] == "03-10 10:30"
    assert found.paused is (arrival is None)


def test_pauses_in_natural_time() -> None:
    parts = [pause("10 11:00", "11 11:00", "waiting_parts")]

    assert shown(deadlines("RAPID-4H", "B", TUESDAY, pauses=parts)) == {
        "response": "03-10 10:30",
        "arrival": "03-10 12:00",
        "fix": "03-11 14:00",
    }


def test_a_pause_that_stops_everything(tmp_path: Path) -> None:
    text = SLA.replace("pauses:\n", "pauses:\n  storm: {name: 台风, stops: [all]}\n")
    (tmp_path / "sla.yml").write_text(text, "utf-8")
    levels = load_levels(tmp_path).on(TUESDAY.date())

    found = deadlines("STD-L2", "C", TUESDAY, pauses=[pause("10 10:10", "10 11:10", "storm")], levels=levels)
    assert shown(found) == {"response": "03-10 11:30", "arrival": "03-10 15:00"}


def test_a_worse_severity_starts_the_better_clocks_at_the_change() -> None:
    change = [(at("2026-03-10 11:00"), "A")]
    found = deadlines("STD", "C", TUESDAY, severity_changes=change)

    assert (found.level, found.severity) == ("STD-L1", "A")
    assert shown(found) == {"response": "03-10 10:30", "arrival": "03-10 13:00"}


def test_a_change_never_moves_a_promise_in_the_wrong_direction() -> None:
    friday = at("2026-03-13 16:50")
    up = deadlines("STD-L2", "C", friday, severity_changes=[(at("2026-03-16 11:00"), "A")])
    down = deadlines("STD", "A", friday, severity_changes=[(at("2026-03-13 17:00"), "C")])
    same = deadlines("STD", "A", friday, severity_changes=[(at("2026-03-13 17:00"), "B")])
    fixed = deadlines("RAPID-4H", "C", friday, severity_changes=[(at("2026-03-13 17:00"), "A")])

    assert shown(up) == {"response": "03-16 08:20", "arrival": "03-16 11:50"}
    assert shown(down) == {"response": "03-16 08:20", "arrival": "03-16 11:50"}
    assert (same.severity, shown(same)["arrival"]) == ("B", "03-13 18:50")
    assert (fixed.severity, shown(fixed)) == ("A", shown(deadlines("RAPID-4H", "C", friday)))


def test_changes_of_a_paused_ticket() -> None:
    open_pause = [pause("10 11:00", None)]

    worse = deadlines("STD", "C", TUESDAY, pauses=open_pause, severity_changes=[(at("2026-03-10 12:00"), "A")])
    better = deadlines("STD", "A", TUESDAY, pauses=open_pause, severity_changes=[(at("2026-03-10 12:00"), "C")])
    assert worse.arrival_due is None and worse.paused
    assert better.arrival_due is None and better.paused
    early = [pause("10 13:00", None)]
    kept = deadlines("STD", "A", TUESDAY, pauses=early, severity_changes=[(at("2026-03-10 13:30"), "B")])
    assert shown(kept)["arrival"] == "03-10 12:00"
    late_pause = [pause("10 13:30", None)]
    late = deadlines("STD", "C", TUESDAY, pauses=late_pause, severity_changes=[(at("2026-03-10 11:00"), "A")])
    assert shown(late)["arrival"] == "03-10 13:00"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": "GOLD"}, "没有叫“GOLD”的服务级别"),
        ({"severity": "D"}, "不能是“D”"),
        ({"diagnosed_at": at("2026-03-10 09:59")}, "确诊时间早于报修时间"),
        ({"pauses": [pause("10 11:00", "10 12:00", "lunch")]}, "没有叫“lunch”的暂停原因"),
        ({"pauses": [pause("10 11:00", "10 10:30")]}, "结束时间早于开始时间"),
        ({"severity_changes": [(at("2026-03-10 09:00"), "A")]}, "改级时间早于报修时间"),
        ({"severity_changes": [(at("2026-03-10 11:00"), "X")]}, "不能是“X”"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleInputError, match=message):
        deadlines(**{"level": "STD", "severity": "C", "created_at": TUESDAY, **change})


def test_working_time_of_an_unpublished_year_is_provisional() -> None:
    assert deadlines("STD-L2", "C", at("2027-03-10 10:00")).provisional
    assert not deadlines("STD-L1", "A", at("2027-03-10 10:00")).provisional
    assert not deadlines("STD-L2", "C", TUESDAY).provisional


def test_standings() -> None:
    found = deadlines("RAPID-4H", "B", TUESDAY).due()
    done = {"response": at("2026-03-10 10:20"), "arrival": at("2026-03-10 12:01")}

    def states(now: str, done: dict[str, Any] | None = None, resolved: str | None = None) -> list[str]:
        end = at(f"2026-03-10 {resolved}") if resolved else None
        return [standing.state for standing in standings(found, at(f"2026-03-10 {now}"), done, end)]

    assert states("10:10") == ["running", "running", "running"]
    assert states("12:30") == ["overdue", "overdue", "running"]
    assert states("12:30", done) == ["met", "late", "running"]
    assert states("23:00", done, "13:00") == ["met", "late", "stopped"]
    assert states("23:00", None, "13:00") == ["late", "late", "stopped"]
    assert [standing.name for standing in standings(found, TUESDAY)] == ["response", "arrival", "fix"]


def test_request() -> None:
    answer = answer_request(
        {
            "profile": "STD",
            "severity": "C",
            "created_at": "2026-03-10T02:00:00Z",
            "pauses": [{"start": "2026-03-10T11:00:00+08:00", "end": None, "reason": "waiting_customer"}],
            "severity_changes": [{"at": "2026-03-10T10:10:00+08:00", "severity": "A"}],
            "service_mode": "on_site",
        }
    )
    assert (answer["level"], answer["response_due"]) == ("STD-L1", "2026-03-10T10:30:00+08:00")
    assert (answer["arrival_due"], answer["paused"]) == (None, True)
    by_contract = {"service_level": "SWAP-12H", "created_at": "2026-03-10T10:00:00+08:00"}
    assert answer_request(by_contract)["level"] == "SWAP-12H"
    assert answer_request(by_contract | {"service_level": "合同方案"})["level"] == "HOME"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "请求要写成一个对象"),
        ({"profile": "HOME", "when": 1}, "不认识的字段“when”"),
        ({"profile": 3}, "profile 要写文字"),
        ({"profile": "HOME"}, "缺少 created_at"),
        ({"profile": "HOME", "created_at": 5}, "created_at 要写成"),
        ({"profile": "HOME", "created_at": "yesterday"}, "不是有效的时间"),
        ({"profile": "HOME", "created_at": "2026-03-10"}, "要写到时刻"),
        ({"profile": "HOME", "created_at": "2026-03-10T10:00:00"}, "要带时区"),
        ({"profile": "HOME", "created_at": "9999-03-10T10:00:00Z"}, "超出 1990 至 2099 年"),
        ({"profile": "HOME", "created_at": "2026-03-10T10:00:00Z", "service_mode": "fly"}, "service_mode 不能是“fly”"),
        ({"profile": "HOME", "created_at": "2026-03-10T10:00:00Z", "pauses": {}}, "pauses 要写成列表"),
        ({"profile": "HOME", "created_at": "2026-03-10T10:00:00Z", "pauses": [{"why": 1}]}, "不认识的字段“why”"),
        ({"profile": "FOLLOWUP1", "input": {"date": "2026-03-10"}}, "不认识的字段“date”"),
        ({"profile": "FOLLOWUP1"}, "FOLLOWUP1 缺少 handover_date"),
        ({"profile": "REPORT24", "input": {"resolved_at": "2026-03-10"}}, "resolved_at 要写到时刻"),
    ],
)
def test_bad_requests(data: object, message: str) -> None:
    with pytest.raises(RuleInputError, match=message):
        answer_request(data)


HOME = "minutes: {}, clock: service}}\n      arrival: {{minutes: 0"
RESOLVE = "    milestones:\n      resolve_or_plan: {minutes: 1440, clock: calendar}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("default: HOME", "default: GOLD", "default：“GOLD”不在可选值里"),
        ("{A: STD-L1, B: STD-L1, C: STD-L2}", "{A: STD-L1, B: STD-L1}", "plans.STD：缺少 C"),
        (HOME.format(30), HOME.format("x"), "不是整数"),
        ("minutes: 60, clock: visits", "minutes: 60, clock: moon", "“moon”不在可选值里"),
        ("of: arrival, action: escalate", "of: fix, action: escalate", "“fix”不在可选值里"),
        ("{report_due: {from: resolved_at, hours: 24}}", "{report_due: {from: resolved_at}}", "要写且只写 hours"),
        ("{report_due: {from: resolved_at, hours: 24}}", "{report_due: {from: x, hours: 24}}", "“x”不在可选值里"),
        (RESOLVE, "    milestones: {}", "至少要有一个时限"),
    ],
)
def test_bad_files(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SLA
    (tmp_path / "sla.yml").write_text(SLA.replace(old, new), "utf-8")

    with pytest.raises(PolicyError) as error:
        load_levels(tmp_path)
    assert message in str(error.value)
    assert error.value.line > 1


def test_a_company_may_use_its_own_hours(tmp_path: Path) -> None:
    (tmp_path / "sla.yml").write_text(SLA.replace("minutes: 60, clock: visits", "minutes: 60, clock: moon"), "utf-8")

    levels = load_levels(tmp_path, frozenset((*default_calendar().hours, "moon"))).on(TUESDAY.date())
    assert levels.levels["CITY-1H"].targets[1].hours == "moon"
    assert default_levels().default == "HOME"
