"""The quote of a paid repair, as stored with its ticket: by the decision that was made, never by a new one."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import prices
from desk.records.models import Price
from desk.rules import quotes


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
    request = quotes.QuoteRequest(
        parts=((part, 1),) if part else (), service_mode=service_mode or "on_site", visit_at=visit_at
    )
    stored = _Stored(decision["payer"], decision["reason_code"], decision.get("article") or "")
    made = quotes.quote(request, time.today(), stored, rows=_rows(session, product_type))
    return {**asdict(made), "valid_until": made.valid_until.isoformat()}


def _rows(session: Session, product_type: str) -> list[quotes.PriceRow]:
    listed = session.scalars(select(Price).where(Price.kind == "part"))
    return [
        quotes.PriceRow(price.item, "part", price.amount_fen)
        for price in listed
        if not price.category or prices.fits(price.category, product_type)
    ]
