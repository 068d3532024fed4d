"""Scores that customers give, and what follows a low one."""

import re
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import complaints, hours, words
from desk.notify import post
from desk.records.models import Rating, Ticket

LOW = 2
FOLLOW_UP_WITHIN = timedelta(hours=4)
SCORES = {
    "非常满意": 5,
    "很满意": 5,
    "五星": 5,
    "5星": 5,
    "好评": 5,
    "满分": 5,
    "非常不满意": 1,
    "很不满意": 1,
    "差评": 1,
    "零分": 1,
    "0分": 1,
    "一星": 1,
    "不满意": 2,
    "不太满意": 2,
    "两星": 2,
    "二星": 2,
    "中评": 3,
    "一般": 3,
    "三星": 3,
    "四星": 4,
    "还行": 4,
    "满意": 4,
}
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}


def score_of(text: str) -> int | None:
    """A score from 1 to 5 in what was said; of ten points half."""
    ten = re.search(r"(10|[1-9])\s*(?:/\s*10|分[（(，, ]*(?:满分|总分)(?:10|十))", text)
    if ten:
        return max(1, round(int(ten.group(1)) / 2))
    number = re.search(r"([1-5一二两三四五])\s*(?:分|星|颗星)", text)
    if number:
        return _DIGITS.get(number.group(1)) or int(number.group(1))
    for word, score in sorted(SCORES.items(), key=lambda pair: -len(pair[0])):
        if word in text:
            return score
    return None


def keep(session: Session, conversation_id: str, ticket: Ticket | None, score: int, text: str) -> Rating:
    """Store a score with what was said."""
    rating = Rating(
        conversation_id=conversation_id,
        ticket_id=ticket.id if ticket else None,
        score=score,
        reason=text[:300],
        at=time.now(),
    )
    session.add(rating)
    session.flush()
    return rating


def explain(session: Session, number: int | None, reason: str) -> Rating | None:
    """Put the reason of a low score to it."""
    rating = session.get(Rating, number) if number else None
    if rating is not None:
        rating.reason = f"{rating.reason} {reason}"[:500]
    return rating


def follow_up(session: Session, rating: Rating | None, ticket: Ticket | None) -> datetime:
    """When a person has followed a low score up at the latest; the supervisors are told."""
    now = time.now()
    due = (now if hours.open_now(now) else hours.next_opening(now)) + FOLLOW_UP_WITHIN
    if rating is None:
        return due
    rating.follow_up_due = due
    title = texts.render("rated.notice_title", score=rating.score)
    about = ticket.number if ticket is not None else rating.conversation_id
    text = texts.render("rated.notice", reason=rating.reason, about=about, by=words.moment(due))
    for person in complaints.recipients(session, "supervisor"):
        post.queue(session, f"rating:{rating.id}", "rating", person, title, text)
    return due


def to_follow_up(session: Session) -> list[Rating]:
    """Low scores that nobody has followed up yet, the oldest first."""
    query = select(Rating).where(Rating.follow_up_due.is_not(None), Rating.followed_up_at.is_(None))
    return list(session.scalars(query.order_by(Rating.follow_up_due)))


def followed_up(rating: Rating) -> None:
    """A person spoke to the customer."""
    rating.followed_up_at = time.now()
