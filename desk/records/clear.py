"""Empty the tables: for tests, for a fresh demo, and for starting a pinned run over."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from desk.records.models import Base

CONFIGURATION = frozenset(
    {"staff", "staff_sessions", "password_links", "saved_settings", "policy_versions", "api_keys", "agent_groups",
     "canned_replies", "signing_keys", "oncall_people", "oncall_shifts", "oncall_swaps"}
)


def everything(session: Session) -> None:
    """Delete every row of every table."""
    _clear(session, frozenset())


def business(session: Session) -> None:
    """Delete customers, cases and conversations; who may sign in and which keys exist stays."""
    _clear(session, CONFIGURATION)


def _clear(session: Session, kept: frozenset[str]) -> None:
    session.expunge_all()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in kept:
            session.execute(delete(table))
