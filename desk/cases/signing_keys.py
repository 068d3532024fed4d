"""Random keys that all processes on a database share."""

import secrets
from functools import lru_cache

from sqlalchemy.exc import IntegrityError

from desk import time
from desk.records import db
from desk.records.models import SigningKey

SESSIONS, CUSTOMERS = "web_sessions", "web_customers"


def key(name: str) -> bytes:
    """The key `name`, made when it is asked for the first time."""
    return _key(name, str(db.engine().url))


@lru_cache(maxsize=16)
def _key(name: str, database: str) -> bytes:
    for _ in range(2):
        with db.reading() as session:
            found = session.get(SigningKey, name)
            if found is not None:
                return found.value.encode()
        try:
            with db.transaction() as session:
                session.add(SigningKey(name=name, value=secrets.token_urlsafe(32), created_at=time.now()))
        except IntegrityError:
            pass  # another process made it at the same moment
    return _key(name, database)
