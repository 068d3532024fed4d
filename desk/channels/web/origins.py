"""Which websites may hold the widget: their pages' origins, by setting; our own pages always may."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from desk import texts
from desk.channels.rest import problems
from desk.settings import settings

ANY = "*"
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Expose-Headers": "Retry-After",
    "Access-Control-Max-Age": "600",
}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class WebRoute(APIRoute):
    """A call of the widget: refused to pages of other sites, readable by those that are allowed, errors included."""

    def get_route_handler(self) -> Handler:
        """The handler with the check before it and the headers after it."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            origin = request.headers.get("origin")
            if origin is not None and not allowed(origin, request):
                return problems.response("forbidden", texts.render("web.origin", origin=origin), request.url.path)
            try:
                response = await handler(request)
            except problems.Problem as problem:
                response = problems.response(
                    problem.kind, problem.detail, request.url.path, problem.headers, **problem.more
                )
            except RequestValidationError as error:
                response = await problems.invalid(request, error)
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers["X-Content-Type-Options"] = "nosniff"
            _add(response, origin)
            return response

        return guarded


def allowed(origin: str, request: Request) -> bool:
    """Whether a page of `origin` may speak for its visitor."""
    return origin in settings().widget_origins or ANY in settings().widget_origins or _is_own(origin, request)


async def preflight(request: Request) -> Response:
    """The browser asks before a call from another site."""
    origin = request.headers.get("origin", "")
    if not allowed(origin, request):
        return problems.response("forbidden", texts.render("web.origin", origin=origin), request.url.path)
    response = Response(status_code=204, headers=_ALLOWED)
    _add(response, origin)
    return response


def _add(response: Response, origin: str | None) -> None:
    response.headers["Vary"] = "Origin"
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _ALLOWED["Access-Control-Expose-Headers"]


def _is_own(origin: str, request: Request) -> bool:
    # By name and port alone: behind a proxy we do not see that the page came by https.
    return origin.partition("://")[2] == request.headers.get("host", "")
