"""What a paid repair costs: labour, visit, parts, out-of-hours surcharge. All amounts are integers of fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from desk.rules.calendars import Calendar, default_calendar, to_ticks
from desk.rules.errors import RuleInputError
from desk.rules.versions import Edition, Installed, Versions, load_versions
from desk.rules.yamlfile import Field

PAYING = ("customer", "customer_cost")
_YUAN = 100
_MAX = 10**11
_REASONS = "OUT_OF_PERIOD CONSUMABLE NO_PROOF AG_NO_PROOF EXCLUDED"
_TEXTS = "visit out_of_hours part_unknown free pending why_paid no_decision"


class Decided(Protocol):
    """What a quote needs of a warranty decision, fresh or stored."""

    @property
    def payer(self) -> str: ...

    @property
    def reason_code(self) -> str: ...

    @property
    def article(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Price:
    """A price, or a range where `low_fen` < `high_fen`."""

    name: str
    low_fen: int
    high_fen: int


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A row of the company's price table: kind `labour`, `part` (list price), `part_cost` or `visit`.

    `item` is the labour code, the part's name or the branch; a range has `high_fen`.
    """

    item: str
    kind: str
    amount_fen: int
    high_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A visit fee up to a distance, included."""

    up_to_km: int
    fen: int


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of a company."""

    version: str
    valid_days: int
    diagnosis_waived: bool
    labour: Mapping[str, Price]
    bands: tuple[Band, ...]
    beyond_fen_per_km: int
    unknown_km: int
    branches: Mapping[str, int]
    hours: str
    surcharge_percent: int
    parts_at: str
    texts: Mapping[str, str]
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What is to be done. `labour` are codes of the price list, `parts` (name, pieces)."""

    labour: tuple[str, ...] = ("general",)
    parts: tuple[tuple[str, int], ...] = ()
    service_mode: str = "on_site"
    distance_km: float | None = None
    branch: str | None = None
    visit_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a quote. Amounts None: priced after inspection."""

    name: str
    pieces: int
    low_fen: int | None
    high_fen: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote. `open_parts`: some parts are priced after inspection, so that the totals are a minimum.

    `policy_version`: the price list that it was made by.
    """

    lines: tuple[Line, ...]
    low_fen: int
    high_fen: int
    open_parts: bool
    why: str
    valid_until: date
    policy_version: str


def _price(name: str, parts: Mapping[str, Field], field: Field) -> Price:
    if "amount_yuan" in parts and not {"from_yuan", "to_yuan"} & set(parts):
        fen = parts["amount_yuan"].scaled(_YUAN, _MAX)
        return Price(name, fen, fen)
    if "amount_yuan" in parts or "from_yuan" not in parts or "to_yuan" not in parts:
        raise field.error("写 amount_yuan，或者 from_yuan 和 to_yuan")
    low, high = parts["from_yuan"].scaled(_YUAN, _MAX), parts["to_yuan"].scaled(_YUAN, _MAX)
    if high < low:
        raise parts["to_yuan"].error("to_yuan 小于 from_yuan")
    return Price(name, low, high)


def _labour(field: Field) -> Price:
    parts = field.fields("name", "amount_yuan from_yuan to_yuan")
    return _price(parts["name"].text(), parts, field)


def _bands(field: Field) -> tuple[Band, ...]:
    bands = []
    for item in field.items():
        parts = item.fields("up_to_km amount_yuan")
        bands.append(Band(parts["up_to_km"].integer(1, 10_000), parts["amount_yuan"].scaled(_YUAN, _MAX)))
    if not bands or [band.up_to_km for band in bands] != sorted({band.up_to_km for band in bands}):
        raise field.error("距离要从近到远，各档不重复，至少一档")
    return tuple(bands)


def load_prices(own: Path | None = None, clocks: frozenset[str] | None = None) -> Versions[PriceList]:
    """The prices shipped, or those in the company's directory `own` (`own/prices.yml`).

    `clocks` are the names of opening hours that may be used (those of the installation by default).
    Raises PolicyError naming file, line and field.
    """
    known = frozenset(default_calendar().hours) if clocks is None else clocks
    return load_versions("prices.yml", own, lambda edition: _prices(edition, known))


def _prices(edition: Edition, clocks: frozenset[str]) -> PriceList:
    parts = edition.content.fields(
        "valid_days diagnosis_waived_if_repaired labour visit out_of_hours parts_at texts reasons"
    )
    visit = parts["visit"].fields("bands beyond_per_km_yuan unknown_km branches")
    extra = parts["out_of_hours"].fields("hours percent")
    return PriceList(
        version=f"prices@{edition.version}",
        valid_days=parts["valid_days"].integer(1, 365),
        diagnosis_waived=parts["diagnosis_waived_if_repaired"].boolean(),
        labour={code: _labour(child) for code, child in parts["labour"].entries().items()},
        bands=_bands(visit["bands"]),
        beyond_fen_per_km=visit["beyond_per_km_yuan"].scaled(_YUAN, _MAX),
        unknown_km=visit["unknown_km"].integer(0, 10_000),
        branches={name: child.scaled(_YUAN, _MAX) for name, child in visit["branches"].entries().items()},
        hours=extra["hours"].choice(sorted(clocks)),
        surcharge_percent=extra["percent"].integer(0, 1000),
        parts_at=parts["parts_at"].choice(("list", "cost")),
        texts={name: child.text() for name, child in parts["texts"].fields(_TEXTS).items()},
        reasons={name: child.text() for name, child in parts["reasons"].fields(_REASONS).items()},
    )


default_prices = Installed(load_prices)
"""The prices for what is quoted on a day."""


def quote(
    request: QuoteRequest,
    today: date,
    decision: Decided | None = None,
    *,
    rows: Sequence[PriceRow] = (),
    prices: PriceList | None = None,
    calendar: Calendar | None = None,
) -> Quote:
    """What the customer would pay, line by line, and why. Nothing when the decision says that somebody else pays.

    `rows` come from the company's price table and win over the price list, which is that of `today`.
    Raises RuleInputError for an unknown kind of labour.
    """
    prices = prices or default_prices(today)
    until = today + timedelta(days=prices.valid_days)
    if decision is not None and decision.payer not in PAYING:
        why = prices.texts["pending" if decision.payer == "pending" else "free"]
        return Quote((), 0, 0, False, why, until, prices.version)
    table = {(row.kind, row.item): row for row in rows}
    lines = [_work(code, table, prices) for code in _works(request, prices)]
    if request.service_mode == "on_site":
        lines.append(_visit(request, table, prices))
        if _out_of_hours(request, prices, calendar or default_calendar()):
            lines.append(_surcharge(lines, prices))
    at_cost = prices.parts_at == "cost" or (decision is not None and decision.payer == "customer_cost")
    lines += [_part(name, pieces, table, prices, at_cost) for name, pieces in request.parts]
    return Quote(
        tuple(lines),
        sum(line.low_fen or 0 for line in lines),
        sum(line.high_fen or 0 for line in lines),
        any(line.low_fen is None for line in lines),
        _why(decision, prices),
        until,
        prices.version,
    )


def _works(request: QuoteRequest, prices: PriceList) -> tuple[str, ...]:
    """The labour to charge: the diagnosis is free when a repair follows, where the company says so."""
    if prices.diagnosis_waived and len(request.labour) > 1:
        return tuple(code for code in request.labour if code != "diagnosis")
    return request.labour


def _work(code: str, table: Mapping[tuple[str, str], PriceRow], prices: PriceList) -> Line:
    row, price = table.get(("labour", code)), prices.labour.get(code)
    if row is not None:
        return Line(price.name if price else code, 1, row.amount_fen, _high(row))
    if price is None:
        raise RuleInputError(f"价目里没有工种“{code}”，可以用的有：{'、'.join(prices.labour)}")
    return Line(price.name, 1, price.low_fen, price.high_fen)


def _high(row: PriceRow) -> int:
    return row.amount_fen if row.high_fen is None else row.high_fen


def _visit(request: QuoteRequest, table: Mapping[tuple[str, str], PriceRow], prices: PriceList) -> Line:
    branch = request.branch or ""
    row = table.get(("visit", branch))
    if row is not None:
        return Line(prices.texts["visit"], 1, row.amount_fen, _high(row))
    fen = prices.branches.get(branch)
    if fen is None:
        fen = _by_distance(prices.unknown_km if request.distance_km is None else request.distance_km, prices)
    return Line(prices.texts["visit"], 1, fen, fen)


def _by_distance(km: float, prices: PriceList) -> int:
    for band in prices.bands:
        if km <= band.up_to_km:
            return band.fen
    last = prices.bands[-1]
    return last.fen + round((km - last.up_to_km) * prices.beyond_fen_per_km)


def _out_of_hours(request: QuoteRequest, prices: PriceList, calendar: Calendar) -> bool:
    return request.visit_at is not None and not calendar.working_time(prices.hours).is_open(to_ticks(request.visit_at))


def _surcharge(lines: Sequence[Line], prices: PriceList) -> Line:
    low, high = (
        sum(amount or 0 for amount in amounts) * prices.surcharge_percent // 100
        for amounts in ([line.low_fen for line in lines], [line.high_fen for line in lines])
    )
    return Line(prices.texts["out_of_hours"], 1, low, high)


def _part(
    name: str, pieces: int, table: Mapping[tuple[str, str], PriceRow], prices: PriceList, at_cost: bool
) -> Line:
    row = table.get(("part_cost", name)) if at_cost else None
    row = row or table.get(("part", name))
    if row is None:
        return Line(f"{name}（{prices.texts['part_unknown']}）", pieces, None, None)
    return Line(name, pieces, row.amount_fen * pieces, _high(row) * pieces)


def _why(decision: Decided | None, prices: PriceList) -> str:
    if decision is None:
        return prices.texts["no_decision"]
    reason = prices.reasons.get(decision.reason_code, prices.reasons["EXCLUDED"])
    return prices.texts["why_paid"].format(reason=reason, article=decision.article)
