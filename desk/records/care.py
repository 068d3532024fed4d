"""Complaints with their promises, engineers' days off, and the search index over advice."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, Connection, ForeignKey, String, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from desk.language import segments
from desk.records.base import Base
from desk.records.catalog import Article

CLASSES = ("minor", "important", "major")


class Complaint(Base):
    """A complaint ticket's class and promises: a plan by `plan_due`, and the head told by `head_due`.

    `raised` counts how often it rose a class; `plan_at`, `head_at` and `supervisor_at` say when each was done.
    """

    __tablename__ = "complaints"
    __table_args__ = (CheckConstraint(f"grade IN {CLASSES}", name="grade"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True)
    grade: Mapped[str] = mapped_column(String(12))
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    raised: Mapped[int] = mapped_column(default=0)
    plan_due: Mapped[datetime] = mapped_column(index=True)
    plan_at: Mapped[datetime | None]
    head_due: Mapped[datetime | None]
    head_at: Mapped[datetime | None]
    supervisor_at: Mapped[datetime | None]


class EngineerLeave(Base):
    """Days on which an engineer does not work, first and last included."""

    __tablename__ = "engineer_leaves"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    engineer_id: Mapped[int] = mapped_column(ForeignKey("engineers.id", ondelete="CASCADE"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(120), default="")


# The index is written in words of one or two characters (desk.language.segments), which both databases take as they
# are: FTS5 on SQLite, a tsvector on PostgreSQL.
INDEX = "article_index"
SQLITE = f"CREATE VIRTUAL TABLE {INDEX} USING fts5(title, symptom, body)"
POSTGRESQL = (
    f"CREATE TABLE {INDEX} (article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,"
    " words TSVECTOR NOT NULL)",
    f"CREATE INDEX ix_{INDEX}_words ON {INDEX} USING gin (words)",
)

event.listen(Article.__table__, "after_create", DDL(SQLITE).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
for _statement in POSTGRESQL:
    event.listen(Article.__table__, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
event.listen(Article.__table__, "before_drop", DDL(f"DROP TABLE IF EXISTS {INDEX}"))  # type: ignore[no-untyped-call]


def index_article(connection: Connection, number: int, title: str, symptom: str, body: str) -> None:
    """Put an article's words into the index, in place of what was there."""
    words = {
        "id": number,
        "title": segments.spaced(title),
        "symptom": segments.spaced(symptom),
        "body": segments.spaced(body),
    }
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DELETE FROM {INDEX} WHERE rowid = :id"), words)
        connection.execute(
            text(f"INSERT INTO {INDEX} (rowid, title, symptom, body) VALUES (:id, :title, :symptom, :body)"), words
        )
        return
    connection.execute(
        text(
            f"INSERT INTO {INDEX} (article_id, words) VALUES (:id, setweight(to_tsvector('simple', :title), 'A') ||"
            " setweight(to_tsvector('simple', :symptom), 'A') || setweight(to_tsvector('simple', :body), 'C'))"
            " ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"
        ),
        words,
    )


@event.listens_for(Article, "after_insert")
@event.listens_for(Article, "after_update")
def _written(mapper: Mapper[Article], connection: Connection, article: Article) -> None:
    symptom = f"{article.product_type or ''} {article.symptom or ''} {article.fault_code or ''}"
    body = " ".join([*(article.steps or []), article.body or ""])
    index_article(connection, article.id, article.title, symptom, body)


@event.listens_for(Article, "after_delete")
def _deleted(mapper: Mapper[Article], connection: Connection, article: Article) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DELETE FROM {INDEX} WHERE rowid = :id"), {"id": article.id})
