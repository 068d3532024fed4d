"""What fits into an engineer's day."""

from datetime import date, datetime, timedelta

import pytest

from desk.rules import calendars, visits
from desk.rules.visits import Place
from tests.rules.build import HEAD

FIGURES = visits.rules()


@pytest.mark.parametrize(
    ("address", "city", "district"),
    [
        ("江苏省苏州市姑苏区观前街1号", "苏州", "姑苏区"),
        ("苏州工业园区星湖街328号", "苏州", "工业园区"),
        ("上海市浦东新区张杨路500号", "上海", "浦东新区"),
        ("沈阳和平区南京南街28号", "沈阳", "和平区"),
        ("观前街1号", "", ""),
        ("", "", ""),
    ],
)
def test_place_of_an_address(address: str, city: str, district: str) -> None:
    assert visits.place_of(address) == Place(city, district)


def test_a_street_named_after_a_city_is_not_that_city() -> None:
    assert not visits.covers(["南京市"], visits.place_of("沈阳和平区南京南街28号"))


@pytest.mark.parametrize(
    ("regions", "address", "goes"),
    [
        (["苏州市姑苏区"], "苏州市姑苏区观前街1号", True),
        (["苏州市姑苏区"], "苏州市吴中区宝带路1号", False),
        (["苏州市"], "苏州市吴中区宝带路1号", True),
        (["上海市"], "苏州市吴中区宝带路1号", False),
        (["上海市", "昆山市"], "昆山市前进路1号", True),
        ([], "哪里都行", True),
        (["上海市"], "", True),
    ],
)
def test_regions(regions: list[str], address: str, goes: bool) -> None:
    assert visits.covers(regions, visits.place_of(address)) is goes


def test_the_way_takes_longer_between_cities() -> None:
    near, city, far = (
        visits.travel(Place("苏州", "姑苏区"), other, FIGURES)
        for other in (Place("苏州", "姑苏区"), Place("苏州", "吴中区"), Place("上海", "黄浦区"))
    )
    assert near < city < far


def test_the_way_must_fit_between_two_windows() -> None:
    end = datetime(2026, 11, 23, 10, tzinfo=calendars.BEIJING)
    hour = timedelta(hours=1)
    assert visits.fits(end, end, timedelta(minutes=45), hour, FIGURES)
    assert not visits.fits(end, end, timedelta(minutes=150), hour, FIGURES)
    assert visits.fits(end, end + 2 * hour, timedelta(minutes=150), hour, FIGURES)
    assert not visits.fits(end, end - hour, timedelta(), hour, FIGURES)


def test_windows_of_a_shift() -> None:
    shift = {"days": [1, 2, 3, 4, 5], "from": "08:30", "to": "17:30"}
    monday = list(visits.windows(shift, date(2026, 11, 23), FIGURES))
    assert [f"{start:%H:%M}" for start, _ in monday] == ["08:30", "10:30", "12:30", "14:30"]
    assert all(end - start == FIGURES.window for start, end in monday)
    assert not list(visits.windows(shift, date(2026, 11, 22), FIGURES))


def test_no_windows_on_days_when_nobody_visits(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "hours.yml"
    own.write_text(
        HEAD + "visits: {name: 上门, open_on: all_days, holidays: false, spans: ['08:00-18:00']}\n", encoding="utf-8"
    )
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    assert not list(visits.windows({}, date(2026, 10, 1), FIGURES))
    assert list(visits.windows({}, date(2026, 10, 12), FIGURES))


def test_a_place_is_kept_as_a_key_and_read_back() -> None:
    place = visits.place_of("江苏省苏州市姑苏区观前街1号")
    assert place.key() == "苏州/姑苏区"
    assert visits.place_from(place.key()) == place
    assert visits.place_from("") == visits.Place()


def test_a_region_that_names_only_a_district_or_nothing_known() -> None:
    place = visits.place_of("苏州市姑苏区观前街1号")
    assert visits.covers(["姑苏区"], place)
    assert visits.covers(["姑苏"], place)
    assert not visits.covers(["城西"], place)
