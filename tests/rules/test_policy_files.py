"""A company edits the data: what it may do, and how mistakes are reported."""

import subprocess
import sys
from pathlib import Path

import pytest

from desk.rules.calendars import default_calendar
from desk.rules.places import SHIPPED, company_dir
from desk.rules.warranty import decide, load_policy, parse_input
from desk.rules.yamlfile import PolicyError, read
from tests.rules.build import FRIDGE, PHONE, TWICE

FILES = {path.name: path.read_text("utf-8") for path in (SHIPPED / "warranty").glob("*.yml")}


def write(own: Path, name: str, text: str) -> Path:
    (own / "warranty").mkdir(exist_ok=True)
    (own / "warranty" / name).write_text(text, "utf-8")
    return own


def changed(own: Path, name: str, old: str, new: str) -> Path:
    assert old in FILES[name]
    return write(own, name, FILES[name].replace(old, new))


def test_the_categories() -> None:
    policy = load_policy()

    assert sorted(policy.categories) == sorted(
        ["home_appliance", "micro_computer", "mobile_phone", "car", "agricultural", "contract", "other"]
    )


def test_a_company_changes_a_period_and_its_release(tmp_path: Path) -> None:
    law = "whole_months: {value: 12, source: 移动电话机规定附录, confidence: M}\n    dep"
    ours = "whole_months: {value: 24, source: 公司承诺, confidence: H}\n    dep"
    own = changed(tmp_path, "mobile_phone.yml", law, ours)
    changed(own, "common.yml", 'release: "2026.1"', 'release: "2026.1-a"')
    mine = decide(parse_input(PHONE), load_policy(own), default_calendar())
    shipped = decide(parse_input(PHONE), load_policy(), default_calendar())

    assert (str(mine.warranty_end), mine.policy_version) == ("2027-06-10", "2026.1-a/mobile_phone@2001")
    assert (str(shipped.warranty_end), shipped.policy_version) == ("2026-06-10", "2026.1/mobile_phone@2001")


def test_a_decision_made_is_not_changed_by_a_new_policy(tmp_path: Path) -> None:
    before = decide(parse_input(FRIDGE), load_policy(), default_calendar())
    stored = before.to_dict()
    own = changed(tmp_path, "home_appliance.yml", "{code: D15, days: {value: 15,", "{code: D15, days: {value: 200,")
    after = decide(parse_input(stored["inputs"]), load_policy(own), default_calendar())

    assert before.to_dict() == stored
    assert decide(parse_input(stored["inputs"]), load_policy(), default_calendar()) == before
    assert after.reason_code == "D15"


def test_a_company_adds_a_category(tmp_path: Path) -> None:
    text = FILES["other.yml"].replace("category: other", "category: e_bike").replace("value: null", "value: 18")
    policy = load_policy(write(tmp_path, "e_bike.yml", text))

    assert decide(parse_input({**FRIDGE, "category": "e_bike"}), policy, default_calendar()).warranty_months == 18


def test_switches(tmp_path: Path) -> None:
    own = changed(tmp_path, "common.yml", "roll_over: {value: true", "roll_over: {value: false")
    text = (own / "warranty" / "common.yml").read_text("utf-8")
    text = text.replace("both_ends: {value: true", "both_ends: {value: false")
    text = text.replace("abnormal_free: {value: true", "abnormal_free: {value: false")
    policy = load_policy(write(own, "common.yml", text))
    bought = {"purchase_date": "2025-06-14", "invoice_date": "2025-06-14"}

    found = decide(parse_input({**FRIDGE, **bought, "repairs": TWICE}), policy, default_calendar())
    assert (str(found.warranty_end), found.repair_days_excluded) == ("2026-06-18", 4)
    late = {**FRIDGE, "report_date": "2027-01-01", "fault": {"life_abnormal_certified": True}}
    assert decide(parse_input(late), policy, default_calendar()).reason_code == "OUT_OF_PERIOD"
    text = FILES["common.yml"].replace("fault_inspected: {value: true", "fault_inspected: {value: false")
    early = {**FRIDGE, "fault": {"performance": True, "occurred_on": "2025-06-12"}}
    assert decide(parse_input(early), load_policy(write(own, "common.yml", text)), default_calendar()).in_period
    appliance = FILES["home_appliance.yml"].replace("exclude_repairs: true", "exclude_repairs: false")
    policy = load_policy(write(own, "home_appliance.yml", appliance))
    assert decide(parse_input({**FRIDGE, "repairs": TWICE}), policy, default_calendar()).repair_days_excluded == 0


def test_unknown_clause_of_an_own_contract_file(tmp_path: Path) -> None:
    text = FILES["contract.yml"].replace("    signing: [signing, purchase, invoice, acceptance]\n", "")
    policy = load_policy(write(tmp_path, "contract.yml", text))
    asked = {**FRIDGE, "category": "contract", "contract_months": 12, "contract_start_basis": "signing"}

    with pytest.raises(ValueError, match="没有起算方式“signing”"):
        decide(parse_input(asked), policy, default_calendar())


