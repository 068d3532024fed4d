"""Importing the yearly holiday notice."""

from pathlib import Path

import pytest

from desk.rules.calendars import default_calendar, load_calendar
from desk.rules.errors import RuleInputError
from desk.rules.notices import describe, import_years, parse_notice
from tests.rules.build import day

NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def test_the_notice_gives_what_the_shipped_data_says() -> None:
    year, found = parse_notice(NOTICE)
    calendar = default_calendar()
    days = range(day("2026-01-01").toordinal(), day("2027-01-01").toordinal())

    assert year == 2026
    for ordinal in days:
        works = ordinal in found.workdays or ((ordinal + 6) % 7 < 5 and ordinal not in found.holidays)
        assert calendar.works(ordinal) is works
    assert describe(found) == "放假 33 天，调休上班 6 天"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2026年部分节假日安排", "部分节假日安排", "没找到年份"),
        ("4月4日（周六）至6日（周一）放假", "4月4日（周六）放假", "没看到 04-05 放假，通知正文可能不全"),
        ("1月4日（周日）上班", "1月5日（周一）上班", "01-05 不是周六、周日"),
        ("6月19日（周五）至21日", "6月19日（周五）至31日", "没有这一天"),
        ("6月19日（周五）至21日", "6月19日（周五）至7月21日", "看不明白或跨年"),
        ("1月1日（周四）至3日", "2025年12月31日至2026年1月3日", "看不明白或跨年"),
    ],
)
def test_what_cannot_be_right_is_refused(old: str, new: str, message: str) -> None:
    assert old in NOTICE
    with pytest.raises(RuleInputError, match=message):
        parse_notice(NOTICE.replace(old, new))


def test_import_adds_years_to_the_company_file(tmp_path: Path) -> None:
    source = tmp_path / "2026.txt"
    source.write_bytes(NOTICE.encode("gb18030"))
    more = tmp_path / "2027.yml"
    more.write_text("years: {2027: {holidays: [01-01, 02-05/02-11], workdays: [02-13]}}", "utf-8")
    own = tmp_path / "own" / "policy"

    assert list(import_years(source, own)) == [2026]
    assert list(import_years(more, own)) == [2027]
    calendar = load_calendar(own)
    assert not calendar.provisional(day("2027-01-01").toordinal())
    assert calendar.works(day("2026-02-14").toordinal())
    before = (own / "holidays.yml").read_text("utf-8")
    import_years(source, own)
    assert (own / "holidays.yml").read_text("utf-8") == before


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RuleInputError, match="读不了文件"):
        import_years(tmp_path / "none.txt", tmp_path)
