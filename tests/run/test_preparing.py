"""What is made before a run starts: secrets, the data folder, environments, the model's name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from launcher import data_folder, environments, model, pythons, tokens
from launcher.environments import Environment
from launcher.problem import Problem


def test_a_secret_is_made_once_and_is_its_owners_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTERCARE_RASA_TOKEN", raising=False)
    secret = tokens.kept(tmp_path, "AFTERCARE_RASA_TOKEN")
    path = tmp_path / "secrets" / "aftercare_rasa_token"
    assert len(secret) > 30 and tokens.kept(tmp_path, "AFTERCARE_RASA_TOKEN") == secret
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_given_secret_is_not_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_RASA_TOKEN", "given")
    assert tokens.kept(tmp_path, "AFTERCARE_RASA_TOKEN") == "given"
    assert not (tmp_path / "secrets").exists()


def test_a_data_folder_serves_one_run(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with data_folder.hold(folder):
        assert folder.stat().st_mode & 0o777 == 0o700
        with pytest.raises(Problem, match="AFTERCARE_DATA_DIR"):
            data_folder.hold(folder)
    data_folder.hold(folder).close()


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(Problem, match="写不进去"):
        data_folder.hold(tmp_path / "var")


def test_a_missing_python_comes_with_ways_to_get_it() -> None:
    with pytest.raises(Problem, match=r"uv python install 3\.2[\s\S]*pyenv[\s\S]*apt-get"):
        pythons.find(((3, 2),))


def test_this_python_is_found() -> None:
    found = pythons.find((sys.version_info[:2],))
    asked = subprocess.run([found, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True)
    assert asked.stdout.strip() == str(sys.version_info[:2])


def test_an_environment_is_as_good_as_its_lock(tmp_path: Path) -> None:
    run, tests = tmp_path / "run.txt", tmp_path / "tests.txt"
    run.write_text("a")
    tests.write_text("a b")
    made = Environment(tmp_path / "venv", pythons.DESK, run, tests)
    assert not made.is_made_from(run)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    made.mark(tests)
    assert made.is_made_from(run) and made.is_made_from(tests)
    run.write_text("c")
    made.mark(run)
    assert made.is_made_from(run) and not made.is_made_from(tests)
    run.write_text("d")
    assert not made.is_made_from(run)


def test_a_package_that_cannot_be_installed_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"could not be installed[\s\S]*no-such-file"):
        environments._run(
            [sys.executable, "-c", "import sys; sys.exit('no-such-file')"], "rasa.txt could not be installed"
        )


def test_a_full_disk_is_told() -> None:
    with pytest.raises(Problem, match="磁盘空间不够"):
        environments._run([sys.executable, "-c", "import sys; sys.exit('No space left on device')"], "x")


def test_a_full_data_folder_is_told_before_anything_starts(tmp_path: Path) -> None:
    data_folder.check_room(tmp_path, least=1)
    with pytest.raises(Problem, match=r"数据目录 .*只剩"):
        data_folder.check_room(tmp_path, least=1 << 60)


def test_the_model_changes_its_name_with_its_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*model._FILES, *model._OTHER):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    examples = tmp_path / "data" / "nlu" / "greet.yml"
    examples.parent.mkdir(parents=True)
    examples.write_text("你好")
    monkeypatch.setattr(model, "PROJECT", tmp_path)
    first = model.fingerprint()
    (tmp_path / "data" / "README.md").write_text("not read by training")
    assert model.fingerprint() == first
    examples.write_text("您好")
    assert model.fingerprint() != first


def test_locks_name_no_host_and_hash_everything() -> None:
    for lock in environments.LOCKS.glob("*.txt"):
        if lock.name == "rasa-excludes.txt":
            continue
        text = lock.read_text()
        assert "://" not in text, lock
        assert text.count("==") and "--hash=sha256:" in text, lock


def test_what_people_labelled_makes_another_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path))
    without = model.location()
    model.reviewed_folder().mkdir()
    assert model.location() == without
    (model.reviewed_folder() / "reviewed.yml").write_text("nlu: []")
    assert model.location() != without
