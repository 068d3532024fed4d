"""Entities with a shape of their own (phones, tickets, serials, orders, codes), by the finders of `desk.language`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.data import Span
from desk.language import addresses, codes, names, orders, phones, serials, tickets


@dataclass(frozen=True)
class Found:
    """A span and its value in the form in which it is stored."""

    span: Span
    normal: str


_POSSIBLE = re.compile(r"[0-9A-Za-z０-９]|(?:[零〇洞幺一二两三四五六七拐八九].{0,2}){3}")


@lru_cache(maxsize=512)
def find(text: str, asks: str | None = None) -> tuple[Found, ...]:
    """What the finders see, the surest kind first, without overlaps. `asks` is the question that is pending."""
    if not _POSSIBLE.search(text):
        return ()
    found = [
        *(Found(Span("ticket_number", each.start, each.end), each.value) for each in tickets.find(text)),
        *(Found(Span("phone", each.start, each.end), each.number) for each in phones.find(text)),
        *(Found(Span("fault_code", each.start, each.end), each.value) for each in codes.find(text)),
        *(Found(Span("order_number", each.start, each.end), each.value) for each in orders.find(text)),
        *(
            Found(Span("serial_number", each.start, each.end), each.value)
            for each in serials.find(text, asks == "serial_number")
        ),
    ]
    kept: list[Found] = []
    for each in found:
        if not any(overlap(each.span, other.span) for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda each: each.span.start))


def find_loose(text: str) -> list[Span]:
    """Names with which customers introduce somebody, and addresses: likely, not certain."""
    found = [Span("person_name", each.start, each.end) for each in names.find(text)]
    place = addresses.find(text)
    return [*found, Span("address", *place)] if place else found


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.start < other.end and other.start < one.end
