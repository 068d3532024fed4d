"""The file or picture behind a link, as a download."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from desk import texts
from desk.cases import photos, shared_files
from desk.channels import plain
from desk.records import db
from desk.records.models import Message

router = APIRouter(include_in_schema=False, prefix="/file")
_PAGE = Path(__file__).parent / "templates" / "gone.html"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer",
}


@router.get("/{token}")
def fetch(token: str) -> Response:
    """The file; a page that says why not when the link is wrong or too old."""
    given = _attachment(token)
    file, picture = shared_files.path(given), photos.path(given)
    if file is not None:
        return FileResponse(file, media_type=given["mime"], filename=given["name"], headers=HEADERS)
    if picture is not None:
        return FileResponse(picture, media_type=photos.MIME, headers=HEADERS)
    return plain.page(_PAGE, 404, words=texts.render("shared_files.gone"))


def _attachment(token: str) -> dict[str, Any]:
    found = shared_files.read(token)
    if found is None:
        return {}
    message_id, number = found
    with db.reading() as session:
        message = session.get(Message, message_id)
    given = (message.attachments or []) if message is not None and message.author == "agent" else []
    return given[number] if number < len(given) else {}
