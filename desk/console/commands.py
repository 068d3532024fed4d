"""What an agent does with a conversation, as calls of the page's script."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from desk.cases import contact, takeover, writing
from desk.channels.rest.problems import Problem
from desk.console import guard, revealed
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person

router = APIRouter(prefix="/console/api/chats/{conversation_id}", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]


class Seen(BaseModel):
    """The version of the conversation that the page shows."""

    version: int


class PassOn(Seen):
    """To a colleague, to a group's line, or with neither to the common line."""

    note: str = ""
    to: int | None = None
    group: str | None = Field(None, max_length=40)


class End(Seen):
    """What came of the conversation."""

    resolution: str
    note: str = Field("", max_length=takeover.LONGEST_NOTE)


class Said(Seen):
    """A message; `key` is the page's own id of it, so that sending twice is once."""

    text: str
    key: str = Field(min_length=8, max_length=64, pattern="^[A-Za-z0-9-]+$")


@router.post("/take")
def take(conversation_id: str, given: Seen, me: Me) -> JSONResponse:
    """Take it over."""
    return done(lambda: takeover.take(conversation_id, me.id, given.version))


@router.post("/transfer")
def transfer(conversation_id: str, given: PassOn, me: Me) -> JSONResponse:
    """Pass it on."""
    return done(
        lambda: takeover.transfer(conversation_id, me.id, given.version, given.note, given.to, given.group or None)
    )


@router.post("/give-back")
def give_back(conversation_id: str, given: Seen, me: Me) -> JSONResponse:
    """Give it back to the assistant."""
    return done(lambda: takeover.give_back(conversation_id, me.id, given.version))


@router.post("/close")
def close(conversation_id: str, given: End, me: Me) -> JSONResponse:
    """End it."""
    return done(lambda: takeover.close(conversation_id, me.id, given.version, given.resolution, given.note))


@router.post("/messages")
def say(conversation_id: str, given: Said, me: Me) -> JSONResponse:
    """Write to the customer."""
    return done(lambda: writing.say(conversation_id, me.id, given.version, given.text, given.key))


@router.post("/notes")
def note(conversation_id: str, given: Said, me: Me) -> JSONResponse:
    """Write for colleagues."""
    return done(lambda: writing.note(conversation_id, me.id, given.text, given.key))


@router.post("/reveal")
def reveal(conversation_id: str, me: Me) -> JSONResponse:
    """The customer's full contact data; that it was looked at is written down."""
    return revealed.answer(lambda: contact.of_conversation(conversation_id, me.id))


def done(command: Callable[[], takeover.Done]) -> JSONResponse:
    """What a command made of the conversation. Raises Problem with its refusal, which has a code."""
    try:
        done = command()
    except takeover.Stale as stale:
        raise Problem(
            "conflict", str(stale), code=stale.code, owner=stale.owner, state=stale.state, version=stale.version
        ) from stale
    except takeover.Refused as refused:
        kinds = {"unknown": "not-found", "not_yours": "forbidden", "assistant_down": "unavailable",
                 "not_now": "conflict", "closed": "conflict", "full": "conflict"}
        raise Problem(kinds.get(refused.code, "invalid"), str(refused), code=refused.code) from refused
    return JSONResponse({"state": done.state, "version": done.version, "seq": done.seq})
