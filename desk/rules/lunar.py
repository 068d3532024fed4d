"""Days of the Chinese lunar calendar, 1990 to 2099, and Qingming: what future holidays are computed from."""

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1990, 2099
_FIRST_NEW_YEAR = date(1990, 1, 27)

# One number a lunar year: bits 15 to 4 say which months have 30 days (else 29),
# bits 3 to 0 the leap month (0: none), bit 16 whether the leap month has 30 days.
_YEARS = [
    int(code, 16)
    for code in (
        "4af5 4970 64b0 74a3 ea50 6b58 5ac0 ab60 96d5 92e0 c960 d954 d4a0 da50 7552 56a0 abb7 25d0 92d0 cab5 "
        "a950 b4a0 baa4 ad50 55d9 4ba0 a5b0 15176 52b0 a930 7954 6aa0 ad50 5b52 4b60 a6e6 a4e0 d260 ea65 d530 "
        "5aa0 76a3 96d0 4afb 4ad0 a4d0 1d0b6 d250 d520 dd45 b5a0 56d0 55b2 49b0 a577 a4b0 aa50 1b255 6d20 "
        "ada0 14b63 9370 49f8 4970 64b0 168a6 ea50 6aa0 1a6c4 aae0 92e0 d2e3 c960 d557 d4a0 da50 5d55 56a0 "
        "a6d0 55d4 52d0 a9b8 a950 b4a0 b6a6 ad50 55a0 aba4 a5b0 52b0 b273 6930 7337 6aa0 ad50 14b55 4b60 a570 "
        "54e4 d160 e968 d520 daa0 16aa6 56d0 4ae0 a9d4 a2d0 d150 f252 "
    ).split()
]


def _months(code: int) -> list[tuple[int, int]]:
    """The months of a year in order, as (number, days)."""
    months = []
    for number in range(1, 13):
        months.append((number, 30 if code >> (16 - number) & 1 else 29))
        if code & 15 == number:
            months.append((number, 30 if code >> 16 & 1 else 29))
    return months


def solar(year: int, month: int, day: int) -> date:
    """The date of a lunar day (in the first, not the leap, month of that number)."""
    days = sum(length for code in _YEARS[: year - FIRST_YEAR] for _, length in _months(code))
    months = _months(_YEARS[year - FIRST_YEAR])
    before = [number for number, _ in months].index(month)
    days += sum(length for _, length in months[:before])
    return _FIRST_NEW_YEAR + timedelta(days + day - 1)


def qingming(year: int) -> date:
    """Tomb-sweeping day, a solar term: 4, 5 or 6 April in the years 1990 to 2099."""
    base, since = (5.59, year - 1900) if year < 2000 else (4.81, year - 2000)
    return date(year, 4, int(since * 0.2422 + base) - since // 4)
