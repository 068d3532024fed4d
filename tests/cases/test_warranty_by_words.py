"""The decision by what a customer says of the purchase, which is often a span of days."""

from datetime import date

import pytest

from desk.cases import warranty
from desk.language import dates


@pytest.fixture(autouse=True)
def today(pinned_clock) -> date:
    return pinned_clock("2026-11-21T10:00:00+08:00").date()


def _said(words: str, product: str = "洗衣机") -> dict[str, object]:
    span = dates.parse(words, date(2026, 11, 21))
    assert span is not None
    return warranty.of_case(None, product, span.start, span.end, "漏水")


@pytest.mark.parametrize(
    ("words", "coverage", "ends"),
    [
        ("买了半年", "in", "2027-05-21"),
        ("八个月", "in", "2027-02-22"),
        ("买了一年半", "out", "2026-05-21"),
        ("三年前", "out", "2024-11-21"),
        ("去年双十一", "out", "2026-11-11"),
        ("上个月", "in", "2027-10-04"),
    ],
)
def test_about_when_is_taken_as_it_is_meant(words: str, coverage: str, ends: str) -> None:
    decided = _said(words)
    assert (decided["coverage"], decided["warranty_end"]) == (coverage, ends)


@pytest.mark.parametrize("words", ["买了一年", "去年"])
def test_nothing_is_claimed_where_the_first_and_the_last_day_differ(words: str) -> None:
    decided = _said(words)
    assert decided["coverage"] == "unknown"
    assert decided["evidence_missing"] == [warranty.EXACT_DATE]
    assert "之间到期" in str(decided["sentence"])


@pytest.mark.parametrize("words", ["甩干的时候像打雷一样", "响得跟打雷似的", "晃得像地震"])
def test_a_simile_admits_nothing(words: str) -> None:
    assert warranty.admitted_cause(words) is None


@pytest.mark.parametrize(
    ("words", "cause"), [("打雷之后就不亮了", "force_majeure"), ("我不小心摔了一下", "human_damage")]
)
def test_what_is_admitted_in_plain_words_counts(words: str, cause: str) -> None:
    assert warranty.admitted_cause(words) == cause
