"""Who is on duty: turns, nights over midnight, holidays, swaps and absences."""

from datetime import date, datetime

import pytest

from desk.cases import oncall
from desk.cases.oncall import people
from desk.records import db


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def names(moment: str) -> list[str]:
    with db.reading() as session:
        return [person.name for person in oncall.on_duty(session, at(moment))]


def shift(*args, **more) -> None:
    with db.transaction() as session:
        people.set_shift(session, "test", *args, **more)


def test_the_night_shift_runs_over_midnight_and_ends_in_the_morning(team):
    assert names("2026-11-21T23:00:00") == ["王工", "李工", "赵工"]
    assert names("2026-11-22T08:59:59") == ["王工", "李工", "赵工"]
    assert names("2026-11-22T09:00:00") == []
    assert names("2026-11-21T17:59:59") == []


def test_turns_by_week_begin_on_mondays_and_also_before_the_first_day(team):
    ids = [team["王工"], team["李工"], team["赵工"]]
    shift("夜班", "every", "18:00", "09:00", ids, "week", date(2026, 11, 18))
    assert names("2026-11-22T23:00:00")[0] == "王工"
    assert names("2026-11-23T08:00:00")[0] == "王工"  # still Sunday's night
    assert names("2026-11-23T18:00:00") == ["李工", "赵工", "王工"]
    assert names("2026-12-07T18:00:00")[0] == "王工"
    assert names("2026-11-15T18:00:00")[0] == "赵工"


def test_holidays_have_shifts_of_their_own_and_made_up_workdays_are_workdays(team):
    shift("夜班", "workday", "18:00", "09:00", [team["王工"]])
    shift("周末", "restday", "00:00", "24:00", [team["李工"]])
    assert names("2026-10-10T23:00:00") == ["王工"]  # a Saturday that is worked, for the National Day week
    assert names("2026-11-21T12:00:00") == ["李工"]
    assert names("2026-10-02T12:00:00") == ["李工"]
    shift("假日", "holiday", "00:00", "24:00", [team["赵工"]])
    assert names("2026-10-02T12:00:00") == ["赵工"]
    assert names("2026-11-21T12:00:00") == ["李工"]


def test_who_swaps_is_replaced_and_who_is_away_left_out(team):
    with db.transaction() as session:
        until = at("2026-11-22T09:00:00")
        swap = people.swap(session, "test", team["王工"], team["周班长"], at("2026-11-21T22:00:00"), until)
        people.swap(session, "test", team["李工"], None, at("2026-11-21T18:00:00"), until)
    assert names("2026-11-21T21:59:59") == ["王工", "赵工"]
    assert names("2026-11-21T22:00:00") == ["周班长", "赵工"]
    with db.transaction() as session:
        people.cancel_swap(session, "test", swap.id)
    assert names("2026-11-21T22:00:00") == ["王工", "赵工"]


def test_a_swap_with_somebody_of_the_same_shift_changes_the_order_and_doubles_nobody(team):
    with db.transaction() as session:
        people.swap(session, "test", team["王工"], team["李工"], at("2026-11-21T18:00:00"), at("2026-11-22T09:00:00"))
    assert names("2026-11-21T23:00:00") == ["李工", "赵工"]


def test_who_was_switched_off_is_not_called(team):
    with db.transaction() as session:
        people.change_person(session, "test", team["王工"], active=False)
    assert names("2026-11-21T23:00:00") == ["李工", "赵工"]


def test_the_calendar_shows_each_day_with_its_swaps(team):
    with db.transaction() as session:
        people.swap(session, "test", team["王工"], None, at("2026-11-22T00:00:00"), at("2026-11-23T00:00:00"))
    with db.reading() as session:
        days = oncall.calendar(session, date(2026, 11, 21), 2)
    assert [[person.name for person in day.people] for day in days] == [["王工", "李工", "赵工"], ["李工", "赵工"]]


@pytest.mark.parametrize(
    "wrong", [{"days": "monday"}, {"starts": "25:00"}, {"people": []}, {"people": [9999]}, {"turn": "month"}]
)
def test_a_shift_that_makes_no_sense_is_refused(team, wrong):
    good = {"days": "every", "starts": "18:00", "ends": "09:00", "people": [team["王工"]], "turn": "none"}
    with db.transaction() as session, pytest.raises(ValueError):
        people.set_shift(session, "test", "新班", **{**good, **wrong})


@pytest.mark.parametrize("wrong", [{"phone": "123"}, {"mail": "nobody"}, {"role": "king"}, {"shoe": 44}])
def test_an_address_that_cannot_be_one_is_refused(team, wrong):
    with db.transaction() as session, pytest.raises(ValueError):
        people.add_person(session, "test", "新人", **wrong)
