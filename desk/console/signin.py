"""Signing in and staying signed in: passwords checked slowly, guessing slowed down, sessions kept in the database."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit, staff
from desk.cases.permissions import LEADERS, allowed
from desk.records import db, passwords
from desk.records.models import SigninFailure, Staff, StaffSession

WINDOW = timedelta(minutes=15)
MOST_HERE, MOST_LOGIN, MOST_IP = 5, 20, 50  # failures a window: of a login from one address, of a login, of an address
IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    """Who is signed in by this request."""

    id: int
    login: str
    name: str
    role: str
    session_id: int
    csrf: str
    must_change: bool = False

    @property
    def actor(self) -> str:
        """As the audit log names them."""
        return f"staff:{self.id}"

    def may(self, action: str) -> bool:
        """Whether their role may do `action` (see desk.cases.permissions)."""
        return allowed(self.role, action)

    @property
    def leads(self) -> bool:
        """Whether a supervisor's decisions are theirs."""
        return self.role in LEADERS


class Locked(Exception):
    """Too many failures; `minutes` until it may be tried again."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


def sign_in(login: str, password: str, ip: str, user_agent: str) -> str | None:
    """A new session's token when login and password are right, else None. Raises Locked."""
    with _proved(login.strip()[:60], password, ip) as (session, person):
        if person is None:
            return None
        if passwords.outdated(person.password_hash):
            person.password_hash = passwords.hashed(password)
        return _begin(session, person, ip, user_agent)


def change_password(who: Person, current: str, new: str, ip: str, user_agent: str) -> str | None:
    """Change one's own password and sign in anew: every other session ends. None when `current` is wrong.

    Raises Locked, and ValueError for a new password that is not good.
    """
    passwords.check(new)
    if current == new:
        raise ValueError(texts.render("console.password.same"))
    with _proved(who.login, current, ip) as (session, person):
        if person is None or person.id != who.id:
            return None
        staff.choose_password(session, person, new, who.actor)
        staff.end_sessions(session, person, who.actor)
        return _begin(session, person, ip, user_agent)


def use_link(token: str, new: str) -> bool:
    """Set the password by a one-time link; False when the link is not (or no longer) good.

    Nobody is signed in by it. Raises ValueError for a password that is not good.
    """
    with db.transaction() as session:
        person = staff.of_link(session, token)
        if person is None:
            return False
        staff.choose_password(session, person, new, f"staff:{person.id}")
        staff.end_sessions(session, person, f"staff:{person.id}")
        session.execute(delete(SigninFailure).where(SigninFailure.login == person.login.lower()))
        return True


def person_of(token: str) -> Person | None:
    """Who holds this session, if it is good; that it was used is written down once a minute."""
    if not token:
        return None
    now = time.now()
    with db.reading() as session:
        found = session.execute(
            select(StaffSession, Staff)
            .join(Staff, Staff.id == StaffSession.staff_id)
            .where(StaffSession.token_hash == _digest(token))
        ).first()
    if found is None or not _good(found[0], found[1], now):
        return None
    kept, who = found
    if now - kept.last_seen_at >= SEEN_EVERY:
        with db.transaction() as session:
            session.execute(update(StaffSession).where(StaffSession.id == kept.id).values(last_seen_at=now))
    return Person(who.id, who.login, who.name, who.role, kept.id, csrf_of(token), who.must_change_password)


def csrf_of(token: str) -> str:
    """What every form of this session carries; it cannot be made without the cookie."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def own_sessions(person: Person) -> list[StaffSession]:
    """The sessions of this person that are still good, the one used last first."""
    now = time.now()
    with db.reading() as session:
        who = session.get_one(Staff, person.id)
        rows = session.scalars(
            select(StaffSession)
            .where(StaffSession.staff_id == person.id, StaffSession.revoked_at.is_(None))
            .order_by(StaffSession.last_seen_at.desc())
        ).all()
        return [row for row in rows if _good(row, who, now)]


def revoke(person: Person, session_id: int) -> bool:
    """End one of this person's own sessions; False when it is none of theirs."""
    with db.transaction() as session:
        mine = (StaffSession.id == session_id, StaffSession.staff_id == person.id, StaffSession.revoked_at.is_(None))
        ended = session.execute(update(StaffSession).where(*mine).values(revoked_at=time.now()))
        if ended.rowcount != 1:  # type: ignore[attr-defined]
            return False
        audit.note(session, f"staff:{person.id}", "signed_out", "staff", person.id, ended=session_id)
        return True


def revoke_others(person: Person) -> int:
    """End every session of this person but the one that asks; how many ended."""
    with db.transaction() as session:
        return staff.end_sessions(session, session.get_one(Staff, person.id), person.actor, keep=person.session_id)


def forget_old(session: Session) -> None:
    """Delete what no longer counts: failures of yesterday, sessions that ended a month ago."""
    now = time.now()
    session.execute(delete(SigninFailure).where(SigninFailure.at < now - timedelta(days=1)))
    session.execute(delete(StaffSession).where(StaffSession.last_seen_at < now - timedelta(days=30)))


@contextmanager
def _proved(login: str, password: str, ip: str) -> Iterator[tuple[Session, Staff | None]]:
    """A transaction, with who `login` is when the password is right, else None. Raises Locked."""
    decoy = _nobody()
    with db.transaction() as session:
        _let_in(session, login, ip)
        # Counted before the password is looked at, so that many tries at once do not slip through.
        session.add(SigninFailure(login=login.lower(), ip=ip, at=time.now()))
        person = staff.by_login(session, login)
        stored = person.password_hash if person is not None and person.active else decoy
    right = passwords.fits(password, stored)
    with db.transaction() as session:
        person = staff.by_login(session, login)
        if not right or person is None or not person.active or person.password_hash != stored:
            yield session, None
            return
        session.execute(delete(SigninFailure).where(SigninFailure.login == login.lower(), SigninFailure.ip == ip))
        yield session, person


def _begin(session: Session, person: Staff, ip: str, user_agent: str) -> str:
    token, now = secrets.token_urlsafe(32), time.now()
    forget_old(session)
    session.add(
        StaffSession(
            staff_id=person.id, token_hash=_digest(token), password_mark=_digest(person.password_hash), ip=ip[:45],
            user_agent=user_agent[:300], created_at=now, last_seen_at=now,
        )
    )
    audit.note(session, f"staff:{person.id}", "signed_in", "staff", person.id, ip=ip[:45])
    return token


def _let_in(session: Session, login: str, ip: str) -> None:
    since = time.now() - WINDOW
    same_login, same_ip = SigninFailure.login == login.lower(), SigninFailure.ip == ip
    row = session.execute(
        select(
            func.count().filter(same_login, same_ip), func.count().filter(same_login), func.count().filter(same_ip),
            func.min(SigninFailure.at),
        ).where(or_(same_login, same_ip), SigninFailure.at > since)
    ).one()
    here, of_login, of_ip, first = row
    if here >= MOST_HERE or of_login >= MOST_LOGIN or of_ip >= MOST_IP:
        left = (first + WINDOW - time.now()).total_seconds()
        raise Locked(max(1, -int(-left // 60)))


def _good(kept: StaffSession, who: Staff, now: datetime) -> bool:
    return (
        kept.revoked_at is None
        and who.active
        and kept.password_mark == _digest(who.password_hash)
        and now - kept.last_seen_at < IDLE
        and now - kept.created_at < LONGEST
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _nobody() -> str:
    """A hash that nothing fits, so that an unknown login takes as long as a wrong password."""
    return passwords.hashed(secrets.token_urlsafe(32))
