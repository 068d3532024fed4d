"""Pages from templates: autoescaped, with the texts of the catalogue and times in words."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from desk import built, texts, time
from desk.cases import words
from desk.cases.summary import masked_address, masked_name
from desk.cases.visits import Slot
from desk.channels.rest.problems import TITLES, Problem
from desk.language import phones
from desk.settings import settings


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    made.globals |= {"t": text, "has": has, "named": named, "data": texts.data, "now": time.now, "island": island}
    made.filters |= {
        "clock": words.clock, "span": span, "yuan": yuan, "from_iso": datetime.fromisoformat, "moment": moment,
        "exact": exact, "ago": ago, "phone": phones.mask, "iso": iso,
        "day_words": words.day, "name_masked": masked_name, "address_masked": masked_address,
    }
    return made


def island() -> str | None:
    """Where the console's script is; None when it has not been built."""
    return built.address("console.js")


def text(key: str, **values: Any) -> str:
    """A text of the console."""
    return texts.render(f"console.{key}", **values)


def has(key: str) -> bool:
    """Whether the console has a text `key`."""
    return texts.has(f"console.{key}")


def named(branch: str, code: str | None) -> str:
    """The words for `code` under `branch` (channels, reasons, …), or the code where the catalogue has none."""
    if code is None:
        return ""
    return text(f"{branch}.{code}") if has(f"{branch}.{code}") else code


def fragment(name: str, **values: Any) -> str:
    """A template as text."""
    return _templates().get_template(name).render(brand=settings().brand_name, company=settings().company, **values)


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template as a page; `person` None shows no navigation."""
    return HTMLResponse(fragment(name, **{"person": None, **values}), status)


def problem(request: Request, found: Problem) -> HTMLResponse:
    """An error as a page: what happened and where to go on."""
    status, title = TITLES[found.kind]
    person = getattr(request.state, "person", None)
    return page("problem.html", status, person=person, heading=title, detail=found.detail)


def exact(value: datetime) -> str:
    """2026-11-21 10:00:00, where the company is."""
    return f"{time.local(value):%Y-%m-%d %H:%M:%S}"


def iso(value: datetime) -> str:
    """For the machine-readable side of a time."""
    return time.local(value).isoformat(timespec="seconds")


def moment(value: datetime) -> str:
    """今天 10:00; also for what has passed."""
    return words.moment(value)


def ago(value: datetime) -> str:
    """3 分钟."""
    return words.waiting(time.now() - value)


def span(slot: Slot) -> str:
    """明天 14:00–16:00."""
    return words.span(slot.start, slot.end)


def yuan(priced: dict[str, Any]) -> str:
    """120 or 80–120: what a line of a quote, or all of it, costs."""
    low, high = priced["low_fen"], priced["high_fen"]
    if low is None:
        return text("ticket.after_check")
    return _amount(low) if low == high else f"{_amount(low)}–{_amount(high)}"


def _amount(fen: int) -> str:
    return f"{fen / 100:.2f}".removesuffix(".00")
