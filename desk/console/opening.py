"""The form by which a colleague opens a ticket: looked at first, then opened, and the number told to the customer."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import contact, customer_sms, deskwork, devices, opening, ticket_work, writing
from desk.channels.rest.problems import Problem
from desk.console import guard, render
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.records.models import Conversation
from desk.records.tickets import KINDS, SERVICE_MODES, SEVERITIES
from desk.talk import nudge

router = APIRouter(prefix="/console", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
HERE = "/console/open-ticket"


class Given(opening.Form):
    """The form as it was sent: `do` is look or open, `key` makes sending twice once, `tell` sends the number."""

    chat: str = ""
    key: str = ""
    do: str = "look"
    anyway: bool = False
    tell: bool = False


@router.get("/open-ticket")
def show(me: Me, chat: str = "", serial: str = "") -> HTMLResponse:
    """An empty form (for the device `serial`), or one that knows what the chat knows."""
    with db.reading() as session:
        conversation = _conversation(session, chat)
    if conversation is None:
        return _page(me, Given(tell=True, serial=serial[: opening.LONGEST["serial"]]))
    known = _contact(conversation, me)
    with db.reading() as session:
        form = opening.prefilled(session, session.merge(conversation, load=False), known)
    return _page(me, Given(**form.model_dump(), chat=chat, tell=True))


@router.post("/open-ticket")
def act(me: Me, given: Annotated[Given, Form()]) -> Response:
    """Say what would be decided, or open it."""
    if given.do != "open":
        return _look(me, given)
    try:
        with db.transaction() as session:
            conversation = _conversation(session, given.chat)
            ticket = opening.open_ticket(session, given, me.id, _key(given), conversation, given.anyway)
            number, words = ticket.number, opening.words_for_customer(ticket)
    except ticket_work.Refused as refused:
        return _page(me, given, 422, trouble=str(refused), same=refused.code == "same_open")
    nudge.tell(nudge.CONSOLE)
    told = _tell(me, given, conversation, number, words) if given.tell else "read"
    return RedirectResponse(f"/console/tickets/{number}?told={told}", 303)


def _look(me: Person, given: Given) -> HTMLResponse:
    try:
        with db.reading() as session:
            looked = opening.look(session, given, _conversation(session, given.chat))
            name = devices.name_of(looked.device) if looked.device else ""
            return _page(me, given, looked=looked, device_name=name)
    except ticket_work.Refused as refused:
        return _page(me, given, 422, trouble=str(refused))


def _tell(me: Person, given: Given, conversation: Conversation | None, number: str, words: str) -> str:
    """How the customer was told: said (in the chat), sms, or read: the colleague reads it out."""
    if conversation is not None:
        try:
            writing.say(conversation.id, me.id, conversation.version, words, f"ticket-{number}")
            return "said"
        except deskwork.Refused:
            return "read"
    reached = customer_sms.available() and not customer_sms.send(
        opening.phone_of(given), f"ticket:{number}", "ticket_opened", words
    )
    return "sms" if reached else "read"


def _contact(conversation: Conversation, me: Person) -> dict[str, str]:
    """The contact data of the chat, in full, which is written down as any look at it."""
    try:
        return contact.of_conversation(conversation.id, me.id)
    except contact.NotShown as error:
        raise Problem("forbidden", texts.render("console.problems.first_take")) from error


def _conversation(session: Session, chat: str) -> Conversation | None:
    if not chat:
        return None
    found = session.get(Conversation, chat)
    if found is None:
        raise Problem("not-found", texts.render("takeover.refused.unknown"))
    return found


def _key(given: Given) -> str:
    return given.key[:24] or uuid.uuid4().hex[:24]


def _page(me: Person, given: Given, status: int = 200, **more: Any) -> HTMLResponse:
    values = {"trouble": "", "same": False, "looked": None, "device_name": "", **more}
    return render.page(
        "open_ticket.html", status, person=me, form=given, key=_key(given), here=HERE, kinds=KINDS,
        modes=SERVICE_MODES, severities=SEVERITIES, sms=customer_sms.available(), longest=opening.LONGEST, **values,
    )
