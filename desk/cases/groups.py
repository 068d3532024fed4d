"""Groups of agents: which line a conversation joins."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.records.models import AgentGroup

IDLE_MINUTES = 10  # of the common line, which is no group


def active(session: Session) -> list[AgentGroup]:
    """The groups in use, by title."""
    return list(session.scalars(select(AgentGroup).where(AgentGroup.active.is_(True)).order_by(AgentGroup.title)))


def for_case(session: Session, reason: str, product_type: str | None) -> str | None:
    """The group whose skills name the reason, else the product, else the one without skills, else the common line."""
    found = active(session)
    for wanted in (reason, product_type):
        named = next((group.code for group in found if wanted and wanted in group.skills), None)
        if named is not None:
            return named
    return next((group.code for group in found if not group.skills), None)
