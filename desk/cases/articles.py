"""Advice that fits a symptom."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import product_types
from desk.records.models import Article

MOST_WHILE_BOOKING = 4


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


def answering(session: Session, product_type: str, question: str) -> Article | None:
    """The article whose title or symptom a how-to question means."""
    best, best_score = None, 0.0
    for article in session.scalars(select(Article)):
        if article.product_type and product_type and not product_types.same(article.product_type, product_type):
            continue
        bare = question.replace(product_type, "") if product_type else question
        title = article.title.replace(article.product_type, "") if article.product_type else article.title
        score = max(_score(article, question, None), _shared(title, bare))
        if score > best_score:
            best, best_score = article, score
    return best if best_score >= 0.4 else None


def first_aid(article: Article) -> tuple[str, dict[str, str]] | None:
    """The text (key, blanks) by which the assistant passes an article on while a repair is being booked."""
    if article.safe:
        return "fault.help", {"title": article.title, "steps": _numbered(article.steps[:MOST_WHILE_BOOKING])}
    return ("fault.help_unsafe", {"reason": article.steps[0]}) if article.steps else None


def how_to(article: Article) -> tuple[str, dict[str, str]]:
    """The text (key, blanks) by which the assistant answers a how-to question with an article."""
    if article.safe:
        return "howto.steps", {"title": article.title, "steps": _numbered(article.steps)}
    return "fault.help_unsafe", {"reason": article.steps[0] if article.steps else ""}


def _numbered(steps: list[str]) -> str:
    return "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))


def _shared(title: str, question: str) -> float:
    """How much of a title's signs stand in the question, pairs counting more."""
    signs = {sign for sign in title if "\u4e00" <= sign <= "\u9fff"} - set("怎么的了吗呢如何办")
    if not signs:
        return 0.0
    return max(_overlap(title, question), len([sign for sign in signs if sign in question]) / len(signs) * 0.8)


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
