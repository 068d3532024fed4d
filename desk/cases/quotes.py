"""The quote of a paid repair, as stored with its ticket: by the decision that was made, never by a new one."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from desk import time
from desk.cases import branches, prices
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
    address: str = "",
) -> dict[str, Any]:
    """Lines, total range in fen, why it is paid, valid until; prices of the company's table for this kind of product.

    address: decides the branch, where the table has visit fees of branches.
    """
    listed = prices.for_product(session, product_type)
    branch = _branch(session, listed, address)
    request = quotes.QuoteRequest(
        labour=(_work(listed, part),),
        parts=((part, 1),) if part else (),
        service_mode=service_mode or "on_site",
        branch=branch,
        visit_at=visit_at,
    )
    stored = _Stored(decision["payer"], decision["reason_code"], decision.get("article") or "")
    made = quotes.quote(request, time.today(), stored, rows=_rows(listed, branch))
    return {**asdict(made), "valid_until": made.valid_until.isoformat()}


def _work(listed: list[Price], part: str | None) -> str:
    """The work that the price table names for this part, else the usual one."""
    works = [price.item for price in listed if price.kind == "labour"]
    return next((item for item in works if part and prices.named(item, part)), GENERAL)


def _branch(session: Session, listed: list[Price], address: str) -> str | None:
    """The branch near `address` that has a visit fee of its own."""
    fees = [price.item for price in listed if price.kind == "visit"]
    near = branches.near(session, address) if address else []
    return next((branch.name for branch in near if any(branch.name in item for item in fees)), None)


def _rows(listed: list[Price], branch: str | None) -> list[quotes.PriceRow]:
    """The company's table as the rules read it: the visit fee of `branch`, or of no particular one."""
    if branch is not None:
        listed = [price for price in listed if price.kind != "visit" or branch in price.item]
    rows = [quotes.PriceRow(price.item, price.kind, price.amount_fen) for price in listed if price.kind in AS_THEY_ARE]
    for kind, item in (("visit", branch or ""), ("inspection", "diagnosis")):
        fee = prices.usual(listed, kind)
        if fee is not None:
            rows.append(quotes.PriceRow(item, "visit" if kind == "visit" else "labour", fee.amount_fen))
    general = next((price for price in listed if price.kind == "labour" and price.item in GENERAL_NAMES), None)
    return rows if general is None else [*rows, quotes.PriceRow(GENERAL, "labour", general.amount_fen)]
