"""What the console's script fetches: rows of the list, one conversation, and help for writing."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import canned, groups, presence, search, summary, writing
from desk.channels.rest.problems import Problem
from desk.console import guard, lines, reads
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db
from desk.records.models import Article, Staff
from desk.talk import nudge

router = APIRouter(prefix="/console/api", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Number = Annotated[int, Query(ge=0)]


@router.get("/list")
def rows_of_list(
    me: Me, group: str = "", channel: str = "", part: str = "", ids: Annotated[list[str] | None, Query()] = None
) -> JSONResponse:
    """The rows that fit; with `ids` of these conversations only, and the others are `gone` from the list."""
    wanted = reads.Filter(group, channel, part)
    with db.reading() as session:
        found = reads.rows(session, me.id, wanted, ids[: reads.MOST_IDS] if ids is not None else None)
        answer: dict[str, Any] = {"rows": rows(found), "waiting": reads.waiting(session)}
    if ids is not None:
        there = {row.id for row in found}
        answer["gone"] = [one for one in ids if one not in there]
    return JSONResponse(answer)


@router.get("/chats/{conversation_id}")
def conversation(conversation_id: str, me: Me, after: Number = 0, before: Number = 0) -> JSONResponse:
    """One conversation: how it stands, and the lines behind `after` (or those in front of `before`)."""
    with db.reading() as session:
        chat = _chat(session, conversation_id)
        if before:
            return JSONResponse({"lines": lines.before(session, conversation_id, me.id, before)})
        return JSONResponse(view(session, chat, me, after))


@router.post("/chats/{conversation_id}/read")
def read(conversation_id: str, me: Me, seq: Number = 0) -> JSONResponse:
    """The colleague has seen the lines up to `seq`, and the notes that name them."""
    with db.transaction() as session:
        _chat(session, conversation_id)
        reads.mark_read(session, me.id, conversation_id, seq)
        writing.seen(session, conversation_id, me.id)
    nudge.tell(conversation_id)
    return JSONResponse({})


@router.post("/chats/{conversation_id}/typing")
def typing(conversation_id: str, me: Me) -> JSONResponse:
    """The colleague writes to the customer."""
    with db.reading() as session:
        found = _chat(session, conversation_id).conversation
    if found.state == "agent" and found.agent_id == me.id:
        nudge.typing(conversation_id, "agent")
    return JSONResponse({})


@router.get("/chats/{conversation_id}/replies")
def replies(conversation_id: str, me: Me, q: str = "") -> JSONResponse:
    """Canned replies for this case, and advice that fits, as texts to put into the composer."""
    with db.reading() as session:
        known = summary.load(session, _chat(session, conversation_id).conversation)
        person = session.get_one(Staff, me.id)
        values = canned.values(known, person)
        found = [
            {"title": row.title, "shortcut": row.shortcut, "text": canned.filled(row.text, values)}
            for row in canned.find(session, person, q)
        ]
        advice = [_advice(row) for row in canned.advice(session, known, q)]
    return JSONResponse({"replies": found, "articles": advice})


@router.get("/team")
def team(me: Me) -> JSONResponse:
    """To whom a conversation may be passed on, and who may be named in a note."""
    with db.reading() as session:
        people = [one for one in presence.team(session) if one.id != me.id]
        return JSONResponse({
            "people": [
                {
                    "id": one.id, "name": one.name, "presence": one.presence,
                    "words": texts.render(
                        "console.presence.load", state=texts.render(f"console.presence.{one.presence}"), load=one.load,
                        limit=one.limit,
                    ),
                }
                for one in people
            ],
            "groups": [{"code": group.code, "title": group.title} for group in groups.active(session)],
        })


@router.get("/search")
def look_for(me: Me, q: Annotated[str, Query(max_length=100)] = "") -> JSONResponse:
    """Everything that has these signs."""
    with db.reading() as session:
        found = search.everything(session, q)
    return JSONResponse([
        {"kind": texts.render(f"console.search.{one.kind}"), "title": one.title, "detail": one.detail, "url": one.url}
        for one in found
    ])


def rows(found: Sequence[reads.Row]) -> list[dict[str, Any]]:
    """Rows as the script draws them, in words where there are words."""
    return [_row(row) for row in found]


def view(session: Session, chat: reads.Chat, me: Person, after: int = 0) -> dict[str, Any]:
    """A conversation as the script draws it: how it stands, what may be done, the lines behind `after`."""
    found = chat.conversation
    return {
        "id": found.id, "name": chat.customer, "channel": _word("channels", found.channel), "state": found.state,
        "status": texts.render(f"console.states.{found.state}", who=chat.owner or ""), "version": found.version,
        "owner": chat.owner, "may": _may(found.state, found.agent_id, me), "last": found.last_seq,
        "lines": lines.after(session, found.id, me.id, after), "undelivered": lines.undelivered(session, found.id),
        "typing": nudge.types(found.id, "customer"),
    }


def _advice(row: Article) -> dict[str, Any]:
    return {"title": row.title, "text": "\n".join([row.title, *map(str, row.steps)]), "safe": row.safe}


def _may(state: str, agent_id: int | None, me: Person) -> dict[str, bool]:
    """Which commands make sense for this person now; the commands themselves check again."""
    mine = state == "agent" and agent_id == me.id
    theirs = state == "agent" and not mine
    return {
        "take": state in ("queued", "bot") or (theirs and me.leads),
        "transfer": mine or (theirs and me.leads),
        "give_back": mine,
        "close": mine or (me.leads and state != "closed"),
        "say": mine,
        "reveal": mine or me.leads,
    }


def _row(row: reads.Row) -> dict[str, Any]:
    why = _word("reasons", row.reason) if row.reason and row.part == "queue" else ""
    who = row.owner or texts.render("console.list.with_bot") if row.part == "open" else ""
    return {
        "id": row.id, "part": row.part, "order": row.order, "name": row.name, "vip": row.vip,
        "channel": _word("channels", row.channel), "words": row.words[:60], "author": row.author,
        "since": time.local(row.since).isoformat(timespec="seconds") if row.since else None,
        "severity": row.severity, "why": why or who, "group": row.group, "urgent": row.urgent, "unread": row.unread,
        "mentioned": row.mentioned,
    }


def _chat(session: Session, conversation_id: str) -> reads.Chat:
    found = reads.chat(session, conversation_id)
    if found is None:
        raise Problem("not-found", texts.render("takeover.refused.unknown"))
    return found


def _word(branch: str, code: str) -> str:
    key = f"console.{branch}.{code}"
    return texts.render(key) if texts.has(key) else code
