"""A text message to a customer, by the firm's own service, where one is set up."""

from desk.notify import media, webhooks
from desk.notify.letter import Letter, NotTaken


def available() -> bool:
    """Whether text messages can be sent at all (AFTERCARE_NOTIFY_SMS_URL)."""
    return "sms" in media.configured()


def send(phone: str, key: str, purpose: str, text: str) -> str:
    """Send it now, outside any transaction: "" when the service took it, else why not. `key` makes it once."""
    try:
        webhooks.sms(Letter(key, "sms", phone, purpose, "", text))
    except NotTaken as error:
        return str(error)
    return ""
