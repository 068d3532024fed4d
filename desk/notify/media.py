"""The ways there are: which are set up, what each sends to for a person, and sending."""

import logging
from collections.abc import Callable

from desk.notify import mail, robots, voice, webhooks
from desk.notify.letter import Letter, NotTaken
from desk.notify.settings import settings
from desk.records.models import OncallPerson

CONSOLE = "console"
GROUP = ("wecom", "dingtalk", "webhook")

log = logging.getLogger(__name__)


def _console(letter: Letter) -> None:
    # Nothing else is set up: the log and the console are where it can be seen.
    log.warning("notice", extra={"to": letter.name, "title": letter.title, "text": letter.text})


_SENDERS: dict[str, Callable[[Letter], None]] = {
    "wecom": robots.wecom, "dingtalk": robots.dingtalk, "webhook": webhooks.webhook, "sms": webhooks.sms,
    "mail": mail.mail, "voice": voice.voice, CONSOLE: _console,
}


def configured() -> list[str]:
    """The media that are set up."""
    found = settings()
    addresses = {
        "wecom": found.wecom_robot, "dingtalk": found.dingtalk_robot, "webhook": found.webhook_url,
        "sms": found.sms_url, "mail": found.smtp_host, "voice": found.ringer,
    }
    return [name for name, address in addresses.items() if address]


def ways(person: OncallPerson, urgent: bool = False) -> list[tuple[str, str]]:
    """(medium, address) of every way to reach `person`; the telephone rings only when it is urgent.

    Empty when nothing is set up that reaches this person.
    """
    addresses = {
        "wecom": person.wecom or person.phone or None, "dingtalk": person.dingtalk or person.phone or None,
        "webhook": person.name, "sms": person.phone or None, "mail": person.mail or None,
        "voice": (person.phone or None) if urgent else None,
    }
    return [(name, found) for name in configured() if (found := addresses[name])]


def group_ways() -> list[str]:
    """The media that reach everybody at once."""
    return [name for name in configured() if name in GROUP]


def send(letter: Letter) -> None:
    """Send it now. Raises NotTaken."""
    sender = _SENDERS.get(letter.medium)
    if sender is None:
        raise NotTaken(f"没有这种方式：{letter.medium}", for_good=True)
    sender(letter)
