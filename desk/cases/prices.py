"""What a repair may cost, from the price list."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import product_types, words
from desk.records.models import Price


@dataclass(frozen=True, slots=True)
class Estimate:
    """Prices that bear on a question, in fen: of the named part, and what a visit and an inspection cost."""

    items: tuple[Price, ...]
    visit: Price | None
    inspection: Price | None

    def in_words(self) -> str:
        """压缩机 600 元起、上门费 50 元; empty when nothing is known."""
        told = [f"{price.item} {words.yuan(price.amount_fen)}" for price in self.items[:4]]
        if self.visit is not None:
            told.append(f"上门费 {words.yuan(self.visit.amount_fen)}")
        if self.inspection is not None:
            told.append(f"检测费 {words.yuan(self.inspection.amount_fen)}")
        return "、".join(told)


def estimate(session: Session, text: str, product_type: str | None) -> Estimate:
    """Prices for the parts or work named in `text`, for this kind of product or for any."""
    rows = for_product(session, product_type)
    items = tuple(price for price in rows if price.kind in ("part", "labour") and named(price.item, text))
    return Estimate(items, usual(rows, "visit"), usual(rows, "inspection"))


def fits(category: str, product_type: str) -> bool:
    """Whether a price of `category` (a product type or a 三包 category) is for this product."""
    if product_types.same(category, product_type):
        return True
    found = product_types.find(product_type)
    return bool(found and found[1].category == category)


def for_product(session: Session, product_type: str | None) -> list[Price]:
    """The rows of the price table for this kind of product and for any."""
    return [
        price
        for price in session.scalars(select(Price))
        if not price.category or (product_type and fits(price.category, product_type))
    ]


def named(item: str, text: str) -> bool:
    """Whether `text` names this part or this work (更换压缩机 is named by 压缩机)."""
    core = item.removeprefix("更换").removesuffix("更换").removesuffix("维修")
    return bool(core) and (core in text or item in text)


def usual(rows: list[Price], kind: str) -> Price | None:
    """The fee of this kind that is told when nothing else is known: of the product before that of any.

    The plainest name wins: 上门费 before 远郊上门费.
    """
    fitting = [price for price in rows if price.kind == kind]
    own = [price for price in fitting if price.category]
    return min(own or fitting, key=lambda price: (len(price.item), price.amount_fen), default=None)
