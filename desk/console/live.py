"""What happens now: which conversations changed, told to open consoles at once; and whose console is open.

An event only says where to look anew, so losing one costs time and nothing else: the script fetches by sequence number.
"""

import json
from collections.abc import AsyncIterator
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from desk import texts, time
from desk.cases import presence
from desk.channels.rest.problems import Problem
from desk.console import guard, signin
from desk.console.guard import COOKIE, ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.talk import nudge

router = APIRouter(prefix="/console/api", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
BREATH = 15.0  # seconds between signs of life; each one looks whether the session still holds
HOLD = 10.0  # seconds for which a polling console is kept waiting
LONGEST = 900.0  # a stream ends after so long and is opened anew, so that a stopping server is not held up


class Chosen(BaseModel):
    """What the colleague wants to be; None: as before, the console is only still open."""

    presence: str | None = None


@router.get("/events")
async def events(request: Request, me: Me) -> StreamingResponse:
    """Server-sent events: `changed` with the topics to look at anew, and `breath`."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request), media_type="text/event-stream", headers=headers)


@router.get("/changes")
async def changes(me: Me) -> JSONResponse:
    """The same for who cannot hold a stream: held open until something changes, or HOLD seconds."""
    with nudge.Overhearing() as ears:
        return JSONResponse(sorted(await ears.heard(HOLD)))


@router.post("/presence")
def be(chosen: Chosen, me: Me) -> JSONResponse:
    """The colleague's console is open. Raises Problem for a presence that is none."""
    try:
        with db.transaction() as session:
            before = {one.id: one.presence for one in presence.team(session)}
            now = presence.beat(session, me.id, chosen.presence)
    except ValueError as error:
        raise Problem("invalid", texts.render("console.presence.unknown")) from error
    if before.get(me.id) != now:
        nudge.tell(nudge.CONSOLE)
    return JSONResponse({"presence": now})


async def _told(request: Request) -> AsyncIterator[str]:
    token, began = request.cookies.get(COOKIE, ""), time.monotonic()
    looked = began
    with nudge.Overhearing() as ears:
        yield _event("breath", [])
        while time.monotonic() - began < LONGEST and not nudge.closed():
            topics = await ears.heard(BREATH)
            if time.monotonic() - looked >= BREATH:
                looked = time.monotonic()
                if await to_thread.run_sync(signin.person_of, token) is None:
                    return
            yield _event("changed", sorted(topics)) if topics else _event("breath", [])


def _event(name: str, topics: list[str]) -> str:
    return f"event: {name}\ndata: {json.dumps(topics)}\n\n"
