"""What the firm offers: people in the field, branches, prices, advice."""

from typing import Any

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desk.records.base import Base


class Engineer(Base):
    """Someone who visits. `shift`: weekdays and hours, e.g. {"days": [1,2,3,4,5,6], "from": "09:00", "to": "18:00"}."""

    __tablename__ = "engineers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(32), unique=True)
    skills: Mapped[list[Any]] = mapped_column(default=list)
    regions: Mapped[list[Any]] = mapped_column(default=list)
    shift: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Branch(Base):
    """A shop or service point; `hours` as people write them ("周一至周日 09:00-18:00")."""

    __tablename__ = "branches"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    city: Mapped[str] = mapped_column(String(40), default="", index=True)
    district: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    hours: Mapped[str] = mapped_column(String(120), default="")


class Price(Base):
    """A list price in fen; `kind`: part, labour, visit, inspection, …; `category` a product type or category."""

    __tablename__ = "prices"
    __table_args__ = (UniqueConstraint("item", "kind", "category"), CheckConstraint("amount_fen >= 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20), default="part")
    amount_fen: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20), default="次")
    category: Mapped[str] = mapped_column(String(60), default="")


class Article(Base):
    """Advice for one symptom. `steps` are shown one after the other; only a `safe` one is given to customers."""

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("title", "product_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    product_type: Mapped[str] = mapped_column(String(60), default="", index=True)
    symptom: Mapped[str] = mapped_column(String(200), default="")
    fault_code: Mapped[str] = mapped_column(String(40), default="")
    steps: Mapped[list[Any]] = mapped_column(default=list)
    body: Mapped[str] = mapped_column(Text, default="")
    safe: Mapped[bool] = mapped_column(default=True)
