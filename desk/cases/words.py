"""Instants, days and money as people say them."""

from datetime import date, datetime, timedelta

from desk import time

WEEKDAYS = "一二三四五六日"


def day(value: date, today: date | None = None) -> str:
    """今天 / 明天 / 后天 / 11月23日（周一）; the year when it is not this one."""
    today = today or time.today()
    near = {0: "今天", 1: "明天", 2: "后天"}.get((value - today).days)
    if near:
        return near
    year = f"{value.year}年" if value.year != today.year else ""
    return f"{year}{value.month}月{value.day}日（周{WEEKDAYS[value.weekday()]}）"


def full_day(value: date) -> str:
    """2026年6月18日."""
    return f"{value.year}年{value.month}月{value.day}日"


def clock(value: datetime) -> str:
    """14:05, where the company is."""
    return f"{time.local(value):%H:%M}"


def moment(value: datetime) -> str:
    """明天 09:00."""
    return f"{day(time.local(value).date())} {clock(value)}"


def span(start: datetime, end: datetime) -> str:
    """明天上午 / 明天 14:00–16:00."""
    first, last = time.local(start), time.local(end)
    if first.date() != last.date():
        return f"{day(first.date())} 至 {day(last.date())}"
    parts = {(8, 12): "上午", (9, 12): "上午", (12, 14): "中午", (12, 18): "下午", (13, 18): "下午", (14, 18): "下午"}
    part = parts.get((first.hour, last.hour))
    if part and not first.minute and not last.minute:
        return f"{day(first.date())}{part}"
    if end - start >= timedelta(hours=8):
        return day(first.date())
    if end - start <= timedelta(minutes=1):
        return moment(start)
    return f"{day(first.date())} {first:%H:%M}–{last:%H:%M}"


def yuan(fen: int) -> str:
    """120 元 / 99.5 元."""
    whole, rest = divmod(fen, 100)
    return f"{whole} 元" if not rest else f"{fen / 100:.2f}".rstrip("0").rstrip(".") + " 元"


def waiting(delta: timedelta) -> str:
    """38 分钟 / 3 小时 / 2 天."""
    minutes = max(1, round(delta.total_seconds() / 60))
    if minutes < 90:
        return f"{minutes} 分钟"
    if minutes < 36 * 60:
        return f"{round(minutes / 60)} 小时"
    return f"{round(minutes / 1440)} 天"
