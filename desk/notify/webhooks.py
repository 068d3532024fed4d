"""Services of the firm's own: any webhook, and one that sends text messages (SMS)."""

from desk import time
from desk.notify.http import post_signed
from desk.notify.letter import Letter
from desk.notify.settings import settings


def webhook(letter: Letter) -> None:
    """Everything about the message, as JSON."""
    body = {
        "event": letter.purpose, "key": letter.key, "to": letter.name, "title": letter.title, "text": letter.text,
        "link": letter.link, "at": time.local(time.now()).isoformat(),
    }
    post_signed(settings().webhook_url, settings().webhook_secret, letter.key, body)


def sms(letter: Letter) -> None:
    """Number and text; the service puts its signature (短信签名) before it."""
    post_signed(
        settings().sms_url, settings().sms_secret, letter.key, {"phone": letter.address, "text": letter.words}
    )
