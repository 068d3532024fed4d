"""The commands on the database, as an installer uses them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from desk.cli import doctor_commands
from desk.cli.main import app
from desk.records import db, passwords
from desk.records.models import ApiKey, Customer, Staff
from desk.settings import Settings, home
from tests.cli.conftest import Run

PROJECT = Path(__file__).resolve().parents[2]


def write(folder: Path, name: str, *lines: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_help_names_every_command(run: Run) -> None:
    output = run("--help").output
    for name in ("import", "export", "db", "demo", "staff", "key", "doctor", "warranty", "sla"):
        assert name in output
    for group in app.registered_groups:
        assert run(str(group.name), "--help").exit_code == 0


def test_database(run: Run, folder: Path) -> None:
    assert run("db", "current").exit_code == 1
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "current").exit_code == 0
    assert (folder / "aftercare.db").exists()


def test_import_of_a_folder(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "in", "devices.csv", "serial_number,customer_no", "SN-1,C1")
    write(tmp_path / "in", "customers.csv", "customer_no,name", "C1,陈静")
    write(tmp_path / "in", "~$customers.xlsx", "left by Excel")
    done = run("import", str(tmp_path / "in"))
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == "customers.csv：1 行，新增 1，更新 0，没有变化 0"
    assert "没有变化 1" in run("import", str(tmp_path / "in" / "customers.csv")).output


def test_import_that_fails(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "customers.csv", "customer_no,phone", "C1,1380000000")
    done = run("import", str(file))
    assert done.exit_code == 1
    assert "第 2 行「phone」：手机号应是 11 位，这里有 10 位（1380000000）" in done.output
    report = json.loads(run("import", "--json", str(file)).output)
    assert report["files"][0]["errors"][0]["line"] == 2
    assert run("import", str(tmp_path / "nothing.csv")).exit_code == 2
    (tmp_path / "empty").mkdir()
    assert run("import", str(tmp_path / "empty")).exit_code == 2


def test_export(run: Run, tmp_path: Path) -> None:
    run("demo", "load")
    assert run("export", str(tmp_path / "out")).exit_code == 0
    assert len(list((tmp_path / "out").glob("*.csv"))) == 12
    assert run("export", str(tmp_path / "out.xlsx"), "--sheet", "customers").exit_code == 0
    assert run("import", str(tmp_path / "out.xlsx")).output.endswith("没有变化 30\n")
    assert run("export", str(tmp_path / "out"), "--sheet", "toasters").exit_code == 2


def test_the_demo_is_loaded_once(run: Run) -> None:
    first = run("demo", "load")
    assert first.exit_code == 0, first.output
    with db.transaction() as session:
        session.scalars(select(Customer).where(Customer.customer_no == "C10001")).one().name = "李建国（改）"
    assert "没有改动" in run("demo", "load").output
    with db.reading() as session:
        assert session.scalars(select(Customer).where(Customer.customer_no == "C10001")).one().name == "李建国（改）"
        demo = session.scalars(select(Staff).where(Staff.login == "demo")).one()
    assert passwords.fits("demo-aftercare", demo.password_hash)


def test_the_demo_is_not_put_over_a_firms_own_data(run: Run, tmp_path: Path) -> None:
    run("import", str(write(tmp_path, "customers.csv", "customer_no,name", "A1,真客户")))
    done = run("demo", "load")
    assert done.exit_code == 0
    assert "--anyway" in done.output
    with db.reading() as session:
        assert len(session.scalars(select(Customer)).all()) == 1
        assert session.scalar(select(Staff)) is None
    assert run("demo", "load", "--anyway").exit_code == 0


def test_staff(run: Run) -> None:
    assert run("staff", "add", "wang", "--name", "王工", input="long-enough\nlong-enough\n").exit_code == 0
    assert "王工\tagent" in run("staff", "list").output
    assert run("staff", "add", "wang", "--password", "long-enough").exit_code == 1
    assert run("staff", "add", "li", "--password", "short").exit_code == 1
    assert run("staff", "add", "li", "--password", "long-enough", "--role", "king").exit_code == 1
    assert run("staff", "password", "wang", "--password", "another-one").exit_code == 0
    assert run("staff", "password", "nobody", "--password", "another-one").exit_code == 1
    with db.reading() as session:
        stored = session.scalars(select(Staff)).one().password_hash
    assert stored.startswith("$argon2id$")
    assert passwords.fits("another-one", stored)
    assert not passwords.fits("long-enough", stored)
    run("staff", "off", "wang")
    assert "已停用" in run("staff", "list").output


def test_keys(run: Run) -> None:
    done = run("key", "add", "商城", "--scope", "read", "--scope", "import")
    assert done.exit_code == 0, done.output
    key = done.stdout.strip()
    assert run("key", "add", "商城", "--scope", "everything").exit_code == 1
    listed = run("key", "list").output
    assert "商城\tread、import" in listed
    assert key not in listed
    assert run("key", "revoke", "1").exit_code == 0
    assert run("key", "revoke", "9").exit_code == 1
    with db.reading() as session:
        assert session.scalars(select(ApiKey)).one().revoked_at is not None


def test_doctor_says_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_RASA_PORT", "1")
    monkeypatch.setenv("AFTERCARE_ACTIONS_PORT", "1")
    done = run("doctor")
    assert done.exit_code == 1
    assert "aftercare db upgrade" in done.output
    assert "AFTERCARE_RASA_PORT" in done.output
    run("db", "upgrade")
    lines = run("doctor").output.splitlines()
    assert len(lines) == len(doctor_commands.CHECKS)
    assert lines[1].startswith("好    数据库")


def test_doctor_names_every_policy_file_that_is_wrong(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(own))
    line = next(row for row in run("doctor").output.splitlines() if "规则" in row)
    assert line.startswith("好") and "用的是自带的" in line
    (own / "visits.yml").write_text("window: 120\n", "utf-8")
    (own / "complaints.yml").write_text("effective_from: 2026-01-01\nsource: 公司\nconfidence: X\n", "utf-8")
    line = next(row for row in run("doctor").output.splitlines() if "规则" in row)
    assert "visits.yml 第 1 行" in line and "缺少 effective_from" in line
    assert "complaints.yml 第 3 行 confidence：“X”不在可选值里" in line


def test_data_is_kept_in_the_checkout_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AFTERCARE_DATA_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    assert home() == PROJECT
    assert Settings().data_dir == PROJECT / "var"


def test_rules_need_no_database_to_start() -> None:
    heavy = ("sqlalchemy", "fastapi", "openpyxl", "alembic", "argon2", "requests")
    code = f"import sys, desk.cli.main; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
