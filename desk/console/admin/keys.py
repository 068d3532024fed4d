"""Keys of integrations: made with their scopes, shown once, ended."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select

from desk import texts, time
from desk.cases import audit
from desk.channels.rest import auth
from desk.channels.rest.problems import Problem
from desk.console import guard, pages
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.records.models import ApiKey

router = APIRouter(prefix="/console/manage/keys", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
HOME = "/console/manage/keys"


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """All keys, without the keys themselves."""
    return _page(request, me)


@router.post("")
def add(
    request: Request, me: Me, name: Annotated[str, Form(max_length=60)] = "",
    scopes: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """A new key; it is shown this once."""
    if not name.strip() or not scopes:
        return _page(request, me, 422, texts.render("console.keys.needs"), name=name, scopes=scopes)
    try:
        with db.transaction() as session:
            key = auth.create(session, name.strip(), scopes)
            audit.note(session, me.actor, "key_added", "key", name.strip(), scopes=scopes)
    except ValueError as error:
        return _page(request, me, 422, str(error), name=name, scopes=scopes)
    return _page(request, me, key=key)


@router.post("/revoke")
def revoke(me: Me, id: Annotated[int, Form()]) -> Response:
    """End a key at once."""
    with db.transaction() as session:
        key = session.get(ApiKey, id)
        if key is None:
            raise Problem("not-found", texts.render("console.content.gone"))
        if key.revoked_at is None:
            key.revoked_at = time.now()
            audit.note(session, me.actor, "key_revoked", "key", key.name)
    return pages.done(HOME, "revoked")


def _page(
    request: Request, me: Person, status: int = 200, trouble: str = "", key: str = "", name: str = "",
    scopes: list[str] | None = None,
) -> HTMLResponse:
    with db.reading() as session:
        rows = list(session.scalars(select(ApiKey).order_by(ApiKey.revoked_at.is_not(None), ApiKey.id)))
    return pages.show(
        request, me, "admin/keys.html", status, rows=rows, known=list(auth.SCOPES.items()), names=auth.SCOPES,
        key=key, called=name, chosen=scopes or [], trouble=trouble, first=auth.FIRST_KEY,
    )