KM = ("car.yml", "value: 60000")
KM_END = ("car.yml", "confidence: H}\n  guarantee_months")
REPAIRS = ("car.yml", "exclude_repairs: {value: true")
OTHERS = ("home_appliance.yml", "names: []\n")
USE = ("car.yml", "use: [delivery, invoice, purchase]")
D7_OUTCOME = "  D7: {decisions: [RETURN, EXCHANGE, FREE_REPAIR], payer: merchant, coverage: in}\n"


@pytest.mark.parametrize(
    ("place", "new", "field", "message"),
    [
        (KM, "value: lots", "car.warranty_km.value", "“lots”不是整数"),
        (KM, "value: 0", "car.warranty_km.value", "0 不在 1 到"),
        (KM, "value: null", "car.warranty_km.value", "这里要有数字"),
        (KM_END, "}\n  guarantee_months", "car.warranty_km", "source 和 confidence 要一起写"),
        (KM_END, "confidence: X}\n  guarantee_months", "car.warranty_km.confidence", "“X”不在可选值里"),
        (("car.yml", "none: system_record"), "none: whatever", "proof.none", "不在可选值里"),
        (("car.yml", "2022-01-01"), "2022-13-01", "effective_from", "不是日期"),
        (REPAIRS, "exclude_repairs: {value: maybe", "exclude_repairs.value", "true 或 false"),
        (REPAIRS, "exclude_repair: {value: true", "exclude_repair", "不认识的键"),
        (REPAIRS, f"exclude_repairs: true\n{REPAIRS[1]}", "exclude_repairs", "写了两次"),
        (USE, "use: []", "start[1].use", "列表不能为空"),
        (USE, "use: delivery", "start[1].use", "要写成列表"),
        (("car.yml", "- {use: ["), "- {bought_from: 2020-01-01, use: [", "start", "不能带 bought_from"),
        (("car.yml", "names: []"), "names: [车]", "covers", "names 要写成 []"),
        (("car.yml", "EXCLUDED: {"), "EXCLUDE: {", "articles.EXCLUDE", "不认识的原因代码"),
        (("car.yml", "name: 家用汽车"), "name: ''", "name", "不能为空"),
        (("car.yml", "category: car\n"), "", "", "缺少 category"),
        (("other.yml", "category: other\n"), "category: car\n", "category", "已经在另一个文件里定义了"),
        (("car.yml", "value: 0.005"), "value: 0.0000001", "car.use_fee_cap.value", "不是小数"),
        (("home_appliance.yml", "parts: [主要部件, 车架, 前叉]\n"), "\n", "covers[7]", "要一起写"),
        (OTHERS, OTHERS[1] + "    part_restarts: true\n", "covers[11]", "要和"),
        (("mobile_phone.yml", "none: IMEI_90"), "none: NO_PROOF", "proof", "要一起写"),
        (("mobile_phone.yml", "accessory_replacements: {"), "#", "", "要一起写"),
        (("contract.yml", "acceptance: [acc"), "accept: [acc", "contract.basis", "缺少 acceptance"),
        (("contract.yml", "kind: overdue"), "kind: repeats", "contract.exchange_rules.10d", "要写 times"),
        (("common.yml", "  D7: {decisions"), "  D8: {decisions", "outcomes.D8", "不认识的原因代码"),
        (("common.yml", D7_OUTCOME), "", "outcomes", "缺少 D7"),
        (("common.yml", "  D7: {article: 消法 §24①, confidence: H}\n"), "", "articles", "缺少 D7"),
    ],
)
def test_mistakes_name_file_line_and_field(
    tmp_path: Path, place: tuple[str, str], new: str, field: str, message: str
) -> None:
    name, old = place
    line = FILES[name][: FILES[name].index(old)].count("\n") + 1
    with pytest.raises(PolicyError) as error:
        load_policy(changed(tmp_path, name, old, new))

    assert (error.value.file.name, error.value.field) == (name, field)
    assert error.value.line <= line + 1
    assert error.value.line >= line - 3 or not field
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        (b"a: [1", "不是合格的 YAML"),
        (b"a: \xff", "要用 UTF-8 编码"),
        (b"- 1", "写成“键: 值”的形式"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.yml"
    path.write_bytes(content)

    with pytest.raises(PolicyError, match=message):
        read(path).fields("a")
    with pytest.raises(PolicyError, match="读不了文件"):
        read(tmp_path / "missing.yml")


def test_the_company_directory_is_a_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    assert company_dir() == tmp_path
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", " ")
    assert company_dir() is None


def test_the_rules_load_without_database_or_web() -> None:
    code = (
        "import sys, desk.rules.quotes, desk.rules.severity, desk.rules.sla, desk.rules.notices, desk.rules.warranty;"
        "print(sorted({'sqlalchemy', 'fastapi', 'starlette', 'pydantic', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
