"""Photos that customers send: checked by content, stored without their metadata, bar codes on them read.

A photo is an attachment of its message: {type: image, state: stored, file, mime, width, height}. With a serial number
read from a nameplate it also has `offer`, the question to the customer, for nothing is assumed from a photo.
"""

import io
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts
from desk.language import nameplates, serials
from desk.records.models import Conversation, Device
from desk.settings import settings
from desk.talk import saying

LARGEST = 12 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "MPO")
MOST_PIXELS = 40_000_000
LONGEST_SIDE, THUMB_SIDE = 2560, 480
MIME = "image/jpeg"
MOST_OFFERED = 3
_SHOP_CODES = (zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.EAN8, zxingcpp.BarcodeFormat.UPCA)


class NoPicture(Exception):
    """The content is no picture that we take; `code` is too_large or not_a_picture."""

    def __init__(self, code: str) -> None:
        super().__init__(texts.render(f"photos.{code}", most=LARGEST // 1024 // 1024))
        self.code = code


def folder() -> Path:
    """Where photos are kept."""
    return settings().data_dir / "media"


def keep(content: bytes, channel: str) -> dict[str, Any]:
    """Check and store a picture and its thumbnail; what its attachment says of it. Raises NoPicture."""
    picture = _clean(content)
    name = uuid.uuid4().hex
    file = Path(channel) / name[:2] / f"{name}.jpg"
    (folder() / file).parent.mkdir(parents=True, exist_ok=True)
    _write(picture, file)
    small = picture.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    _write(small, _thumb(file))
    return {
        "type": "image", "state": "stored", "file": file.as_posix(), "mime": MIME, "width": picture.width,
        "height": picture.height, **_codes(picture),
    }


def path(attachment: dict[str, Any], small: bool = False) -> Path | None:
    """The stored file of an attachment, or its thumbnail; None when there is none."""
    name = attachment.get("file")
    if attachment.get("type") != "image" or not isinstance(name, str):
        return None
    whole = (folder() / name).resolve()
    if not whole.is_relative_to(folder().resolve()):
        return None
    wanted = folder() / _thumb(Path(name)) if small else whole
    return next((found for found in (wanted, whole) if found.is_file()), None)


def forget(attachments: Iterable[dict[str, Any]]) -> None:
    """Delete the files of these attachments."""
    for attachment in attachments:
        for small in (True, False):
            found = path(attachment, small)
            if found is not None:
                found.unlink(missing_ok=True)


def with_offer(session: Session, attachment: dict[str, Any]) -> dict[str, Any]:
    """The attachment, with the question whether the serial number on it is the device's, if one was read."""
    found = _likely(session, attachment.get("codes", []))
    if not found:
        return attachment
    payload = texts.data("photos.right")["payload"]
    if len(found) == 1:
        text = texts.render("photos.offer", serial=found[0])
        right = {"title": texts.data("photos.right")["title"], "payload": payload.format(serial=found[0]), "yes": True}
        return {**attachment, "offer": {"text": text, "buttons": [right, dict(texts.data("photos.wrong"))]}}
    named = [{"title": serial, "payload": payload.format(serial=serial)} for serial in found]
    text = texts.render("photos.choose")
    return {**attachment, "offer": {"text": text, "buttons": [*named, dict(texts.data("photos.none"))]}}


def offer_late(session: Session, conversation: Conversation, attachment: dict[str, Any]) -> None:
    """Ask about a photo that came after its turn was answered; a person who handles the case sees a note instead.

    `conversation` is locked; the line is sent after the commit.
    """
    offer = attachment.get("offer")
    if offer and conversation.state == "bot":
        saying.say(session, conversation, "bot", offer["text"], buttons=offer["buttons"])
    elif offer:
        saying.say(session, conversation, "note", note(attachment))


def note(attachment: dict[str, Any]) -> str:
    """What was read on a photo, for colleagues."""
    return texts.render("photos.note", codes="、".join(attachment.get("codes", [])))


def _clean(content: bytes) -> Image.Image:
    if len(content) > LARGEST:
        raise NoPicture("too_large")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NoPicture("too_large")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except NoPicture:
        raise
    except Exception as error:  # a broken or hostile file fails in many ways
        raise NoPicture("not_a_picture") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture: what the old file carried beside its pixels stays behind.
    return Image.frombytes("RGB", upright.size, upright.tobytes())


def _write(picture: Image.Image, file: Path) -> None:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=88)
    (folder() / file).write_bytes(written.getvalue())


def _thumb(file: Path) -> Path:
    return file.with_name(f"{file.stem}-small.jpg")


def _codes(picture: Image.Image) -> dict[str, list[str]]:
    """The serial numbers that bar codes on the picture may carry, as they were read."""
    read = [code for code in zxingcpp.read_barcodes(picture) if code.valid and code.format not in _SHOP_CODES]
    found = [serial for code in read if (serial := nameplates.serial(code.text)) is not None]
    return {"codes": list(dict.fromkeys(found))} if found else {}


def _likely(session: Session, codes: list[str]) -> list[str]:
    """Those of `codes` that name a device of ours, else all of them: a nameplate has other codes too."""
    keys = {code: serials.key(code) for code in codes}
    known = set(session.scalars(select(Device.serial_number).where(Device.serial_number.in_(list(keys.values())))))
    ours = [code for code, key in keys.items() if key in known]
    return (ours or codes)[:MOST_OFFERED]
