"""Entities with a shape of their own (phones, tickets, serials, orders, codes), by the finders of `desk.language`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from desk.language import codes, orders, phones, serials, tickets

from bot.nlu.data import Span


@dataclass(frozen=True)
class Found:
    """A span and its value in the form in which it is stored."""

    span: Span
    normal: str


@lru_cache(maxsize=512)
def find(text: str, asks: str | None = None) -> tuple[Found, ...]:
    """What the finders see, the surest kind first, without overlaps. `asks` is the question that is pending."""
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


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.start < other.end and other.start < one.end
