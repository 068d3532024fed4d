"""What a colleague writes: to the customer, or for the other colleagues."""

from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk import time
from desk.cases import photos, shared_files
from desk.cases.deskwork import Desk, Done, Refused, at, cleaned, message_key, sent_before
from desk.records.models import Mention, Message, Staff
from desk.talk import saying, words

SHOW_FILES = ("web", "wechat")  # the channels on which a customer can see what we send
PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".heic")


def say(conversation_id: str, staff_id: int, version: int, text: str, key: str) -> Done:
    """Write to the customer on the customer's own channel. `key` is the sender's own id of the message: again, it is
    the same message. Raises Stale and Refused (not_yours, empty, too_long)."""
    with at(conversation_id, staff_id) as desk:
        before = _said_before(desk, version, key)
        if before is not None:
            return before
        text = cleaned(text, words.LONGEST)
        message = saying.say(desk.session, desk.conversation, "agent", text, staff_id=staff_id)
        message.external_id = message_key(desk, key)
        return desk.done(message)


def attach(conversation_id: str, staff_id: int, version: int, content: bytes, name: str, key: str) -> Done:
    """Send a picture or a file to the customer, once for `key`.

    Raises Stale, Refused (not_yours, no_photos_here), photos.NoPicture and shared_files.NoFile; then nothing is kept.
    """
    # Checked and written before the transaction, which would keep others waiting meanwhile.
    kept, sent = _kept(content, name), False
    shared_files.make_ready()
    try:
        with at(conversation_id, staff_id) as desk:
            before = _said_before(desk, version, key)
            if before is not None:
                return before
            if desk.conversation.channel not in SHOW_FILES:
                raise Refused("no_photos_here")
            message = saying.say(desk.session, desk.conversation, "agent", "", staff_id=staff_id, attachments=[kept])
            message.external_id = message_key(desk, key)
            done = desk.done(message)
        sent = True
        return done
    finally:
        if not sent:
            photos.forget([kept])
            shared_files.forget(kept)


def _said_before(desk: Desk, version: int, key: str) -> Done | None:
    """How it stands when the customer was sent this already. Else raises Stale and Refused for who may not send now."""
    before = sent_before(desk, key)
    if before is not None:
        return desk.done(before)
    desk.seen(version)
    desk.needs_owner()
    return None


def _kept(content: bytes, name: str) -> dict[str, Any]:
    if Path(name).suffix.lower() in (".pdf", ".docx", ".xlsx"):
        return shared_files.keep(content, name)
    try:
        return {part: value for part, value in photos.keep(content, "console").items() if part != "codes"}
    except photos.NoPicture as error:
        if error.code == "not_a_picture" and Path(name).suffix.lower() not in ("", *PICTURES):
            raise shared_files.NoFile("not_a_file") from error
        raise


def note(conversation_id: str, staff_id: int, text: str, key: str) -> Done:
    """Write something that only colleagues see; everybody may. Who is named with @ is told. Raises Refused (empty,
    too_long)."""
    with at(conversation_id, staff_id) as desk:
        before = sent_before(desk, key)
        if before is not None:
            return desk.done(before)
        message = desk.note(cleaned(text, words.LONGEST))
        message.external_id = message_key(desk, key)
        _mention(desk, message)
        return desk.done(message)


def seen(session: Session, conversation_id: str, staff_id: int) -> None:
    """The colleague has looked at the notes of this conversation that name them."""
    mine = (Mention.conversation_id == conversation_id, Mention.staff_id == staff_id, Mention.seen_at.is_(None))
    session.execute(update(Mention).where(*mine).values(seen_at=time.now()))


def _mention(desk: Desk, message: Message) -> None:
    if "@" not in message.text:
        return
    people = desk.session.scalars(select(Staff).where(Staff.active.is_(True)))
    named = [one.id for one in people if f"@{one.name}" in message.text or f"@{one.login}" in message.text]
    desk.tell(message, *named)
