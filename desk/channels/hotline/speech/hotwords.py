"""Words that a recogniser should expect: products, models, faults and dangers, from the company's own tables."""

from sqlalchemy import select

from desk import texts
from desk.cases import product_types, symptoms
from desk.records import db
from desk.records.models import Product

MOST = 800
OF_PRODUCTS, OF_FAULTS, OF_DANGERS = 20, 15, 40
ALWAYS = ("转人工", "报修", "保修", "序列号", "工单", "上门", "查进度")


def all_words() -> dict[str, int]:
    """Word → weight, dangers first; at most MOST."""
    found: dict[str, int] = {}
    for words in texts.data("hotline.danger_words").values():
        _add(found, words, OF_DANGERS)
    _add(found, ALWAYS, OF_PRODUCTS)
    for kind in product_types.all_types():
        _add(found, kind.names, OF_PRODUCTS)
    _add(found, symptoms.names(), OF_FAULTS)
    with db.reading() as session:
        for name, brand in session.execute(select(Product.name, Product.brand)):
            _add(found, [word for word in (name, brand) if word], OF_PRODUCTS)
    return dict(list(found.items())[:MOST])


def _add(found: dict[str, int], words: list[str] | tuple[str, ...], weight: int) -> None:
    for word in words:
        if 2 <= len(word) <= 12:
            found.setdefault(word, weight)
