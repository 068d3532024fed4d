"""Every path of the console has a permission, and every role gets exactly what the table says."""

import re
from collections.abc import Callable

import pytest

from desk import texts
from desk.cases.permissions import ALLOWED, allowed
from desk.console import access, guard
from desk.console.routes import PARTS
from desk.records.staff import ROLES
from tests.console.conftest import Browser

ROUTES = sorted(
    (method, route.path)  # type: ignore[attr-defined]
    for part in PARTS
    for route in part.router.routes
    for method in route.methods  # type: ignore[attr-defined]
)
LOGINS = {"agent": "wang", "supervisor": "chen", "admin": "zhou"}
REFUSED = texts.render("console.problems.not_permitted")


def address(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "1", path)


@pytest.mark.parametrize("path", sorted({path for _, path in ROUTES}))
def test_every_path_has_a_permission(path: str) -> None:
    assert access.action_of(path) in {access.OPEN, *ALLOWED}, f"{path}: name its permission in desk/console/access.py"
    assert path.startswith(guard.OPEN) or "{" in path or access.action_of(path) != access.OPEN


def test_no_path_has_two_permissions() -> None:
    declared = [path for paths in access.PATHS.values() for path in paths]
    assert sorted(declared) == sorted(set(declared))


def test_no_permission_for_a_path_that_is_gone() -> None:
    assert {path for paths in access.PATHS.values() for path in paths} <= {path for _, path in ROUTES}


@pytest.mark.parametrize("action", ALLOWED)
def test_every_permission_has_words(action: str) -> None:
    assert texts.has(f"console.permissions.actions.{action}")


def test_what_nobody_declared_is_nobodys() -> None:
    assert not any(allowed(role, "undeclared") for role in ROLES)
    assert not allowed("stranger", "chats")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(
    role: str, browser: Callable[[], Browser], boss_id: int
) -> None:
    one = browser().sign_in(LOGINS[role])
    for method, path in ROUTES:
        action = access.action_of(path)
        if action == access.OPEN:
            continue
        # A POST whose token is wrong comes no further than the permission, so that nothing is changed here.
        # Not read to its end when it is not refused: a stream has none.
        ask = {"allow_redirects": False, "timeout": 20, "stream": True}
        with one.http.request(method, one.base + address(path), **ask) as answer:
            refused = answer.status_code == 403 and REFUSED in answer.text
        assert refused is not (role in ALLOWED[action]), (role, method, path, answer.status_code)
        if method == "POST" and not refused:
            assert answer.status_code == 403, (path, answer.status_code)


def test_nothing_without_a_session(browser: Callable[[], Browser]) -> None:
    stranger = browser()
    for method, path in ROUTES:
        if access.action_of(path) == access.OPEN:
            continue
        answer = stranger.http.request(method, stranger.base + address(path), allow_redirects=False, timeout=20)
        if path.startswith(guard.API):
            assert answer.status_code == 401, path
        else:
            assert answer.status_code == 303 and "/console/login" in answer.headers["Location"], path
