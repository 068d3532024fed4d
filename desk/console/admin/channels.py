"""Channels and the ways to colleagues: what is set up, and a test of each on demand."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select

from desk import texts, time
from desk.cases import audit
from desk.channels.rest.problems import Problem
from desk.channels.wechat import health as wechat
from desk.channels.wechat import settings as wechat_settings
from desk.console import guard, pages
from desk.console.guard import ConsoleRoute
from desk.console.lead.wall_reads import DAY
from desk.console.signin import Person
from desk.language import phones
from desk.notify import media, post
from desk.records import db
from desk.records.models import Conversation, Message
from desk.talk import rasa

router = APIRouter(prefix="/console/manage/channels", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Line = tuple[bool, str]
NEEDS = {"sms": "phone", "mail": "mail", "voice": "phone"}  # whose address the test must be given
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,20}")


@dataclass(frozen=True)
class Channel:
    """One way in or out: whether it is set up, the messages of a day, and its test (None: there is none), which is
    given an address where it `needs` a phone number or a mail address."""

    code: str
    name: str
    ready: bool
    about: str
    messages: int | None
    test: Callable[[str], list[Line]] | None
    needs: str = ""


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """All of them."""
    return pages.show(request, me, "admin/channels.html", channels=_channels(), tested="", results=[])


@router.post("/test")
def test(
    request: Request, me: Me, code: Annotated[str, Form(max_length=40)] = "",
    to: Annotated[str, Form(max_length=120)] = "",
) -> HTMLResponse:
    """Try one, and tell what came of it."""
    found = next((one for one in _channels() if one.code == code), None)
    if found is None or found.test is None:
        raise Problem("not-found", texts.render("console.problems.not_found"))
    results = found.test(to.strip())
    with db.transaction() as session:
        audit.note(session, me.actor, "channel_tested", "channel", code, good=all(good for good, _ in results))
    return pages.show(
        request, me, "admin/channels.html", channels=_channels(), tested=found.name, results=results,
        here="/console/manage/channels",
    )


def _channels() -> list[Channel]:
    with db.reading() as session:
        found = session.execute(
            select(Conversation.channel, func.count())
            .join(Message, Message.conversation_id == Conversation.id)
            .where(Message.author == "customer", Message.created_at > time.now() - DAY)
            .group_by(Conversation.channel)
        )
        counts = {channel: count for channel, count in found}
    accounts = wechat_settings.names()
    own = [
        Channel("web", _t("web"), True, _t("web_about"), counts.get("web", 0), None),
        Channel("rest", _t("rest"), True, _t("rest_about"), counts.get("rest", 0), None),
        Channel(
            "wechat", _t("wechat"), bool(accounts), _t("wechat_about" if accounts else "wechat_missing"),
            counts.get("wechat", 0), (lambda _: wechat.lines()) if accounts else None,
        ),
        Channel("phone", _t("phone"), "phone" in counts, _t("phone_about"), counts.get("phone", 0), None),
        Channel("assistant", _t("assistant"), True, _t("assistant_about"), None, _assistant),
    ]
    return own + [_to_colleagues(name) for name in ("wecom", "dingtalk", "webhook", "sms", "mail", "voice")]


def _to_colleagues(name: str) -> Channel:
    ready = name in media.configured()
    about = _t(f"media_about.{name}") if ready else _t("media_missing")
    return Channel(
        f"notify-{name}", _t(f"media.{name}"), ready, about, None,
        (lambda to: _told(name, to)) if ready else None, NEEDS.get(name, ""),
    )


def _told(name: str, to: str) -> list[Line]:
    needs = NEEDS.get(name, "")
    if needs == "phone" and ((found := phones.last(to)) is None or found.problem is not None):
        return [(False, _t("test_phone"))]
    if needs == "mail" and not _MAIL.fullmatch(to):
        return [(False, _t("test_mail"))]
    why = post.send_now(None, name, to if needs else "", _t("test_title"), _t("test_text"))
    sent = _t(f"test_sent_{name}") if needs else _t("test_sent")
    return [(not why, texts.render("console.channels_page.test_failed", why=why) if why else sent)]


def _assistant(_: str) -> list[Line]:
    ready = rasa.ready()
    return [(ready, _t("assistant_good" if ready else "assistant_bad"))]


def _t(key: str) -> str:
    return texts.render(f"console.channels_page.{key}")
