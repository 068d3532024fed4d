"""Signing in and out, one's own sessions, and the console's files."""

import secrets
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from desk import demo, texts
from desk.cases import presence, staff
from desk.channels.rest.problems import Problem
from desk.console import guard, render, signin
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.settings import settings
from desk.talk import nudge

FORM_COOKIE = "aftercare_signin"
FILES = {
    "console.css": "text/css", "tokens.css": "text/css", "admin.css": "text/css", "theme.js": "text/javascript",
    "admin.js": "text/javascript", "icon.svg": "image/svg+xml",
}
_FOLDER = Path(__file__).parent / "files"

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Secret = Annotated[str, Form(max_length=2000)]


@router.get("/files/{name}")
def file(name: str) -> Response:
    """A style, a script or the icon."""
    if name not in FILES:
        raise Problem("not-found", texts.render("console.problems.not_found"))
    return FileResponse(_FOLDER / name, media_type=FILES[name], headers={"Cache-Control": "no-cache"})


@router.get("/login")
def sign_in_page(request: Request, next: str = guard.HOME) -> Response:
    """The form; who is signed in already goes on."""
    if signin.person_of(request.cookies.get(guard.COOKIE, "")) is not None:
        return RedirectResponse(guard.back_to(next), 303)
    return _form(request, next)


@router.post("/login")
def sign_in(
    request: Request,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    next: Annotated[str, Form(max_length=200)] = guard.HOME,
    csrf: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Sign in, or say what was wrong and keep the login."""
    given = request.cookies.get(FORM_COOKIE, "")
    if not given or not secrets.compare_digest(given.encode(), csrf.encode()):
        return _form(request, next, texts.render("console.signin.expired"), login, 403)
    try:
        token = signin.sign_in(login, password, _ip(request), request.headers.get("user-agent", ""))
    except signin.Locked as locked:
        words = texts.render("console.signin.locked", minutes=locked.minutes)
        return _form(request, next, words, login, 429, {"Retry-After": str(locked.minutes * 60)})
    if token is None:
        return _form(request, next, texts.render("console.signin.wrong"), login, 401)
    response = _signed_in(request, token, guard.back_to(next))
    response.delete_cookie(FORM_COOKIE, path=guard.LOGIN)
    return response


@router.post("/logout")
def sign_out(me: Me) -> Response:
    """End this session; without another one the colleague is offline at once."""
    signin.revoke(me, me.session_id)
    if not signin.own_sessions(me):
        with db.transaction() as session:
            presence.leave(session, me.id)
        nudge.tell(nudge.CONSOLE)
    response = RedirectResponse(guard.LOGIN, 303)
    response.delete_cookie(guard.COOKIE, path=guard.HOME)
    return response


@router.get("/sessions")
def sessions_page(me: Me) -> HTMLResponse:
    """Where this person is signed in."""
    return render.page("sessions.html", person=me, sessions=signin.own_sessions(me))


@router.post("/sessions/others")
def revoke_others(me: Me) -> Response:
    """Sign out everywhere but here."""
    signin.revoke_others(me)
    return RedirectResponse("/console/sessions", 303)


@router.get("/password")
def password_page(me: Me) -> HTMLResponse:
    """Change one's own password."""
    return render.page("password.html", person=me, trouble="")


@router.post("/password")
def change_password(
    request: Request, me: Me, current: Secret = "", new: Secret = "", again: Secret = ""
) -> Response:
    """Change it; the other sessions end, this one goes on under a new token."""
    if new != again:
        return _password_page(me, texts.render("console.password.differ"))
    try:
        token = signin.change_password(me, current, new, _ip(request), request.headers.get("user-agent", ""))
    except signin.Locked as locked:
        return _password_page(me, texts.render("console.signin.locked", minutes=locked.minutes), 429)
    except ValueError as error:
        return _password_page(me, str(error))
    if token is None:
        return _password_page(me, texts.render("console.password.wrong"))
    return _signed_in(request, token, guard.HOME)


@router.get("/link/{token}")
def link_page(token: str) -> HTMLResponse:
    """Choose a password by a one-time link."""
    with db.reading() as session:
        found = staff.of_link(session, token)
    return _link_page(found.login if found else None)


@router.post("/link/{token}")
def use_link(token: str, new: Secret = "", again: Secret = "") -> Response:
    """Set it; then sign in with it."""
    with db.reading() as session:
        found = staff.of_link(session, token)
    if found is None:
        return _link_page(None)
    if new != again:
        return _link_page(found.login, texts.render("console.password.differ"))
    try:
        good = signin.use_link(token, new)
    except ValueError as error:
        return _link_page(found.login, str(error))
    return RedirectResponse(guard.LOGIN, 303) if good else _link_page(None)


@router.post("/sessions/{session_id}/revoke")
def revoke(session_id: int, me: Me) -> Response:
    """End one of one's own sessions."""
    if not signin.revoke(me, session_id):
        raise Problem("not-found", texts.render("console.problems.not_found"))
    return RedirectResponse("/console/sessions" if session_id != me.session_id else guard.LOGIN, 303)


def _signed_in(request: Request, token: str, to: str) -> Response:
    response = RedirectResponse(to, 303)
    response.set_cookie(
        guard.COOKIE, token, max_age=int(signin.LONGEST.total_seconds()), path=guard.HOME, httponly=True,
        samesite="lax", secure=guard.secure(request),
    )
    return response


def _password_page(me: Person, trouble: str, status: int = 422) -> HTMLResponse:
    return render.page("password.html", status, person=me, trouble=trouble)


def _link_page(login: str | None, trouble: str = "") -> HTMLResponse:
    status = 410 if login is None else 422 if trouble else 200
    return render.page("link.html", status, login=login, trouble=trouble)


def _ip(request: Request) -> str:
    return request.client.host if request.client else ""


def _form(
    request: Request, next: str, trouble: str = "", login: str = "", status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    response = render.page(
        "login.html", status, trouble=trouble, login=login, next=guard.back_to(next), csrf=token, demo=_demo(),
    )
    response.set_cookie(
        FORM_COOKIE, token, path=guard.LOGIN, httponly=True, samesite="strict", secure=guard.secure(request)
    )
    response.headers.update(headers or {})
    return response


def _demo() -> dict[str, str] | None:
    """The demo's public login, when this desk has it."""
    if not settings().demo:
        return None
    with db.reading() as session:
        found = staff.by_login(session, demo.LOGIN)
    return {"login": demo.LOGIN, "password": demo.PASSWORD} if found is not None and found.active else None
