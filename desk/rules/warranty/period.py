"""From when to when cover runs: start date, months, time in repair, roll-over, promises."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from desk.rules.calendars import Calendar
from desk.rules.errors import RuleInputError
from desk.rules.warranty.model import Repair, WarrantyInput
from desk.rules.warranty.parse import EARLIEST
from desk.rules.warranty.policy import Category, Common, StartRule
from desk.rules.yamlfile import Figure

UNKNOWN = "unknown"
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=65_536)
def add_months(ordinal: int, months: int) -> int:
    """The same day `months` later; the last of the month where it has no such day (ordinals)."""
    day = date.fromordinal(ordinal)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = 29 if month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else _MONTH_DAYS[month]
    return date(year, month + 1, min(day.day, length)).toordinal()


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of days (both ends included) with the overlaps joined, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


class Period:
    """A period of cover: `raw` is before roll-over; `end` None when nobody promised one.

    `promise` names the promise that it rests on; `fixed`: promised until a day, which is not rolled over.
    """

    __slots__ = ("end", "excluded", "figure", "fixed", "months", "promise", "raw")

    def __init__(
        self, figure: Figure, months: int | None, raw: int | None, end: int | None, excluded: int, fixed: bool = False
    ) -> None:
        self.figure = figure
        self.months = months
        self.raw = raw
        self.end = end
        self.excluded = excluded
        self.fixed = fixed
        self.promise: str | None = None


class Facts:
    """What the rules look at: the input with its dates worked out (days as ordinals)."""

    __slots__ = (
        "bought",
        "calendar",
        "category",
        "common",
        "cover",
        "deciding",
        "full_proof",
        "guarantee_end",
        "in_period",
        "inp",
        "kind",
        "needs_person",
        "papers",
        "repairs",
        "report",
        "start",
        "start_from",
        "waited",
        "whole",
        "whole_in_period",
        "window_end",
    )

    def __init__(
        self, inp: WarrantyInput, category: Category, common: Common, calendar: Calendar, bought: date
    ) -> None:
        self.inp = inp
        self.category = category
        self.common = common
        self.calendar = calendar
        self.bought = bought
        self.report = inp.report_date.toordinal()
        self.papers = inp.invoice or inp.card or inp.copy or inp.other_proof
        self.full_proof = inp.invoice or (category.proof.copy_is_full and (inp.copy or inp.other_proof))
        self.repairs = repairs_of(inp)
        self.window_end: int | None = None
        self.waited: int | None = None
        self.needs_person = False
        self.guarantee_end: int | None = None
        accessory = category.accessory(inp.product) if category.accessories else None
        self.cover = accessory or category.cover(inp.product)
        self.start, self.start_from = start_of(self)
        self.whole = self._whole()
        self.kind, self.deciding = self._deciding(accessory is not None)
        within = category.car is None or inp.mileage_km is None or inp.mileage_km <= category.car.warranty_km.known()
        self.in_period = within and self.deciding.end is not None and self.report <= self.deciding.end
        self.whole_in_period = within and self.whole.end is not None and self.report <= self.whole.end
        if category.car is not None and self.start_from != UNKNOWN:
            raw = add_months(self.start, category.car.guarantee_months.known())
            self.guarantee_end = self.extended(raw)[1]

    def roll(self, ordinal: int) -> int:
        """The last day of a period that ends on `ordinal`."""
        return self.calendar.roll(ordinal) if self.common.roll else ordinal

    def within(self, days: int) -> bool:
        """Whether the report came in the first `days` days; keeps their last day for the explanation."""
        end = self.roll(self.start + days)
        if self.report > end:
            return False
        self.window_end = end
        return True

    def extended(self, raw: int) -> tuple[int, int, int]:
        """A period's end with the time in repair added: (before roll-over, after, days added).

        A repair that begins after the period has run out adds nothing.
        """
        days = 0
        if self.category.exclude_repairs:
            both = 1 if self.common.repair_both_ends else 0
            for first, last in self._spans():
                if first > self.roll(raw + days):
                    break
                days += last - first + both
        return raw + days, self.roll(raw + days), days

    def _spans(self) -> list[tuple[int, int]]:
        if not self.repairs:
            return []
        spans = (
            (
                max(repair.received.toordinal(), self.start),
                min(repair.returned.toordinal(), self.report) if repair.returned else self.report,
            )
            for repair in self.repairs
        )
        return merged(span for span in spans if span[0] <= span[1])

    def _period(
        self, figure: Figure, months: int | None, ends_on: date | None = None, start: int | None = None
    ) -> Period:
        if ends_on is None and months is None:
            return Period(figure, None, None, None, 0)
        since = self.start if start is None else start
        raw = ends_on.toordinal() if ends_on is not None else add_months(since, months or 0)
        raw, end, days = self.extended(raw)
        return Period(figure, months, raw, end, days)

    def _part_start(self) -> int:
        """From when a main part has its own period: anew from its replacement, where the rules say so."""
        replaced = self.inp.part_replaced_on
        return replaced.toordinal() if replaced is not None and self.cover.part_restarts else self.start

    def _whole(self) -> Period:
        """The period of the whole product: the law's or the contract's, or a promise that is better."""
        inp = self.inp
        if self.category.contract is not None and (inp.contract_months or inp.contract_ends_on):
            agreed = Figure(inp.contract_months, "合同约定", "H")
            best = self._period(agreed, inp.contract_months, inp.contract_ends_on)
        else:
            best = self._period(self.cover.whole, self.cover.whole.value)
        for name, until, months in _promises(inp):
            promise = self._period(Figure(months, name, "H"), months) if until is None else _until(name, until, best)
            if promise.end is not None and (best.end is None or promise.end > best.end):
                promise.promise = name
                best = promise
        return best

    def _deciding(self, accessory: bool) -> tuple[str, Period]:
        """Whose period decides: `whole`, `part`, `wear` or `accessory`."""
        fault, part = self.inp.fault, self.inp.part
        if fault.wear_part and fault.wear_months is not None:
            return "wear", self._period(Figure(fault.wear_months, "易损件质保期", "H"), fault.wear_months)
        if accessory:
            return "accessory", self.whole
        of_device = self.category.accessory(part) if part and self.category.accessories else None
        if of_device is not None:
            # What is promised for the device is not promised for what came with it.
            return "accessory", self._period(of_device.whole, of_device.whole.value)
        if part and self.cover.part is not None and self.cover.covers_part(part):
            own = self._period(self.cover.part, self.cover.part.value, start=self._part_start())
            assert own.end is not None
            better = self.whole.end is not None and self.whole.end > own.end
            return "part", self.whole if better else own
        return "whole", self.whole


def _until(name: str, until: date, law: Period) -> Period:
    day = until.toordinal()
    return Period(Figure(None, name, "H"), law.months, day, day, law.excluded, fixed=True)


def _promises(inp: WarrantyInput) -> list[tuple[str, date | None, int | None]]:
    found: list[tuple[str, date | None, int | None]] = []
    if inp.promised_until is not None:
        found.append(("商家承诺", inp.promised_until, None))
    if inp.promised_months is not None:
        found.append(("商家承诺", None, inp.promised_months))
    for promise in inp.promises:
        if promise.until is not None:
            found.append((promise.name or "商家承诺", promise.until, None))
        if promise.months is not None:
            found.append((promise.name or "商家承诺", None, promise.months))
    return found


def repairs_of(inp: WarrantyInput) -> tuple[Repair, ...]:
    """The repairs that count: those of the present item (not before an exchange), each once."""
    if not inp.repairs:
        return ()
    since = inp.exchange_date
    return tuple(dict.fromkeys(repair for repair in inp.repairs if since is None or repair.received >= since))


def bought_on(inp: WarrantyInput) -> date:
    """The day that says which version of the rules holds."""
    return (
        inp.purchase_date
        or inp.invoice_date
        or inp.delivery_date
        or inp.acceptance_date
        or inp.install_date
        or inp.report_date
    )


def _first_known(inp: WarrantyInput, names: Iterable[str]) -> tuple[int, str] | None:
    for name in names:
        day: date | None = getattr(inp, f"{name}_date")
        if day is not None:
            return day.toordinal(), name
    return None


def _rule_for(rules: tuple[StartRule, ...], bought: date) -> StartRule:
    return next(rule for rule in rules if rule.bought_from <= bought)


def start_of(facts: Facts) -> tuple[int, str]:
    """The first day of cover and which date it is: a start name, `exchange`, `factory` or `unknown`.

    When only the end that was agreed or promised is known, cover started so long ago that no rule that counts from
    the start applies.
    Raises RuleInputError when no date that could serve is known.
    """
    inp, category = facts.inp, facts.category
    if inp.exchange_date is not None:
        return inp.exchange_date.toordinal(), "exchange"
    if category.proof.factory_days is not None and not facts.papers and inp.manufacture_date is not None:
        return inp.manufacture_date.toordinal() + category.proof.factory_days.known(), "factory"
    if category.contract is not None:
        basis = inp.contract_start_basis or ("acceptance" if facts.papers else "completion")
        if basis not in category.contract.basis:
            raise RuleInputError(f"合同政策里没有起算方式“{basis}”")
        names: tuple[str, ...] = category.contract.basis[basis]
    else:
        names = _rule_for(facts.cover.start or category.start, facts.bought).use
    found = _first_known(inp, names)
    if found is None and (inp.promised_until or inp.contract_ends_on):
        return EARLIEST.toordinal(), UNKNOWN
    if found is None:
        raise RuleInputError("缺少能作起算日的日期（购买、开票、交付、安装或验收日期）")
    return found

