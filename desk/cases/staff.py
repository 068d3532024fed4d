"""People who sign in: added, listed, given a new password, switched off."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import audit
from desk.records import passwords
from desk.records.models import Staff
from desk.records.staff import ROLES


def add(
    session: Session,
    login: str,
    name: str,
    password: str,
    role: str = "agent",
    groups: tuple[str, ...] = (),
    actor: str = "system",
) -> Staff:
    """A new colleague. Raises ValueError when the login is taken, the role unknown or the password too short."""
    if role not in ROLES:
        raise ValueError(f"没有「{role}」这个角色；有：{'、'.join(ROLES)}")
    if not login.strip() or by_login(session, login) is not None:
        raise ValueError(f"登录名「{login}」不能用：空的，或已经有人用了")
    person = Staff(
        login=login.strip(), name=name, role=role, groups=list(groups), password_hash=passwords.hashed(password)
    )
    session.add(person)
    session.flush()
    audit.note(session, actor, "staff_added", "staff", person.id, role=role)
    return person


def set_password(session: Session, login: str, password: str, actor: str = "system") -> None:
    """A new password. Raises ValueError when nobody has this login or the password is too short."""
    person = _known(session, login)
    person.password_hash = passwords.hashed(password)
    audit.note(session, actor, "password_set", "staff", person.id)


def switch(session: Session, login: str, active: bool, actor: str = "system") -> None:
    """Let someone sign in, or not any more; what they did stays. Raises ValueError when nobody has this login."""
    person = _known(session, login)
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
