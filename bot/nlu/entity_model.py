"""Entities of a text, merged from finders, tagger and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy

from bot.nlu import encoder as encoders
from bot.nlu import finders, sentences, token_model
from bot.nlu.data import Span, Utterance
from bot.nlu.encoder import Encoder
from bot.nlu.finders import overlap
from bot.nlu.gazetteer import Gazetteer, read_tables
from bot.nlu.sentences import Sentence
from bot.nlu.tagger import Evidence, Tagger
from bot.nlu.token_model import OUTSIDE, TokenModel
from desk.language.text import plain

# What a table alone may claim; parts, symptoms and places mean too much else, there the tagger decides.
_TRUSTED_TABLES = {"product_type", "brand"}
_OTHER_WORD_AFTER = re.compile(r"[号卡店费台站柜]|\s*[:：是]?\s*1\d{6}")

_FACTS = "entities.json"
_TAGGER = "tagger.crfsuite"
_TOKENS = "tokens.npz"
# An entity that a character's vector makes less likely than this is not worth a thought.
_WORTH = 0.04
_LEAST = 0.05


class EntityModel:
    """Finds entities; made by `fit` or `load`."""

    def __init__(self, tables: dict[str, list[str]], encoder: Encoder) -> None:
        self.encoder = encoder
        self._tables = tables
        self._gazetteer = Gazetteer(spacy.blank("zh"), tables)
        self._tagger: Tagger | None = None
        self._tokens: TokenModel | None = None

    @classmethod
    def fit(cls, utterances: Sequence[Utterance], tables: Path | str, folder: Path, encoder: Encoder) -> EntityModel:
        """Train on annotated utterances, beside the tables in the folder `tables`; keep all in `folder`."""
        model = cls(read_tables(tables), encoder)
        facts = {"tables": model._tables, "encoder": encoder.name}
        (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        encoded = sentences.read_all(encoder, [each.text for each in utterances])
        likely: list[Sequence[dict[str, float]]] = [[{}] * len(each.text) for each in utterances]
        if any(len(each.tokens) for each in encoded):
            model._tokens = TokenModel.fit(encoded, utterances)
            model._tokens.save(folder / _TOKENS)
            labels = model._tokens.labels
            likely = [_likely(each, labels) for each in token_model.unseen_chances(encoded, utterances, labels)]
        evidence = [
            Evidence(each.text, model._hints(each.text), known) for each, known in zip(utterances, likely, strict=True)
        ]
        model._tagger = Tagger.fit(utterances, evidence, folder / _TAGGER)
        return model

    def find(self, sentence: Sentence, asks: str | None = None) -> list[dict[str, Any]]:
        """Entity dicts with entity, value, start, end and, where known, `normal`; in order, never overlapping."""
        assert self._tagger is not None
        text = sentence.text
        certain = finders.find(text, asks)
        normal = {each.span: each.normal for each in certain}
        loose, names = finders.find_loose(text), self._names(text)
        likely = _likely(self._tokens.chances(sentence), self._tokens.labels) if self._tokens else [{}] * len(text)
        evidence = Evidence(text, [*normal, *loose, *names], likely)
        tagged = [_asked(span, asks) for span in self._tagger.find(evidence) if _is_whole(text, span)]
        sure = [span for span in names if _is_sure(text, span) and self._is_likely(span)]
        spans = _without_overlaps([*normal, *tagged, *loose, *sure])
        return [_entity(text, span, normal.get(span)) for span in sorted(spans, key=lambda span: span.start)]

    @classmethod
    def load(cls, folder: Path) -> EntityModel:
        """Read what `fit` kept in `folder`."""
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        model = cls(facts["tables"], encoders.named(facts["encoder"]))
        model._tagger = Tagger(folder / _TAGGER)
        if (folder / _TOKENS).exists():
            model._tokens = TokenModel.load(folder / _TOKENS)
        return model

    def _is_likely(self, span: Span) -> bool:
        """A product from the table is none where the tagger sees nothing like it (你是机器人吗)."""
        assert self._tagger is not None
        return span.entity != "product_type" or self._tagger.chance(span) >= _LEAST

    def _hints(self, text: str) -> list[Span]:
        """Everything that might be meant; overlaps are allowed here."""
        return [*(each.span for each in finders.find(text)), *finders.find_loose(text), *self._names(text)]

    def _names(self, text: str) -> list[Span]:
        return self._gazetteer.find_in(plain(text))


def _likely(chances: np.ndarray, labels: Sequence[str]) -> list[dict[str, float]]:
    """The entities worth a thought, for each character."""
    found: list[dict[str, float]] = [{} for _ in chances]
    for at, column in zip(*np.nonzero(chances > _WORTH), strict=True):
        if labels[column] != OUTSIDE:
            found[at][labels[column]] = float(chances[at, column])
    return found


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
