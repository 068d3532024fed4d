"""Advice that fits a symptom."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import product_types
from desk.records.models import Article


def fitting(session: Session, product_type: str, symptom: str, fault_code: str | None = None) -> Article | None:
    """The best article for this product and symptom, or None when nothing really fits."""
    best, best_score = None, 0.0
    for article in session.scalars(select(Article)):
        if article.product_type and not product_types.same(article.product_type, product_type):
            continue
        score = _score(article, symptom, fault_code)
        if score > best_score:
            best, best_score = article, score
    return best if best_score >= 0.5 else None


def _score(article: Article, symptom: str, fault_code: str | None) -> float:
    if fault_code and article.fault_code and fault_code.upper() in re.split(r"[、,，/\s]+", article.fault_code.upper()):
        return 2.0
    best = 0.0
    for words in re.split(r"[、,，/;；|\s]+", article.symptom) if article.symptom else []:
        if not words:
            continue
        if words in symptom:
            best = max(best, 1.0 + len(words) / 100)
        else:
            best = max(best, _overlap(words, symptom))
    return best


def _overlap(words: str, text: str) -> float:
    pairs = {words[i : i + 2] for i in range(len(words) - 1)}
    if not pairs:
        return 0.0
    return 0.9 * len([pair for pair in pairs if pair in text]) / len(pairs)
