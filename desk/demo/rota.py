"""The demo's rota: three engineers who take turns week by week, and a head."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.cases import staff
from desk.cases.oncall import people
from desk.records.models import Engineer

ON_CALL = ("陆志强", "顾海峰", "谭勇")
HEAD = "演示主管"


def add(session: Session) -> None:
    """Put it in, unless somebody is in the rota already."""
    if people.everybody(session):
        return
    ids = []
    for name in ON_CALL:
        engineer = session.scalar(select(Engineer).where(Engineer.name == name))
        if engineer is not None:
            person = people.add_person(session, "demo", name, phone=engineer.phone, engineer_id=engineer.id)
            ids.append(person.id)
    head = staff.by_login(session, "demo")
    people.add_person(session, "demo", HEAD, role="manager", staff_id=head.id if head else None)
    if ids:
        people.set_shift(session, "demo", "白班", "every", "08:00", "20:00", ids, "week")
        people.set_shift(session, "demo", "夜班", "every", "20:00", "08:00", ids[1:] + ids[:1], "week")
