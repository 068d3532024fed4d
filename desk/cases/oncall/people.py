"""Keeping the rota: people with their addresses, shifts, swaps and absences. Each change is in the audit log."""

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit
from desk.language import phones
from desk.records.models import OncallPerson, OncallShift, OncallSwap
from desk.records.oncall import DAYS, ROLES, TURNS

ADDRESSES = ("phone", "mail", "wecom", "dingtalk")
_CHANGEABLE = (*ADDRESSES, "name", "role", "staff_id", "engineer_id", "duty_group", "active")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def add_person(session: Session, actor: str, name: str, **fields: Any) -> OncallPerson:
    """Someone who can be told; `fields` are columns of oncall_people. Raises ValueError with what is wrong."""
    name = name.strip()
    if not name or by_name(session, name) is not None:
        raise ValueError(f"「{name}」不能用：空的，或名单里已经有了")
    person = OncallPerson(name=name)
    session.add(person)
    _fill(person, fields)
    session.flush()
    audit.note(session, actor, "oncall_person_added", "oncall_person", person.id, role=person.role)
    return person


def change_person(session: Session, actor: str, person_id: int, **fields: Any) -> OncallPerson:
    """New addresses, another role, switched off. Raises ValueError."""
    person = session.get(OncallPerson, person_id)
    if person is None:
        raise ValueError("名单里没有这个人")
    _fill(person, fields)
    session.flush()
    audit.note(session, actor, "oncall_person_changed", "oncall_person", person.id, fields=sorted(fields))
    return person


def set_shift(
    session: Session,
    actor: str,
    name: str,
    days: str,
    starts: str,
    ends: str,
    people: list[int],
    turn: str = "none",
    since: date | None = None,
) -> OncallShift:
    """A new shift, or the one of this name with new contents. Raises ValueError."""
    if days not in DAYS or turn not in TURNS:
        raise ValueError(f"日子只能是 {'、'.join(DAYS)}；轮换只能是 {'、'.join(TURNS)}")
    if not _CLOCK.fullmatch(starts) or not _CLOCK.fullmatch(ends) or starts == "24:00":
        raise ValueError("时间写成 18:00 这样；到半夜写 24:00")
    known = {person.id for person in session.scalars(select(OncallPerson))}
    if not people or not set(people) <= known:
        raise ValueError("一个班至少要有一个人，而且都要在名单里")
    shift = session.scalar(select(OncallShift).where(OncallShift.name == name.strip()))
    if shift is None:
        shift = OncallShift(name=name.strip())
        session.add(shift)
    shift.days, shift.starts, shift.ends, shift.turn = days, starts, ends, turn
    shift.people, shift.since = list(people), since or time.today()
    session.flush()
    audit.note(session, actor, "oncall_shift_set", "oncall_shift", shift.id, days=days, people=list(people))
    return shift


def drop_shift(session: Session, actor: str, shift_id: int) -> None:
    """Take a shift out of the rota. Raises ValueError."""
    shift = session.get(OncallShift, shift_id)
    if shift is None:
        raise ValueError("没有这个班")
    audit.note(session, actor, "oncall_shift_dropped", "oncall_shift", shift.id, shift.name)
    session.delete(shift)
    session.flush()


def swap(
    session: Session, actor: str, out_id: int, in_id: int | None, starts_at: datetime, ends_at: datetime,
    reason: str = "",
) -> OncallSwap:
    """`in_id` stands in for `out_id` in this time; None: `out_id` is away and the next ones move up.

    Raises ValueError.
    """
    for who in (out_id, in_id):
        if who is not None and session.get(OncallPerson, who) is None:
            raise ValueError("名单里没有这个人")
    if ends_at <= starts_at or out_id == in_id:
        raise ValueError("换班的时间或人不对：结束要在开始之后，两个人要不同")
    made = OncallSwap(
        out_id=out_id, in_id=in_id, starts_at=starts_at, ends_at=ends_at, reason=reason[:200], actor=actor
    )
    session.add(made)
    session.flush()
    audit.note(session, actor, "oncall_swapped", "oncall_swap", made.id, reason[:300], out=out_id, into=in_id)
    return made


def cancel_swap(session: Session, actor: str, swap_id: int) -> None:
    """The swap does not hold any more. Raises ValueError."""
    found = session.get(OncallSwap, swap_id)
    if found is None:
        raise ValueError("没有这个换班")
    if found.cancelled_at is None:
        found.cancelled_at = time.now()
        audit.note(session, actor, "oncall_swap_cancelled", "oncall_swap", found.id)


def by_name(session: Session, name: str) -> OncallPerson | None:
    """The person of this name."""
    return session.scalar(select(OncallPerson).where(OncallPerson.name == name.strip()))


def everybody(session: Session) -> list[OncallPerson]:
    """All people, also those switched off."""
    return list(session.scalars(select(OncallPerson).order_by(OncallPerson.id)))


def shifts(session: Session) -> list[OncallShift]:
    """All shifts."""
    return list(session.scalars(select(OncallShift).order_by(OncallShift.id)))


def swaps(session: Session, since: datetime | None = None) -> list[OncallSwap]:
    """The swaps that hold now or later (or since `since`)."""
    query = select(OncallSwap).where(OncallSwap.ends_at > (since or time.now()), OncallSwap.cancelled_at.is_(None))
    return list(session.scalars(query.order_by(OncallSwap.starts_at)))


def _fill(person: OncallPerson, fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(_CHANGEABLE)
    if unknown:
        raise ValueError(f"不认识的项：{'、'.join(sorted(unknown))}")
    if fields.get("role") not in (None, *ROLES):
        raise ValueError(f"角色只能是 {'、'.join(ROLES)}")
    if fields.get("mail") and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", fields["mail"]):
        raise ValueError(f"邮箱写得不对：{fields['mail']}")
    if fields.get("phone"):
        found = phones.last(fields["phone"])
        if found is None or found.problem is not None:
            raise ValueError(f"电话写得不对：{fields['phone']}")
        fields = {**fields, "phone": found.number}
    for name, value in fields.items():
        setattr(person, name, value)
