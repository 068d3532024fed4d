"""Every number says since when it holds, by whom and how surely; a later version counts from its day on only."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from desk import time
from desk.cli.rules_commands import policy_app
from desk.rules import complaints, visits
from desk.rules.calendars import BEIJING, add_working_time, is_open, load_calendar
from desk.rules.places import SHIPPED
from desk.rules.quotes import QuoteRequest, default_prices, quote
from desk.rules.severity import assess
from desk.rules.sla import answer_request, deadlines, duty, load_levels
from desk.rules.versions import numbers, read_editions
from desk.rules.warranty import decide, default_policy, load_policy, parse_input
from desk.rules.yamlfile import PolicyError
from tests.rules.build import FRIDGE, HEAD, PHONE, at, day

FILES = sorted(path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.yml"))
HOUR = timedelta(hours=1)
CHANGE = "\nversions:\n  - effective_from: 2026-12-01\n    source: 公司2026年方案\n    confidence: H\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A company's directory."""
    (tmp_path / "warranty").mkdir()
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    return tmp_path


def change(own: Path, name: str, *lines: str) -> None:
    """The shipped file with a version from 2026-12-01 on that says `lines`."""
    text = (SHIPPED / name).read_text("utf-8") + CHANGE + "".join(f"    {line}\n" for line in lines)
    (own / name).write_text(text, "utf-8")


def walked(found: Any, path: str, head: tuple[Any, Any, Any]) -> Iterator[tuple[str, str, tuple[Any, Any, Any]]]:
    """All numbers of plain YAML with the date, source and confidence nearest to them."""
    if isinstance(found, dict):
        since, source, confidence = head
        source = found.get("source", found.get("article", source) if "confidence" in found else source)
        head = (found.get("effective_from", since), source, found.get("confidence", confidence))
        for key, inner in found.items():
            if key not in ("effective_from", "source", "confidence", "version"):
                yield from walked(inner, f"{path}.{key}".lstrip("."), head)
    elif isinstance(found, list):
        for index, inner in enumerate(found, 1):
            yield from walked(inner, f"{path}[{index}]", head)
    elif isinstance(found, bool | int | float | date):
        yield path.removesuffix(".value"), str(found).lower(), head


@pytest.mark.parametrize("name", FILES)
def test_no_number_lacks_its_date_source_or_confidence(name: str) -> None:
    content = yaml.safe_load((SHIPPED / name).read_text("utf-8"))
    listed = {
        (number.field, number.value): (number.effective_from, number.source, number.confidence)
        for number in numbers() if number.file == name
    }
    found = list(walked(content, "", (None, None, None)))

    for field, value, head in found:
        assert head == listed[field, value], field
        assert isinstance(head[0], date) and head[1].strip() and head[2] in ("H", "M", "L", "?")
    times = {key for key in listed if key not in {(field, value) for field, value, _ in found}}
    assert all(":" in value or "-" in value for _, value in times)
    assert listed


def test_the_list_shows_every_number_of_all_files(own: Path) -> None:
    change(own, "prices.yml", "valid_days: 14")
    shown = CliRunner().invoke(policy_app, ["list", "--jsonl"])
    rows = [json.loads(line) for line in shown.stdout.splitlines()]

    assert shown.exit_code == 0
    assert {row["file"] for row in rows} == set(FILES)
    assert {
        "file": "prices.yml", "field": "versions[1].valid_days", "value": "14", "effective_from": "2026-12-01",
        "source": "公司2026年方案", "confidence": "H",
    } in rows
    table = CliRunner().invoke(policy_app, ["list", "--open"]).stdout.splitlines()
    assert table[0].split("\t") == ["文件", "字段", "值", "生效日", "来源", "把握"]
    assert {line.split("\t")[-1] for line in table[1:]} == {"L", "?"}


def test_the_list_says_which_file_is_wrong(own: Path) -> None:
    (own / "visits.yml").write_text("window: 120\n", "utf-8")
    shown = CliRunner().invoke(policy_app, ["list"])

    assert shown.exit_code == 1
    assert shown.stderr == "visits.yml 第 1 行 （整个文件）：缺少 effective_from\n"


def test_a_price_counts_from_its_day_on(own: Path) -> None:
    change(own, "prices.yml", "version: 冬季价", "labour: {diagnosis: {amount_yuan: 80}}")

    def asked(text: str) -> tuple[int, str, list[str]]:
        made = quote(QuoteRequest(labour=("diagnosis", "minor"), service_mode="mail_in"), day(text))
        cost = quote(QuoteRequest(labour=("diagnosis",), service_mode="mail_in"), day(text))
        return cost.low_fen, made.policy_version, [line.name for line in made.lines]

    assert asked("2020-01-01") == (5_000, "prices@2026-01-01", ["小修人工费"])
    assert asked("2026-11-30") == (5_000, "prices@2026-01-01", ["小修人工费"])
    assert asked("2026-12-01") == (8_000, "prices@冬季价", ["小修人工费"])
    assert default_prices(at("2026-12-01 00:00")).version == "prices@冬季价"
    assert default_prices(at("2026-11-30 23:59")).version == "prices@2026-01-01"


