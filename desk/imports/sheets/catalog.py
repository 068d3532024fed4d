"""Branches, engineers, prices and articles: sheets that refer to nothing else."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.imports import shifts, values
from desk.imports.report import FileReport
from desk.imports.sheet import Column, Row, Sheet, fetch
from desk.records.models import Article, Branch, Engineer, Price

KINDS = {
    "part": "part",
    "配件": "part",
    "配件费": "part",
    "材料": "part",
    "labour": "labour",
    "labor": "labour",
    "人工": "labour",
    "人工费": "labour",
    "维修费": "labour",
    "visit": "visit",
    "上门": "visit",
    "上门费": "visit",
    "inspection": "inspection",
    "检测": "inspection",
    "检测费": "inspection",
}


class Branches(Sheet):
    """Shops and service points, known by name."""

    name, title, model = "branches", "网点", Branch
    columns = (
        Column("name", "网点名称", values.code, key=True),
        Column("city", "城市"),
        Column("district", "区县"),
        Column("address", "地址"),
        Column("phone", "电话"),
        Column("hours", "营业时间"),
    )

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found = fetch(session, Branch, Branch.name, (row.cells["name"] for row in rows))
        return {(name,): branch for name, branch in found.items()}

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        for branch in session.scalars(select(Branch).order_by(Branch.id)):
            yield {column.name: getattr(branch, column.name) for column in self.columns}


class Engineers(Sheet):
    """People in the field, known by name and phone; a phone is one person's."""

    name, title, model = "engineers", "工程师", Engineer
    columns = (
        Column("name", "姓名", values.text, key=True),
        Column("phone", "电话", values.phone, key=True),
        Column("skills", "技能", values.many),
        Column("regions", "负责区域", values.many),
        Column("shift", "班次", shifts.read),
    )

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        found = fetch(session, Engineer, Engineer.phone, (row.cells["phone"] for row in rows))
        return {(engineer.name, phone): engineer for phone, engineer in found.items()}

    def resolve(self, session: Session, rows: list[Row], report: FileReport) -> None:
        found = fetch(session, Engineer, Engineer.phone, (row.cells["phone"] for row in rows))
        names = {phone: engineer.name for phone, engineer in found.items()}
        for row in rows:
            phone, name = row.cells["phone"], row.cells["name"]
            if names.setdefault(phone, name) != name:
                report.wrong(f"这个电话已经是{names[phone]}的", row.line, "phone", phone)

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        for engineer in session.scalars(select(Engineer).order_by(Engineer.id)):
            yield {
                "name": engineer.name,
                "phone": engineer.phone,
                "skills": engineer.skills,
                "regions": engineer.regions,
                "shift": shifts.written(engineer.shift),
            }


class Prices(Sheet):
    """The price list: one amount for an item, its kind and what it is for."""

    name, title, model = "prices", "价格", Price
    columns = (
        Column("item", "项目", values.code, key=True),
        Column("kind", "类别", values.one_of(KINDS), key=True),
        Column("amount_yuan", "金额（元）", values.fen, "amount_fen"),
        Column("unit", "单位"),
        Column("category", "适用产品", values.code, key=True),
    )
    required = ("item", "amount_yuan")

    def key(self, row: Row) -> tuple[Any, ...]:
        return row.cells["item"], row.cells.get("kind", "part"), row.cells.get("category", "")

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        return {(price.item, price.kind, price.category): price for price in session.scalars(select(Price))}

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        for price in session.scalars(select(Price).order_by(Price.id)):
            yield {
                "item": price.item,
                "kind": price.kind,
                "amount_yuan": f"{price.amount_fen / 100:.2f}",
                "unit": price.unit,
                "category": price.category,
            }


class Articles(Sheet):
    """Advice, known by title and product type."""

    name, title, model = "articles", "自助文章", Article
    columns = (
        Column("title", "标题", values.code, key=True),
        Column("product_type", "产品类型", values.code, key=True),
        Column("symptom", "现象"),
        Column("fault_code", "故障代码", values.code),
        Column("steps", "步骤", values.steps),
        Column("safe", "客户可自行操作", values.yes_or_no),
    )
    required = ("title",)

    def key(self, row: Row) -> tuple[Any, ...]:
        return row.cells["title"], row.cells.get("product_type", "")

    def existing(self, session: Session, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
        return {(article.title, article.product_type): article for article in session.scalars(select(Article))}

    def export(self, session: Session) -> Iterator[dict[str, Any]]:
        for article in session.scalars(select(Article).order_by(Article.id)):
            yield {column.name: getattr(article, column.name) for column in self.columns} | {
                "steps": "|".join(article.steps)
            }
