"""People who sign in: added, changed, given a way to set a password, switched off."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import audit
from desk.records import passwords
from desk.records.models import PasswordLink, Staff, StaffSession
from desk.records.staff import ROLES

LINK_LASTS = timedelta(hours=24)
MOST_CHATS = 50


def add(
    session: Session,
    login: str,
    name: str,
    password: str,
    role: str = "agent",
    groups: tuple[str, ...] = (),
    actor: str = "system",
    *,
    must_change: bool = False,
) -> Staff:
    """A new colleague. `must_change`: the password is to be changed at the first sign-in.

    Raises ValueError when the login is taken, the role unknown or the password not good.
    """
    if role not in ROLES:
        raise ValueError(f"没有「{role}」这个角色；有：{'、'.join(ROLES)}")
    if not login.strip() or by_login(session, login) is not None:
        raise ValueError(f"登录名「{login}」不能用：空的，或已经有人用了")
    person = Staff(
        login=login.strip(), name=name, role=role, groups=list(groups), password_hash=passwords.hashed(password),
        must_change_password=must_change,
    )
    session.add(person)
    session.flush()
    audit.note(session, actor, "staff_added", "staff", person.id, role=role)
    return person


def invite(
    session: Session, login: str, name: str, role: str, groups: tuple[str, ...], chat_limit: int, actor: str
) -> tuple[Staff, str]:
    """A new colleague whose password nobody knows, and the token of the link by which they choose one.

    Raises ValueError.
    """
    _checked(name, chat_limit)
    person = add(session, login, name.strip(), secrets.token_urlsafe(32), role, groups, actor, must_change=True)
    person.chat_limit = chat_limit
    return person, make_link(session, person, actor)


def edit(
    session: Session, person: Staff, name: str, role: str, groups: tuple[str, ...], chat_limit: int, actor: str
) -> None:
    """Change what a colleague is called, may do and takes. Raises ValueError, also for the last administrator."""
    _checked(name, chat_limit)
    if role not in ROLES:
        raise ValueError(f"没有「{role}」这个角色；有：{'、'.join(ROLES)}")
    if person.role == "admin" and role != "admin":
        _not_last(session, person)
    new = {"name": name.strip(), "role": role, "groups": list(groups), "chat_limit": chat_limit}
    changed = [key for key, value in new.items() if getattr(person, key) != value]
    if not changed:
        return
    before = person.role
    for key in changed:
        setattr(person, key, new[key])
    audit.note(session, actor, "staff_changed", "staff", person.id, fields=changed, role=[before, role])


def set_password(session: Session, login: str, password: str, actor: str = "system") -> None:
    """A new password. Raises ValueError when nobody has this login or the password is not good."""
    person = _known(session, login)
    choose_password(session, person, password, actor)


def choose_password(session: Session, person: Staff, password: str, actor: str) -> None:
    """The colleague's own choice, or one made for them; links that were made before end. Raises ValueError."""
    if password.lower() == person.login.lower():
        raise ValueError(texts.render("console.password.same_as_login"))
    person.password_hash = passwords.hashed(password)
    person.must_change_password = False
    _end_links(session, person)
    audit.note(session, actor, "password_set", "staff", person.id)


def make_link(session: Session, person: Staff, actor: str) -> str:
    """The token of a link by which a colleague sets a password once, within LINK_LASTS; earlier links end."""
    _end_links(session, person)
    token, now = secrets.token_urlsafe(32), time.now()
    session.add(
        PasswordLink(
            staff_id=person.id, token_hash=_digest(token), made_by=actor, created_at=now, expires_at=now + LINK_LASTS
        )
    )
    audit.note(session, actor, "password_link_made", "staff", person.id)
    return token


def of_link(session: Session, token: str) -> Staff | None:
    """Whose link this is, while it is good."""
    link = session.scalar(select(PasswordLink).where(PasswordLink.token_hash == _digest(token)))
    if link is None or link.used_at is not None or link.expires_at <= time.now():
        return None
    person = session.get_one(Staff, link.staff_id)
    return person if person.active else None


def end_sessions(session: Session, person: Staff, actor: str, keep: int | None = None) -> int:
    """Sign a colleague out everywhere (but in the session `keep`); how many sessions ended."""
    running = [StaffSession.staff_id == person.id, StaffSession.revoked_at.is_(None), StaffSession.id != (keep or 0)]
    ended = session.execute(update(StaffSession).where(*running).values(revoked_at=time.now()))
    count = int(ended.rowcount)  # type: ignore[attr-defined]
    audit.note(session, actor, "signed_out_everywhere", "staff", person.id, ended=count)
    return count


def switch(session: Session, login: str, active: bool, actor: str = "system") -> None:
    """Let someone sign in, or not any more; what they did stays.

    Raises ValueError when nobody has this login, and for the last administrator.
    """
    person = _known(session, login)
    if not active:
        _not_last(session, person)
    person.active = active
    audit.note(session, actor, "staff_switched_on" if active else "staff_switched_off", "staff", person.id)


def by_login(session: Session, login: str) -> Staff | None:
    """Who signs in with this name."""
    return session.scalar(select(Staff).where(Staff.login == login.strip()))


def everybody(session: Session) -> list[Staff]:
    """All staff, by login."""
    return list(session.scalars(select(Staff).order_by(Staff.login)))


def _known(session: Session, login: str) -> Staff:
    person = by_login(session, login)
    if person is None:
        raise ValueError(f"没有登录名「{login}」")
    return person


def _checked(name: str, chat_limit: int) -> None:
    if not name.strip():
        raise ValueError(texts.render("console.staff.needs_name"))
    if not 0 <= chat_limit <= MOST_CHATS:
        raise ValueError(texts.render("console.staff.chat_limit_range", most=MOST_CHATS))


def _not_last(session: Session, person: Staff) -> None:
    others = select(func.count()).where(Staff.role == "admin", Staff.active.is_(True), Staff.id != person.id)
    if person.role == "admin" and person.active and not session.scalar(others):
        raise ValueError(texts.render("console.staff.last_admin"))


def _end_links(session: Session, person: Staff) -> None:
    open_links = (PasswordLink.staff_id == person.id, PasswordLink.used_at.is_(None))
    session.execute(update(PasswordLink).where(*open_links).values(used_at=time.now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
