"""What customers call things, and how such a thing reaches the workshop."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class ProductType:
    """A kind of product: every word for it, its 三包 category, and the service modes it allows, the usual one first."""

    name: str
    names: tuple[str, ...]
    category: str
    modes: tuple[str, ...]


@cache
def all_types() -> tuple[ProductType, ...]:
    """The table of `product_types.yml`."""
    raw = yaml.safe_load(files("desk.cases").joinpath("product_types.yml").read_text("utf-8"))
    return tuple(
        ProductType(name, tuple(str(word) for word in entry["names"]), entry["category"], tuple(entry["modes"]))
        for name, entry in raw.items()
    )


@cache
def _by_word() -> tuple[tuple[str, ProductType], ...]:
    words = [(word.lower(), kind) for kind in all_types() for word in kind.names]
    return tuple(sorted(words, key=lambda pair: -len(pair[0])))


def find(text: str) -> tuple[str, ProductType] | None:
    """The longest product word in `text`, as written there, and its type."""
    low = text.lower()
    for word, kind in _by_word():
        at = low.find(word)
        if at >= 0:
            return text[at : at + len(word)], kind
    return None


def same(one: str, other: str) -> bool:
    """Whether two words may mean the same kind of thing (投影 / 投影仪, 电瓶车 / 电动车)."""
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    first, second = find(one), find(other)
    return bool(first and second and first[1] is second[1])
