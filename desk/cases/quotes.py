"""The quote of a paid repair, as stored with its ticket: by the decision that was made, never by a new one."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from desk import time
from desk.cases import prices
from desk.records.models import Price
from desk.rules import quotes

GENERAL, GENERAL_NAMES = "general", ("一般维修", "一般维修人工费")
AS_THEY_ARE = ("part", "part_cost", "labour")


@dataclass(frozen=True, slots=True)
class _Stored:
    payer: str
    reason_code: str
    article: str


def for_ticket(
    session: Session,
    decision: dict[str, Any],
    product_type: str,
    part: str | None,
    service_mode: str | None,
    visit_at: datetime | None,
) -> dict[str, Any]:
    """Lines, total range in fen, why it is paid, valid until; parts by the price table for this kind of product."""
    listed = prices.for_product(session, product_type)
    request = quotes.QuoteRequest(
        labour=(_work(listed, part),),
        parts=((part, 1),) if part else (),
        service_mode=service_mode or "on_site",
        visit_at=visit_at,
    )
    stored = _Stored(decision["payer"], decision["reason_code"], decision.get("article") or "")
    made = quotes.quote(request, time.today(), stored, rows=_rows(listed))
    return {**asdict(made), "valid_until": made.valid_until.isoformat()}


def _work(listed: list[Price], part: str | None) -> str:
    """The work that the price table names for this part, else the usual one."""
    works = [price.item for price in listed if price.kind == "labour"]
    return next((item for item in works if part and prices.named(item, part)), GENERAL)


def _rows(listed: list[Price]) -> list[quotes.PriceRow]:
    """The company's table as the rules read it; the usual visit fee is that of no particular branch."""
    rows = [quotes.PriceRow(price.item, price.kind, price.amount_fen) for price in listed if price.kind in AS_THEY_ARE]
    for kind, item in (("visit", ""), ("inspection", "diagnosis")):
        fee = prices.usual(listed, kind)
        if fee is not None:
            rows.append(quotes.PriceRow(item, "visit" if kind == "visit" else "labour", fee.amount_fen))
    general = next((price for price in listed if price.kind == "labour" and price.item in GENERAL_NAMES), None)
    return rows if general is None else [*rows, quotes.PriceRow(GENERAL, "labour", general.amount_fen)]
