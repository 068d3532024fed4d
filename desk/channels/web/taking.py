"""What a visitor sends, taken once: stored, its turn begun, the privacy notice told with the first of it."""

from typing import Any

from desk import texts
from desk.cases import photos, privacy_notice, ratings
from desk.channels.web import lines
from desk.channels.web.sessions import CHANNEL
from desk.records import db
from desk.talk import engine, inbox, nudge, saying, words


def text(sender: str, said: str, id: str) -> inbox.Received:
    """A message. Raises words.Refused."""
    words.key(id)
    return _received(sender, engine.current().submit(CHANNEL, "", sender, said, id, settle=inbox.SETTLE))


def photo(sender: str, content: bytes, id: str) -> inbox.Received:
    """A photo, a message of its own. Raises photos.NoPicture and words.Refused."""
    words.key(id)
    kept = photos.keep(content, CHANNEL)
    with db.reading() as session:
        attachment = photos.with_offer(session, kept)
    received = engine.current().submit(CHANNEL, "", sender, "", id, attachments=[attachment], settle=inbox.SETTLE)
    if not received.new:
        photos.forget([kept])
    elif "offer" in attachment:
        answered = engine.current().watch(received.conversation_id, received.turn_id)
        answered.add_done_callback(lambda done: None if done.cancelled() else _offer(received, attachment))
    return _received(sender, received)


def rating(sender: str, score: int, reason: str) -> str | None:
    """A score at the end of a chat, once, and what is said to it; None when there is no conversation to rate."""
    with db.transaction() as session:
        found = lines.conversation_of(session, sender)
        conversation = saying.locked(session, found.id) if found is not None else None
        if conversation is None:
            return None
        low = score <= ratings.LOW
        if not lines.rated(session, conversation):
            kept = ratings.keep(session, conversation.id, None, score, reason.strip())
            if low:
                ratings.follow_up(session, kept, None)
            note = texts.render("web.rated_note", score=score, reason=reason.strip() or texts.render("web.no_reason"))
            saying.say(session, conversation, "note", note)
    nudge.tell(conversation.id)
    return texts.render("web.rated_low" if low else "web.rated")


def _received(sender: str, received: inbox.Received) -> inbox.Received:
    if received.seq == 1 and received.new:
        nudge.tell(sender)
    if privacy_notice.tell_once(received.conversation_id):
        nudge.tell(received.conversation_id)
    return received


def _offer(received: inbox.Received, attachment: dict[str, Any]) -> None:
    """Ask about what was read on the photo, behind the answer to it."""
    with db.transaction() as session:
        conversation = saying.locked(session, received.conversation_id)
        if conversation is not None:
            photos.offer_late(session, conversation, attachment)
    engine.current().send(received.conversation_id)

