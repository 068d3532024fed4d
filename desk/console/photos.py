"""Pictures and files of a conversation: shown to colleagues, and sent by them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, UploadFile
from fastapi.responses import FileResponse, JSONResponse, Response
from sqlalchemy import select

from desk import texts
from desk.cases import photos, shared_files, writing
from desk.channels.rest.problems import Problem
from desk.console import guard
from desk.console.commands import done
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.records.models import Message

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]


@router.get("/chats/{conversation_id}/photos/{seq}/{number}")
def show(conversation_id: str, seq: int, number: int, me: Me, small: bool = False) -> Response:
    """The photo `number` of the line `seq`, or its thumbnail; a file comes as a download."""
    with db.reading() as session:
        same = (Message.conversation_id == conversation_id, Message.seq == seq)
        attachments = session.scalar(select(Message.attachments).where(*same)) or []
    given = attachments[number] if 0 <= number < len(attachments) else {}
    found = photos.path(given, small)
    if found is not None:
        return FileResponse(found, media_type=photos.MIME, headers={"Cache-Control": "private, max-age=3600"})
    file = shared_files.path(given)
    if file is None:
        raise Problem("not-found", texts.render("console.problems.not_found"))
    return FileResponse(file, media_type=given["mime"], filename=given["name"])


@router.post("/api/photos/{conversation_id}")
def send(
    conversation_id: str, file: UploadFile, me: Me, version: Annotated[int, Form()],
    key: Annotated[str, Form(min_length=8, max_length=64, pattern="^[A-Za-z0-9-]+$")],
) -> JSONResponse:
    """Send a picture or a file to the customer."""
    try:
        content = file.file.read(photos.LARGEST + 1)
        return done(lambda: writing.attach(conversation_id, me.id, version, content, file.filename or "", key))
    except (photos.NoPicture, shared_files.NoFile) as error:
        raise Problem("invalid", str(error), code=error.code) from error
