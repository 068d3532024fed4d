"""Files that colleagues send besides pictures: taken by what they are, kept as they are, given out as downloads only.

An attachment {type: file, state: stored, file, name, mime, size}. Where a channel carries no files the customer gets a
link, which is signed and ends after a week.
"""

import base64
import hashlib
import hmac
import uuid
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from desk import texts, time
from desk.cases import signing_keys
from desk.cases.privacy import files
from desk.settings import settings

LARGEST = 12 * 1024 * 1024
LONGEST_NAME = 80
GOOD_FOR = timedelta(days=7)
KEY = "shared_files"
_FOLDER = "media"
_OFFICE = "application/vnd.openxmlformats-officedocument."
# By the ending: what the content must begin with, what an office file must hold, and its type.
_KINDS: dict[str, tuple[bytes, str, str]] = {
    ".pdf": (b"%PDF-", "", "application/pdf"),
    ".docx": (b"PK\x03\x04", "word/", f"{_OFFICE}wordprocessingml.document"),
    ".xlsx": (b"PK\x03\x04", "xl/", f"{_OFFICE}spreadsheetml.sheet"),
}


class NoFile(Exception):
    """The content is no file that we send; `code` is too_large or not_a_file."""

    def __init__(self, code: str) -> None:
        super().__init__(texts.render(f"shared_files.{code}", most=LARGEST // 1024 // 1024))
        self.code = code


def keep(content: bytes, name: str) -> dict[str, Any]:
    """Check and store a file; what its attachment says of it. Raises NoFile."""
    if len(content) > LARGEST:
        raise NoFile("too_large")
    ending = Path(name).suffix.lower()
    if ending not in _KINDS or not _is(content, ending):
        raise NoFile("not_a_file")
    stored = uuid.uuid4().hex
    file = Path("console") / stored[:2] / f"{stored}{ending}"
    target = settings().data_dir / _FOLDER / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return {
        "type": "file", "state": "stored", "file": file.as_posix(), "name": _name(name, ending),
        "mime": _KINDS[ending][2], "size": len(content),
    }


def path(attachment: dict[str, Any]) -> Path | None:
    """The stored file of an attachment; None when there is none."""
    name = attachment.get("file")
    if attachment.get("type") != "file" or not isinstance(name, str):
        return None
    return files.place(_FOLDER, name)


def forget(attachment: dict[str, Any]) -> None:
    """Delete the stored file."""
    found = path(attachment)
    if found is not None:
        found.unlink(missing_ok=True)


def size_words(attachment: dict[str, Any]) -> str:
    """1.2 MB, 80 KB."""
    size = int(attachment.get("size") or 0)
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"


def make_ready() -> None:
    """Make the key of links before any is needed inside a transaction, which could not make one."""
    signing_keys.key(KEY)


def link(message_id: int, number: int) -> str:
    """Where a customer fetches the attachment `number` of a message."""
    until = int((time.now() + GOOD_FOR).timestamp())
    return f"{settings().base_url}/file/{message_id}.{number}.{until}.{_signature(message_id, number, until)}"


def read(token: str) -> tuple[int, int] | None:
    """(message, number) of a link; None when it is not ours, or too old."""
    parts = token.split(".")
    if len(parts) != 4 or not all(part.isdecimal() and len(part) < 13 for part in parts[:3]):
        return None
    message_id, number, until = map(int, parts[:3])
    if not hmac.compare_digest(_signature(message_id, number, until).encode(), parts[3].encode()):
        return None
    return (message_id, number) if time.now().timestamp() < until else None


def _signature(message_id: int, number: int, until: int) -> str:
    digest = hmac.new(signing_keys.key(KEY), f"{message_id}.{number}.{until}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _is(content: bytes, ending: str) -> bool:
    begins, holds, _ = _KINDS[ending]
    if not content.startswith(begins):
        return False
    if not holds:
        return True
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    return any(name.startswith(holds) for name in names) and not any("vbaProject" in name for name in names)


def _name(name: str, ending: str) -> str:
    """The name as it is shown: no path, no signs that break a header."""
    stem = "".join(sign for sign in Path(name.replace("\\", "/")).stem if sign.isprintable() and sign not in '/:*?"<>|')
    return f"{stem.strip()[: LONGEST_NAME - len(ending)] or 'file'}{ending}"
