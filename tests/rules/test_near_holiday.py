"""A provisional end is only worth a word to the customer where the arrangement to come may move it."""

from datetime import date

import pytest

from desk.rules.warranty.words import near_holiday


@pytest.mark.parametrize("day", ["2027-10-01", "2027-10-12", "2027-05-08", "2027-12-30", "2028-01-05", "2027-01-28"])
def test_near_a_public_holiday(day: str) -> None:
    assert near_holiday(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2027-08-13", "2027-05-21", "2027-11-20", "2027-03-15"])
def test_far_from_every_public_holiday(day: str) -> None:
    assert not near_holiday(date.fromisoformat(day))
