"""A company's files count from the moment they are put in place; a day of its own goes before every rule."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from desk.rules import calendars
from desk.rules.calendars import BEIJING, load_calendar
from desk.rules.places import company_dir, of_installation
from desk.rules.yamlfile import PolicyError
from tests.rules.build import HEAD


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def put(folder: Path, text: str) -> None:
    """As the console does: beside, then into place."""
    (folder / "new").write_text(HEAD + text, "utf-8")
    os.replace(folder / "new", folder / "dates.yml")


def test_days_that_differ(tmp_path: Path) -> None:
    put(tmp_path, 'agents:\n  2026-12-24: ["09:00-12:00"]\n  2026-12-25: []\n  2026-10-01: ["10:00-11:00"]\n')
    calendar = load_calendar(tmp_path)
    assert calendars.is_open("agents", at("2026-12-24 11:59"), calendar)
    assert not calendars.is_open("agents", at("2026-12-24 12:00"), calendar)
    assert calendars.next_opening("agents", at("2026-12-24 12:00"), calendar) == at("2026-12-26 09:00")
    assert calendars.is_open("agents", at("2026-10-01 10:30"), calendar)  # a holiday, but this once not
    assert calendars.is_open("service", at("2026-12-25 10:00"), calendar)  # other hours are not touched


@pytest.mark.parametrize(
    ("text", "words"),
    [("agents:\n  12-24: []\n", "第 5 行"), ("nobody:\n  2026-12-24: []\n", "nobody"),
     ('agents:\n  2026-12-24: ["9-12"]\n', "08:00-17:00")],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    put(tmp_path, text)
    with pytest.raises(PolicyError, match=words):
        load_calendar(tmp_path)


def test_read_again_when_replaced_and_kept_when_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    current = of_installation(calendars.default_calendar)
    christmas = at("2026-12-25 10:00")
    assert calendars.is_open("agents", christmas, current())
    assert current() is current()
    put(tmp_path, "agents:\n  2026-12-25: []\n")
    os.utime(tmp_path, ns=(1, 1))  # a change counts however close to the last one
    assert not calendars.is_open("agents", christmas, current())
    put(tmp_path, "agents: [")
    os.utime(tmp_path, ns=(2, 2))
    assert not calendars.is_open("agents", christmas, current())


def test_broken_at_the_first_reading_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    put(tmp_path, "agents: [")
    with pytest.raises(PolicyError):
        of_installation(lambda: load_calendar(company_dir()))()


def test_without_a_directory_of_its_own_the_one_in_the_data_folder_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AFTERCARE_POLICY_DIR", raising=False)
    monkeypatch.setenv("AFTERCARE_DATA_DIR", str(tmp_path))
    assert company_dir() == tmp_path / "policy"
