"""What a colleague writes: to the customer, or for the other colleagues."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desk import time
from desk.cases import photos
from desk.cases.deskwork import Desk, Done, Refused, at, cleaned, message_key, sent_before
from desk.records.models import Mention, Message, Staff
from desk.talk import saying, words

SHOW_PHOTOS = ("web",)  # the channels on which a customer can see what we send


def say(conversation_id: str, staff_id: int, version: int, text: str, key: str) -> Done:
    """Write to the customer on the customer's own channel. `key` is the sender's own id of the message: again, it is
    the same message. Raises Stale and Refused (not_yours, empty, too_long)."""
    with at(conversation_id, staff_id) as desk:
        before = sent_before(desk, key)
        if before is not None:
            return desk.done(before)
        desk.seen(version)
        desk.needs_owner()
        text = cleaned(text, words.LONGEST)
        message = saying.say(desk.session, desk.conversation, "agent", text, staff_id=staff_id)
        message.external_id = message_key(desk, key)
        return desk.done(message)


def photo(conversation_id: str, staff_id: int, version: int, content: bytes, key: str) -> Done:
    """Send a picture to the customer, once for `key`.

    Raises Stale, Refused (not_yours, no_photos_here) and photos.NoPicture; then nothing of it is kept.
    """
    # Decoded and written before the transaction, which would keep others waiting meanwhile.
    kept = {name: value for name, value in photos.keep(content, "console").items() if name != "codes"}
    sent = False
    try:
        with at(conversation_id, staff_id) as desk:
            before = sent_before(desk, key)
            if before is not None:
                return desk.done(before)
            desk.seen(version)
            desk.needs_owner()
            if desk.conversation.channel not in SHOW_PHOTOS:
                raise Refused("no_photos_here")
            message = saying.say(desk.session, desk.conversation, "agent", "", staff_id=staff_id, attachments=[kept])
            message.external_id = message_key(desk, key)
            done = desk.done(message)
        sent = True
        return done
    finally:
        if not sent:
            photos.forget([kept])


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
