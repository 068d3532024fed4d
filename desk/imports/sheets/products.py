"""Models that the firm sells or serves."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import product_types
from desk.imports import values
from desk.imports.sheet import Column, Row, Sheet, fetch
from desk.records.customers import CATEGORIES
from desk.records.models import Product

NAMES = {name: name for name in CATEGORIES} | {
    "家电": "home_appliance",
    "家用电器": "home_appliance",
    "电脑": "micro_computer",
    "微机": "micro_computer",
    "微型计算机": "micro_computer",
    "手机": "mobile_phone",
    "汽车": "car",
    "家用汽车": "car",
    "农机": "agricultural",
    "农业机械": "agricultural",
    "合同": "contract",
    "合同设备": "contract",
    "其他": "other",
    "其它": "other",
}


class Products(Sheet):
    """Known by model. What is left blank is guessed from the words for the product when a model is new."""

    name, title, model = "products", "产品", Product
    columns = (
        Column("model", "型号", values.code, key=True),
        Column("name", "名称"),
        Column("product_type", "产品类型", values.code),
        Column("category", "三包类别", values.one_of(NAMES)),
        Column("brand", "品牌"),
        Column("main_parts", "主要部件", values.many),
        Column("promised_months", "承诺保修月数", values.whole),
        Column("service_level", "服务级别", values.code),
    )

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found = fetch(session, Product, Product.model, (row.cells["model"] for row in rows))
        return {(name,): product for name, product in found.items()}

    def create(self, session: Session, row: Row) -> Product:
        words = row.fields.get("product_type") or row.fields.get("name") or ""
        found = product_types.find(words)
        guess = {"product_type": found[0], "category": found[1].category} if found else {}
        return Product(**(guess | row.fields))

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        for product in session.scalars(select(Product).order_by(Product.model)):
            yield {column.name: getattr(product, column.name) for column in self.columns}
