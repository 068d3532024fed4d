"""Entities of a text, merged from finders, tagger and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc

from bot.nlu import finders
from bot.nlu.data import Span, Utterance
from bot.nlu.finders import overlap
from bot.nlu.gazetteer import Gazetteer, read_tables
from bot.nlu.tagger import Tagger
from desk.language.text import plain

# What a table alone may claim; parts, symptoms and places mean too much else, there the tagger decides.
_TRUSTED_TABLES = {"product_type", "brand"}
_OTHER_WORD_AFTER = re.compile(r"[号卡店费台站柜]|\s*[:：是]?\s*1\d{6}")

_TABLES = "tables.json"
_TAGGER = "tagger.crfsuite"


class EntityModel:
    """Finds entities; made by `fit` or `load`."""

    def __init__(self, tables: dict[str, list[str]]) -> None:
        self._tables = tables
        self._vocabulary = spacy.blank("zh")
        self._gazetteer = Gazetteer(self._vocabulary, tables)
        self._tagger: Tagger | None = None

    @classmethod
    def fit(cls, utterances: Sequence[Utterance], tables: Path | str, folder: Path) -> EntityModel:
        """Train on annotated utterances, beside the tables in the folder `tables`; keep all in `folder`."""
        model = cls(read_tables(tables))
        (folder / _TABLES).write_text(json.dumps(model._tables, ensure_ascii=False), encoding="utf-8")
        model._tagger = Tagger.fit(utterances, model._hints, folder / _TAGGER)
        return model

    def find(self, text: str, asks: str | None = None) -> list[dict[str, Any]]:
        """Entity dicts with entity, value, start, end and, where known, `normal`; in order, never overlapping."""
        assert self._tagger is not None
        certain = finders.find(text, asks)
        normal = {each.span: each.normal for each in certain}
        named = [span for span in self._names(text) if _is_sure(text, span)]
        tagged = [_asked(span, asks) for span in self._tagger.find(text) if _is_whole(text, span)]
        spans = _without_overlaps([*normal, *tagged, *finders.find_loose(text), *named])
        return [_entity(text, span, normal.get(span)) for span in sorted(spans, key=lambda span: span.start)]

    @classmethod
    def load(cls, folder: Path) -> EntityModel:
        """Read what `fit` kept in `folder`."""
        model = cls(json.loads((folder / _TABLES).read_text(encoding="utf-8")))
        model._tagger = Tagger(folder / _TAGGER, model._hints)
        return model

    def _hints(self, text: str) -> list[Span]:
        """Everything that might be meant; overlaps are allowed here."""
        return [*(each.span for each in finders.find(text)), *finders.find_loose(text), *self._names(text)]

    def _names(self, text: str) -> list[Span]:
        characters = list(plain(text))
        return self._gazetteer.find(Doc(self._vocabulary.vocab, characters, [False] * len(characters)))


def _is_whole(text: str, span: Span) -> bool:
    """A single character is a product (车) or a part (屏), nothing else; a product is no piece of a word (手机号)."""
    if span.entity == "product_type" and _OTHER_WORD_AFTER.match(text, span.end):
        return False
    return span.end - span.start > 1 or span.entity in {"product_type", "part", "person_name"}


def _asked(span: Span, asks: str | None) -> Span:
    """A date is the one that was asked for."""
    wanted = {"visit_time": "visit_time", "callback_time": "visit_time", "purchase_date": "purchase_date"}.get(
        asks or ""
    )
    if wanted and span.entity in {"visit_time", "purchase_date"}:
        return Span(wanted, span.start, span.end)
    return span


def _is_sure(text: str, span: Span) -> bool:
    """Whether a name from a table counts without the tagger: long enough, and no part of another word (手机号)."""
    trusted = span.entity in _TRUSTED_TABLES and span.end - span.start > 1
    return trusted and not _OTHER_WORD_AFTER.match(text, span.end)


def _entity(text: str, span: Span, normal: str | None) -> dict[str, Any]:
    entity = {"entity": span.entity, "value": text[span.start : span.end], "start": span.start, "end": span.end}
    return entity if normal is None else {**entity, "normal": normal}


def _without_overlaps(spans: Sequence[Span]) -> list[Span]:
    """Each span that touches none of those before it."""
    kept: list[Span] = []
    for span in spans:
        if not any(overlap(span, other) for other in kept):
            kept.append(span)
    return kept
