"""Advice: found by symptom or by full-text search, and the words by which it is passed on."""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from desk.cases import product_types
from desk.language import segments
from desk.records.care import INDEX
from desk.records.models import Article

MOST_WHILE_BOOKING = 4
CANDIDATES = 20
MOST_WORDS = 60
# Words that only make a question of it.
_ASKING = re.compile("怎么办|怎么样|怎么|怎样|如何|为什么|为啥|请问|咋办|咋|一下|可以吗|是不是|有没有|[吗呢啊呀了的]")


def fitting(session: Session, product_type: str, symptom: str, fault_code: str | None = None) -> Article | None:
    """The best article for this product and symptom, or None when nothing really fits."""
    return best_of(session.scalars(select(Article)), product_type, symptom, fault_code)


def best_of(known: Iterable[Article], product_type: str, symptom: str, fault_code: str | None = None) -> Article | None:
    """As `fitting`, out of these."""
    best, best_score = None, 0.0
    for article in known:
        if article.product_type and not product_types.same(article.product_type, product_type):
            continue
        score = _score(article, symptom, fault_code)
        if score > best_score:
            best, best_score = article, score
    return best if best_score >= 0.5 else None


def search(session: Session, text: str, limit: int = 5) -> list[Article]:
    """Articles by full-text search, the best first; one word in common is enough."""
    words = list(dict.fromkeys(segments.words(_ASKING.sub(" ", text))))[:MOST_WORDS]
    if not words:
        return []
    if session.get_bind().dialect.name == "sqlite":
        query = sql(
            f"SELECT articles.id FROM {INDEX} JOIN articles ON articles.id = {INDEX}.rowid"
            f" WHERE {INDEX} MATCH :words ORDER BY bm25({INDEX}, 5.0, 3.0, 1.0), articles.id LIMIT :n"
        )
        wanted = " OR ".join(f'"{word}"' for word in words)
    else:
        query = sql(
            f"SELECT article_id FROM {INDEX}, to_tsquery('simple', :words) AS wanted WHERE words @@ wanted"
            " ORDER BY ts_rank(words, wanted) DESC, article_id LIMIT :n"
        )
        wanted = " | ".join(words)
    numbers = list(session.scalars(query, {"words": wanted, "n": limit}))
    found = {one.id: one for one in session.scalars(select(Article).where(Article.id.in_(numbers)))}
    return [found[number] for number in numbers if number in found]


def answering(session: Session, product_type: str, question: str, fault_code: str | None = None) -> Article | None:
    """The article whose title, symptom or code a how-to question means."""
    best, best_score = None, 0.0
    for article in search(session, f"{product_type} {question}", CANDIDATES):
        if article.product_type and product_type and not product_types.same(article.product_type, product_type):
            continue
        bare = question.replace(product_type, "") if product_type else question
        title = article.title.replace(article.product_type, "") if article.product_type else article.title
        score = max(_score(article, question, fault_code), _shared(title, bare))
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
