"""The command line on the rules: one line in, one line out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from desk.cli.rules_commands import calendar_app, sla_app, warranty_app
from tests.rules.build import FRIDGE
from tests.rules.test_notices import NOTICE


def lines(app: typer.Typer, command: str, text: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, [command, "--jsonl"], input=text)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_warranty_answers_in_order_and_survives_bad_lines() -> None:
    good = json.dumps(FRIDGE)
    bad = ["oops", "", '{"a": NaN}', "[]", '{"price": ' + "9" * 5000 + "}", "[" * 100_000]
    answers = lines(warranty_app, "check", "\n".join([good, *bad, good]))

    assert [answer.get("reason_code") for answer in answers] == ["IN_PERIOD", *[None] * len(bad), "IN_PERIOD"]
    assert [answer.get("error") for answer in answers[1:-1]] == [
        "不是合格的 JSON（第 1 个字符附近）",
        "这一行是空的",
        "数字不能是 NaN",
        "输入要写成一个对象",
        "不是合格的 JSON：数字太长或嵌套太深",
        "不是合格的 JSON：数字太长或嵌套太深",
    ]


def test_half_a_character_does_not_stop_the_rest() -> None:
    answers = lines(warranty_app, "check", json.dumps(FRIDGE | {"product": "\ud800"}) + "\n" + json.dumps(FRIDGE))

    assert [answer["reason_code"] for answer in answers] == ["IN_PERIOD", "IN_PERIOD"]


def test_deadlines() -> None:
    request = {"profile": "STD-L2", "severity": "C", "created_at": "2026-03-10T16:59:00+08:00"}
    answers = lines(sla_app, "deadlines", json.dumps(request) + '\n{"profile": "GOLD"}\n')

    assert answers[0]["response_due"] == "2026-03-11T08:29:00+08:00"
    assert "缺少 created_at" in str(answers[1]["error"])


@pytest.mark.parametrize(("app", "command"), [(warranty_app, "check"), (sla_app, "deadlines")])
def test_only_jsonl(app: typer.Typer, command: str) -> None:
    assert CliRunner().invoke(app, [command]).exit_code == 2


@pytest.mark.parametrize(
    ("group", "command", "name"), [("warranty", "check", "warranty/car.yml"), ("sla", "deadlines", "sla.yml")]
)
def test_a_broken_policy_is_named_before_anything_is_answered(
    group: str, command: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("name: 车\n", "utf-8")
    code = "import sys, desk.cli.main as cli; sys.argv[0] = 'aftercare'; cli.app()"
    done = subprocess.run(
        [sys.executable, "-c", code, group, command, "--jsonl"], input="{}\n", capture_output=True, text=True,
        env={**os.environ, "AFTERCARE_POLICY_DIR": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{Path(name).name} 第 1 行 （整个文件）：缺少 effective_from\n"


def test_calendar_import(tmp_path: Path) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text(NOTICE, "utf-8")
    done = CliRunner().invoke(calendar_app, ["import", str(notice), "--to", str(tmp_path / "own")])

    assert done.exit_code == 0
    assert "2026 年：放假 33 天" in done.stdout
    assert (tmp_path / "own" / "holidays.yml").is_file()


def test_calendar_import_says_what_is_wrong(tmp_path: Path) -> None:
    nowhere = CliRunner(env={"AFTERCARE_POLICY_DIR": None}).invoke(calendar_app, ["import", "x.txt"])
    missing = CliRunner().invoke(calendar_app, ["import", str(tmp_path / "x.txt"), "--to", str(tmp_path)])

    assert (nowhere.exit_code, missing.exit_code) == (1, 1)
    assert "AFTERCARE_POLICY_DIR" in nowhere.stderr
    assert "读不了文件" in missing.stderr
