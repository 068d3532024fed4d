"""What stands before every page: signed in or sent to sign in, no forged posts, strict headers. One place for all."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from anyio import to_thread
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from desk import texts
from desk.channels.rest.problems import Problem
from desk.console import access, render, signin
from desk.console.signin import Person

COOKIE = "aftercare_staff"
HOME, LOGIN, API = "/console", "/console/login", "/console/api/"
PASSWORD, LINK = "/console/password", "/console/link/"
OPEN = (LOGIN, "/console/files/", LINK)
UNCHANGED = (PASSWORD, "/console/logout")  # what may be done before a temporary password is changed
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ConsoleRoute(APIRoute):
    """A route of the console: everything but OPEN needs a session, the permission that desk.console.access names for
    its path, and every POST its token."""

    def get_route_handler(self) -> Handler:
        """The handler with the guard before it and the headers after it."""
        handler, action = super().get_route_handler(), access.action_of(self.path)

        async def guarded(request: Request) -> Response:
            response = await _enter(request, handler, action)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            if secure(request):
                response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            return response

        return guarded


async def _enter(request: Request, handler: Handler, action: str) -> Response:
    try:
        _same_site(request)
        if not request.url.path.startswith(OPEN):
            person = await to_thread.run_sync(signin.person_of, request.cookies.get(COOKIE, ""))
            if person is None:
                return _to_sign_in(request)
            request.state.person = person
            if person.must_change and request.url.path not in UNCHANGED:
                return _to_change(request)
            if not person.may(action):
                raise Problem("forbidden", texts.render("console.problems.not_permitted"), permission=action)
            if request.method == "POST":
                await _own_form(request, person)
        return await handler(request)
    except Problem as problem:
        if request.url.path.startswith(API):
            raise
        return render.problem(request, problem)
    finally:
        await request.close()  # files that were sent


def person(request: Request) -> Person:
    """Who asks; a dependency."""
    found: Person = request.state.person
    return found


def back_to(path: str) -> str:
    """`path` when it is one of the console's own pages, else its home; nobody is sent elsewhere after signing in."""
    ours = path == HOME or (path.startswith(f"{HOME}/") and not path.startswith((*OPEN, API)))
    return path if ours and "\\" not in path and "//" not in path and path.isprintable() else HOME


def secure(request: Request) -> bool:
    """Whether the browser came by https, so that cookies must not travel without."""
    return request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"


def _same_site(request: Request) -> None:
    # A browser says where a request comes from; one that another site started changes nothing here.
    if request.method == "POST" and request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem("forbidden", texts.render("console.problems.csrf"))


async def _own_form(request: Request, who: Person) -> None:
    given = request.headers.get("x-csrf-token")
    if given is None and request.headers.get("content-type", "").startswith(FORMS):
        given = str((await request.form()).get("csrf", ""))
    if not secrets.compare_digest((given or "").encode(), who.csrf.encode()):
        raise Problem("forbidden", texts.render("console.problems.csrf"))


def _to_change(request: Request) -> Response:
    if request.url.path.startswith(API):
        raise Problem("forbidden", texts.render("console.password.must_change"))
    return RedirectResponse(PASSWORD, 303)


def _to_sign_in(request: Request) -> Response:
    if request.url.path.startswith(API):
        raise Problem("unauthorized", texts.render("console.problems.signed_out"))
    path = request.url.path if request.method == "GET" else HOME
    return RedirectResponse(f"{LOGIN}?next={quote(back_to(path))}", 303)