def test_a_service_level_counts_for_what_is_reported_from_its_day_on(own: Path) -> None:
    change(
        own, "sla.yml", "levels: {HOME: {milestones: {response: {minutes: 15, clock: calendar}}}}",
        "duties: {REFUND7: {outputs: {refund_due: {from: goods_received_back, days: 3}}}}",
    )
    before = deadlines("HOME", "C", at("2026-11-30 16:50"), visit_at=at("2026-12-03 09:00"))
    after = deadlines("HOME", "C", at("2026-12-01 16:50"), visit_at=at("2026-12-03 09:00"))

    assert (before.response_due, before.policy_version) == (at("2026-12-01 08:20"), "sla@2026-01-01")
    assert (after.response_due, after.policy_version) == (at("2026-12-01 17:05"), "sla@2026-12-01")
    assert before.arrival_due == after.arrival_due == at("2026-12-03 09:00")
    assert answer_request({"created_at": "2026-11-30T15:59:00Z"})["policy_version"] == "sla@2026-01-01"
    assert answer_request({"created_at": "2026-11-30T16:00:00Z"})["policy_version"] == "sla@2026-12-01"
    refund = {day(text): duty("REFUND7", {"goods_received_back": day(text)})["refund_due"] for text in
              ("2026-11-30", "2026-12-01")}
    assert refund == {day("2026-11-30"): day("2026-12-07"), day("2026-12-01"): day("2026-12-04")}
    asked = {"profile": "REFUND7", "input": {"goods_received_back": "2026-12-01"}}
    assert answer_request(asked)["refund_due"] == "2026-12-04"


def test_a_warranty_rule_counts_for_what_is_bought_from_its_day_on(own: Path) -> None:
    change(
        own, "warranty/mobile_phone.yml", "version: 公司2026", "windows: [{code: D7, days: 30}]",
        "repair_guarantee_days: null",
    )
    policy, calendar = default_policy(), load_calendar()

    def bought(text: str) -> tuple[str, str]:
        asked = {**PHONE, "purchase_date": text, "invoice_date": text, "delivery_date": text}
        made = decide(parse_input({**asked, "report_date": "2026-12-20"}), policy, calendar)
        return made.reason_code, made.policy_version

    assert bought("2026-11-30") == ("IN_PERIOD", "2026.1/mobile_phone@2001")
    assert bought("2026-12-01") == ("D7", "2026.1/mobile_phone@公司2026")
    assert policy.category("mobile_phone", day("1999-01-01")).version == "2001"
    assert policy.category("mobile_phone", day("2026-11-30")).repair_guarantee is not None
    assert policy.category("mobile_phone", day("2026-12-01")).repair_guarantee is None
    (window,) = policy.category("mobile_phone", day("2026-12-01")).windows
    assert (window.figure.source, window.figure.confidence) == ("公司2026年方案", "H")


def test_what_all_categories_share_counts_by_the_day_of_purchase_too(own: Path) -> None:
    change(own, "warranty/common.yml", 'release: "2026.2"', "no_reason_days: {value: 15}")

    def asked(bought: str) -> tuple[str, str]:
        data = {**FRIDGE, "purchase_date": bought, "delivery_date": bought, "report_date": "2026-12-11",
                "channel": "online", "no_reason_request": True}
        made = decide(parse_input(data), default_policy(), load_calendar())
        return made.reason_code, made.policy_version

    assert asked("2026-11-30") == ("NR7_DENIED", "2026.1/home_appliance@1995")
    assert asked("2026-12-01") == ("NR7_OK", "2026.2/home_appliance@1995")


def test_what_was_decided_stays_as_it_was(own: Path) -> None:
    asked = parse_input({**PHONE, "purchase_date": "2026-12-01", "invoice_date": "2026-12-01",
                         "report_date": "2026-12-21"})
    stored = decide(asked, default_policy(), load_calendar()).to_dict()
    kept = json.dumps(stored)
    change(own, "warranty/mobile_phone.yml", "windows: [{code: D7, days: 30}]")
    now = decide(parse_input(stored["inputs"]), load_policy(own), load_calendar())

    assert json.dumps(stored) == kept
    assert (stored["policy_version"], now.policy_version) == (
        "2026.1/mobile_phone@2001", "2026.1/mobile_phone@2026-12-01",
    )


def test_opening_hours_change_on_a_day(own: Path) -> None:
    change(own, "hours.yml", 'service: {spans: ["08:00-12:00", "13:00-20:00"]}')
    (own / "dates.yml").write_text(HEAD + 'service:\n  2026-12-03: ["10:00-11:00"]\n', "utf-8")
    calendar = load_calendar(own)

    assert not is_open("service", at("2026-11-30 19:00"), calendar)
    assert is_open("service", at("2026-12-01 19:00"), calendar)
    assert not is_open("service", at("2026-12-01 12:30"), calendar)
    assert not is_open("service", at("2026-12-03 19:00"), calendar)
    end = add_working_time(at("2026-11-30 16:00"), 5 * HOUR, "service", calendar)
    assert end.astimezone(BEIJING) == at("2026-12-01 12:00")
    assert calendar.hours["service"].on(day("2026-12-01").toordinal()).spans != calendar.hours["service"].spans


