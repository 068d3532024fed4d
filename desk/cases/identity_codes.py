"""A code by text message proves whose registered phone somebody holds. Whether the phone is registered is not told."""

import hashlib
import hmac
import logging
import secrets
import threading
from datetime import timedelta

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import devices, identity
from desk.language import phones
from desk.notify import media, webhooks
from desk.notify.letter import Letter, NotTaken
from desk.records.models import Conversation, Customer, IdentityCode, SigningKey

KEY = "identity_codes"
LIFE = timedelta(minutes=5)
BETWEEN = timedelta(seconds=60)
MOST_A_DAY = 5
MOST_TRIES = 5

log = logging.getLogger(__name__)


def available() -> bool:
    """Whether text messages can be sent at all (AFTERCARE_NOTIFY_SMS_URL)."""
    return "sms" in media.configured()


def ask(session: Session, conversation: Conversation, phone: str) -> bool:
    """Send a code to `phone` once this transaction is committed; False when one was sent too recently or too often.

    Only a registered phone really gets one; to the asker both look the same.
    """
    now = time.now()
    mine = select(func.count(), func.max(IdentityCode.asked_at)).where(IdentityCode.asked_at > now - timedelta(days=1))
    for whose in (IdentityCode.phone == phone, IdentityCode.conversation_id == conversation.id):
        sent, last = session.execute(mine.where(whose)).one()
        if sent >= MOST_A_DAY or (last is not None and now - last < BETWEEN):
            return False
    code = IdentityCode(
        conversation_id=conversation.id, phone=phone, nonce=secrets.token_urlsafe(32), asked_at=now,
        expires_at=now + LIFE,
    )
    session.add(code)
    session.flush()
    if devices.customers_by_phone(session, phone):
        letter = Letter(f"identity-code:{code.id}", "sms", phone, "identity_code", "", _words(session, code))
        event.listen(session, "after_commit", lambda _: _in_background(letter), once=True)
    return True


def check(session: Session, conversation: Conversation, said: str) -> Customer | None:
    """The customer whose phone the sender proved with the code `said`; the sender is bound to them. None otherwise.

    A code counts once, for five minutes and five tries.
    """
    code = session.scalar(
        select(IdentityCode)
        .where(IdentityCode.conversation_id == conversation.id, IdentityCode.used_at.is_(None))
        .order_by(IdentityCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    if code is None or code.expires_at < time.now() or code.tries >= MOST_TRIES:
        return None
    code.tries += 1
    if not hmac.compare_digest(_digits(session, code), said.strip()):
        return None
    owners = devices.customers_by_phone(session, code.phone)
    code.used_at = time.now()
    if len(owners) != 1:
        return None
    identity.prove(session, conversation, owners[0], "code")
    return owners[0]


def _digits(session: Session, code: IdentityCode) -> str:
    key = session.get(SigningKey, KEY)
    if key is None:
        key = SigningKey(name=KEY, value=secrets.token_urlsafe(32), created_at=time.now())
        session.add(key)
    made = hmac.new(key.value.encode(), code.nonce.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(made[:8], 'big') % 1_000_000:06d}"


def _words(session: Session, code: IdentityCode) -> str:
    return texts.render("identity.code_sms", code=_digits(session, code), minutes=int(LIFE.total_seconds() // 60))


def _in_background(letter: Letter) -> None:
    threading.Thread(target=_send, args=(letter,), name="identity-code", daemon=True).start()


def _send(letter: Letter) -> None:
    try:
        webhooks.sms(letter)
    except NotTaken as error:
        log.warning("identity code not sent to %s: %s", phones.mask(letter.address), error)
