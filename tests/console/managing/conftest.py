"""The people of the console's tests, and an administrator."""

from collections.abc import Callable

import pytest

from desk.records import db
from desk.records.models import Staff
from tests.console.conftest import Browser


@pytest.fixture
def boss_id(people: dict[str, int], _password_hash: str) -> int:
    """zhou, who administers."""
    with db.transaction() as session:
        person = Staff(login="zhou", name="周管", role="admin", password_hash=_password_hash)
        session.add(person)
        session.flush()
        return person.id


@pytest.fixture
def boss(browser: Callable[[], Browser], boss_id: int) -> Browser:
    """The administrator's browser, signed in."""
    return browser().sign_in("zhou")


@pytest.fixture
def chen(browser: Callable[[], Browser]) -> Browser:
    """The supervisor's browser, signed in."""
    return browser().sign_in("chen")