def test_complaints_visits_and_severity(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(own, "complaints.yml", "plan_hours: 12", "major: [{why: 少给赠品, words: [赠品]}]")
    change(own, "visits.yml", "travel: {same_city: 60}", "per_day: 6")
    change(own, "severity.yml", "minor: [开机慢]", "default: C")

    assert [complaints.rules(day(text)).plan // HOUR for text in ("2026-11-30", "2026-12-01")] == [24, 12]
    assert [visits.rules(day(text)).per_day for text in ("2026-11-30", "2026-12-01")] == [4, 6]
    assert visits.rules(day("2026-12-01")).same_city == HOUR
    assert visits.rules(day("2026-12-01")).same_district == visits.rules(day("2026-11-30")).same_district
    for moment, code, grade in (("2026-11-30 23:59", "B", "minor"), ("2026-12-01 00:00", "C", "major")):
        time.pin(at(moment))
        assert (assess("屏幕上一条绿线").code, complaints.judge("赠品没给我").grade) == (code, grade)
    time.unpin()


def test_before_a_companys_first_day_the_shipped_rules_hold(own: Path) -> None:
    text = (SHIPPED / "warranty/other.yml").read_text("utf-8")
    text = text.replace("effective_from: 1994-01-01", "effective_from: 2026-12-01").replace("value: null", "value: 18")
    (own / "warranty/other.yml").write_text(text.replace('version: "1"', "version: 公司承诺"), "utf-8")
    policy = default_policy()

    assert policy.category("other", day("2026-11-30")).covers[-1].whole.value is None
    assert policy.category("other", day("2026-12-01")).covers[-1].whole.value == 18
    hours = "agents: {name: 客服, open_on: all_days, holidays: true, spans: ['08:00-20:00']}\n"
    (own / "hours.yml").write_text(HEAD.replace("2020-01-01", "2026-12-01") + hours, "utf-8")
    assert not is_open("agents", at("2026-11-30 19:00"), load_calendar(own))
    assert is_open("agents", at("2026-12-01 19:00"), load_calendar(own))
    assert {number.effective_from for number in numbers(own) if number.file == "hours.yml"} == {
        day("2026-01-01"), day("2026-12-01"),
    }


def test_several_versions_build_on_each_other(own: Path) -> None:
    change(own, "visits.yml", "per_day: 6", "hold: 30")
    text = (own / "visits.yml").read_text("utf-8")
    text += "  - {effective_from: 2027-01-01, source: 公司, confidence: M, per_day: 8}\n"
    (own / "visits.yml").write_text(text, "utf-8")
    months = ("2026-11-30", "2026-12-31", "2027-01-01")

    assert [visits.rules(day(text)).per_day for text in months] == [4, 6, 8]
    assert [visits.rules(day(text)).hold // visits.MINUTE for text in months] == [15, 30, 30]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("source: 公司\nconfidence: H\na: 1\n", 1, "缺少 effective_from"),
        ("effective_from: 2026-01-01\nsource: 公司\n", 1, "缺少 confidence"),
        ("effective_from: 1月1日\nsource: 公司\nconfidence: H\n", 1, "不是日期"),
        (HEAD + "versions:\n  - {source: 公司, confidence: H, a: 1}\n", 5, "缺少 effective_from"),
        (HEAD + "versions:\n  - {effective_from: 2020-01-01, source: 公司, confidence: H}\n", 5, "要晚于上一版的 2020"),
        (HEAD + "version: 甲\nversions:\n  - {version: 甲, effective_from: 2021-01-01, source: a, confidence: H}\n", 6,
         "版本“甲”写了两次"),
        (HEAD + "versions: 1\n", 4, "要写成列表"),
        (HEAD + "versions: [1]\n", 4, "写成“键: 值”的形式"),
        ("- 1\n", 1, "写成“键: 值”的形式"),
    ],
)
def test_mistakes_at_the_head(tmp_path: Path, text: str, line: int, message: str) -> None:
    (tmp_path / "x.yml").write_text(text, "utf-8")

    with pytest.raises(PolicyError, match=message) as error:
        read_editions(tmp_path / "x.yml")
    assert error.value.line == line


def test_mistakes_in_a_later_version_are_found_there(own: Path) -> None:
    change(own, "sla.yml", "levels: {HOME: {milestones: {response: {minutes: soon}}}}")
    with pytest.raises(PolicyError) as error:
        load_levels(own)
    last = len((own / "sla.yml").read_text("utf-8").splitlines())
    assert (error.value.line, error.value.field) == (last, "versions[1].levels.HOME.milestones.response.minutes")
    change(own, "warranty/car.yml", "category: truck")
    with pytest.raises(PolicyError, match="category 要写成和上一版一样的 car"):
        load_policy(own)


def test_a_file_without_versions_may_say_so(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(HEAD + "versions:\n", "utf-8")
    assert [edition.version for edition in read_editions(tmp_path / "x.yml")] == ["2020-01-01"]
