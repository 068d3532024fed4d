"""The morning list: promised calls, voicemails and broken-off calls, to be worked off one by one."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from desk import texts
from desk.cases import audit
from desk.cases.hotline import morning
from desk.channels.hotline.settings import settings as hotline_settings
from desk.channels.rest.problems import Problem
from desk.console import guard, render
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
# The page plays sound of its own origin, which no other page does.
POLICY = guard.HEADERS["Content-Security-Policy"] + "; media-src 'self'"


@router.get("/morning")
def show(me: Me) -> HTMLResponse:
    """The list."""
    return _page(me)


@router.post("/morning/{kind}/{entry_id}")
def work_off(
    kind: morning.Kind, entry_id: str, me: Me, result: Annotated[morning.Result, Form()],
    note: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """An entry was dealt with."""
    try:
        with db.transaction() as session:
            morning.work_off(session, kind, entry_id, me.id, result, note)
    except morning.Refused as refused:
        return _page(me, 422, trouble={"id": f"{kind}-{entry_id}", "words": str(refused)}, note=note)
    return RedirectResponse("/console/morning", 303)


@router.post("/api/morning/{kind}/{entry_id}/reveal")
def reveal(kind: morning.Kind, entry_id: str, me: Me) -> JSONResponse:
    """The number in full, for who calls back; that it was looked at is written down."""
    with db.transaction() as session:
        phone = morning.phone_of(session, kind, entry_id, me.id)
    if phone is None:
        raise Problem("not-found", texts.render("console.morning.gone"))
    return JSONResponse({"phone": phone})


@router.get("/morning/sound/{voicemail_id}")
def sound(voicemail_id: int, me: Me) -> FileResponse:
    """A voicemail; that it was listened to is written down."""
    with db.transaction() as session:
        name = morning.sound_of(session, voicemail_id)
        if name is not None:
            audit.note(session, f"staff:{me.id}", "voicemail_played", "voicemail", voicemail_id)
    path = hotline_settings().folder / name if name else None
    if path is None or not path.is_file():
        raise Problem("not-found", texts.render("console.morning.no_sound"))
    return FileResponse(path, media_type="audio/wav")


def _page(me: Person, status: int = 200, **more: Any) -> HTMLResponse:
    with db.reading() as session:
        entries = morning.entries(session)
    page = render.page(
        "morning.html", status, person=me, entries=entries, here="/console/morning",
        may_reveal=me.may("own_contact"),
        trouble=more.get("trouble") or {"id": ""}, note=more.get("note", ""),
    )
    page.headers["Content-Security-Policy"] = POLICY
    return page
