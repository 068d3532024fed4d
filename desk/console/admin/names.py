"""Who stands behind the codes of the audit log."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.records.models import Staff


def staff(session: Session) -> dict[int, str]:
    """The names of all staff by id."""
    return {number: name for number, name in session.execute(select(Staff.id, Staff.name))}
