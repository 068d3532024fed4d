"""Mail through the firm's own server."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, make_msgid

from desk.notify.letter import Letter, NotTaken
from desk.notify.settings import settings
from desk.settings import settings as desk_settings

TIMEOUT = 8.0


def mail(letter: Letter) -> None:
    """Send it to `address`. Raises NotTaken."""
    sender = settings().smtp_from or settings().smtp_user
    message = EmailMessage()
    message["Subject"] = letter.title
    message["From"] = formataddr((desk_settings().company, sender))
    message["To"] = letter.address
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message.set_content("\n".join(part for part in (letter.text, letter.link) if part))
    try:
        with _server() as server:
            if settings().smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings().smtp_user:
                server.login(settings().smtp_user, settings().smtp_password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise NotTaken("收件人被拒绝", for_good=True) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotTaken("邮箱账号或密码不对", for_good=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(f"邮件没有发出（{type(error).__name__}）") from error


def _server() -> smtplib.SMTP:
    found = settings()
    if found.smtp_security == "ssl":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(found.smtp_host, found.smtp_port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(found.smtp_host, found.smtp_port, timeout=TIMEOUT)
