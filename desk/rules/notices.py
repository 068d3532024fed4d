"""Imports the yearly holiday arrangement: from our YAML form, or from the text of the State Council's notice."""

import re
from datetime import date
from pathlib import Path

from desk.rules.calendars import Year, check_year, statutory_days, years_in
from desk.rules.errors import RuleInputError
from desk.rules.yamlfile import read

_TITLE = re.compile(r"(20\d\d)年[^\n。]{0,12}节假日安排")
_NOTE = re.compile("[(\uff08][^()\uff08\uff09]*[)\uff09]")
_DAYS = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})日(?:至(?:(20\d\d)年)?(?:(\d{1,2})月)?(\d{1,2})日)?")


def parse_notice(text: str) -> tuple[int, Year]:
    """The year and its days out of the notice's text, such as “1月1日（周五）至3日（周日）放假调休…1月4日（周日）上班”.

    Raises RuleInputError (Chinese message) when the year or the days cannot be made out.
    """
    title = _TITLE.search(text)
    if title is None:
        raise RuleInputError("没找到年份：正文里要有“2027年部分节假日安排”这样的字样")
    year = int(title[1])
    holidays: set[int] = set()
    workdays: set[int] = set()
    for sentence in re.split("[。;\uff1b\n]", _NOTE.sub("", text)):
        target = holidays if "放假" in sentence else workdays if "上班" in sentence else None
        if target is not None:
            for match in _DAYS.finditer(sentence):
                target |= _range(match, year)
    found = Year(frozenset(holidays), frozenset(workdays))
    problem = check_year(found)
    missing = sorted(statutory_days(year) - found.holidays)
    if problem is None and missing:
        problem = f"没看到 {date.fromordinal(missing[0]):%m-%d} 放假，通知正文可能不全"
    if problem is not None:
        raise RuleInputError(f"{year} 年的安排不对：{problem}")
    return year, found


def _range(match: re.Match[str], year: int) -> set[int]:
    y1, m1, d1, y2, m2, d2 = match.groups()
    try:
        start = date(int(y1 or year), int(m1), int(d1))
        end = date(int(y2 or start.year), int(m2 or m1), int(d2)) if d2 else start
    except ValueError:
        raise RuleInputError(f"“{match[0]}”里没有这一天") from None
    if start.year != year or end.year != year or end < start or (end - start).days > 15:
        raise RuleInputError(f"“{match[0]}”看不明白或跨年，请改写成 YAML 再导入")
    return set(range(start.toordinal(), end.toordinal() + 1))


def read_notice(path: Path) -> dict[int, Year]:
    """The years in a file: YAML by its ending, else the notice's text (UTF-8 or GB18030).

    Raises PolicyError or RuleInputError with a Chinese message.
    """
    if path.suffix in (".yml", ".yaml"):
        return years_in(read(path))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RuleInputError(f"读不了文件 {path}:{error.strerror}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return dict([parse_notice(text)])


def _spans(days: frozenset[int]) -> str:
    spans: list[tuple[int, int]] = []
    for day in sorted(days):
        if spans and day == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    shown = ((date.fromordinal(first), date.fromordinal(last)) for first, last in spans)
    return ", ".join(f"{first:%m-%d}" if first == last else f"{first:%m-%d}/{last:%m-%d}" for first, last in shown)


def import_years(path: Path, into: Path) -> dict[int, Year]:
    """Adds the years in the file `path` to `into/holidays.yml` (created when missing). Returns what was added.

    Raises PolicyError or RuleInputError with a Chinese message; then nothing is written.
    """
    added = read_notice(path)
    target = into / "holidays.yml"
    years = (years_in(read(target)) if target.is_file() else {}) | added
    lines = ["# 由 aftercare calendar import 写入：国务院公布的放假安排", f"effective_from: {min(years)}-01-01"]
    lines += ["source: 国务院办公厅节假日安排通知", "confidence: H", "years:"]
    for year in sorted(years):
        lines.append(f"  {year}:")
        lines.append(f"    holidays: [{_spans(years[year].holidays)}]")
        lines.append(f"    workdays: [{_spans(years[year].workdays)}]")
    into.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_text("\n".join(lines) + "\n", "utf-8")
    fresh.replace(target)
    return added


def describe(year: Year) -> str:
    """How many days off and 调休 working days a year has, for people."""
    return f"放假 {len(year.holidays)} 天，调休上班 {len(year.workdays)} 天"
