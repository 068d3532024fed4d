"""A conversation's lines as the console shows them: who, what, whether it arrived, what the assistant made of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.cases import photos, shared_files, words
from desk.records.models import Message, Outbound, Staff, Turn

MOST_LINES = 100


def after(session: Session, conversation_id: str, staff_id: int, seq: int = 0) -> list[dict[str, Any]]:
    """The lines behind `seq`, the last MOST_LINES of them, oldest first."""
    return _lines(session, staff_id, Message.conversation_id == conversation_id, Message.seq > seq)


def before(session: Session, conversation_id: str, staff_id: int, seq: int) -> list[dict[str, Any]]:
    """The MOST_LINES lines that came before `seq`, oldest first."""
    return _lines(session, staff_id, Message.conversation_id == conversation_id, Message.seq < seq)


def undelivered(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """The lines of a conversation that the channel did not take, with the reason."""
    rows = session.execute(
        select(Message.seq, Outbound.state, Outbound.error)
        .join(Outbound, Outbound.message_id == Message.id)
        .where(Outbound.conversation_id == conversation_id, Outbound.state.in_(("failed", "held")))
        .order_by(Message.seq)
    )
    return [{"seq": seq, "trouble": _trouble(state, error)} for seq, state, error in rows]


def _lines(session: Session, staff_id: int, *conditions: Any) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Message, Staff.name, Turn.understood, Turn.outcome, Turn.seq, Turn.state)
        .outerjoin(Staff, Staff.id == Message.staff_id)
        .outerjoin(Turn, Turn.id == Message.turn_id)
        .where(*conditions)
        .order_by(Message.seq.desc())
        .limit(MOST_LINES)
    ).all()
    return [_line(row, staff_id) for row in reversed(rows)]


def _line(row: Any, staff_id: int) -> dict[str, Any]:
    message, name, understood, outcome, first, state = row
    line: dict[str, Any] = {
        "seq": message.seq, "author": message.author, "text": message.text,
        "at": time.local(message.created_at).isoformat(timespec="seconds"), "clock": words.clock(message.created_at),
    }
    if name:
        line["name"] = name
    if message.staff_id == staff_id and message.external_id:
        line["id"] = message.external_id.removeprefix(f"staff:{staff_id}:")
    if message.buttons:
        line["offers"] = [str(button.get("title")) for button in message.buttons]
    # A quote is told by the line's own words.
    shown = [number for number, one in enumerate(message.attachments or []) if one.get("type") != "quote"]
    if shown:
        line["attachments"] = [_attachment(message, number) for number in shown]
    if message.author == "customer" and message.seq == first:
        steps = _steps(understood or {}, outcome or {}, state)
        line |= {"steps": steps} if steps else {}
    return line


def _attachment(message: Message, number: int) -> dict[str, Any]:
    found = (message.attachments or [])[number]
    shown: dict[str, Any] = {"type": found.get("type") or "", "name": found.get("name") or ""}
    if photos.path(found) is not None or shared_files.path(found) is not None:
        shown["url"] = f"/console/chats/{message.conversation_id}/photos/{message.seq}/{number}"
    return shown


def _steps(understood: dict[str, Any], outcome: dict[str, Any], state: str | None) -> list[str]:
    """What the assistant understood, how sure it was, and what it did then."""
    steps = []
    intent = understood.get("intent") or {}
    if intent.get("name"):
        sure = round(float(intent.get("confidence") or 0) * 100)
        steps.append(_t("understood", intent=_word("intents", str(intent["name"])), sure=sure))
    if outcome.get("asks"):
        steps.append(_t("asked", what=_word("asks", str(outcome["asks"]))))
    if outcome.get("decision"):
        steps.append(_t("decided"))
    steps += [_t("ticket", number=number) for number in outcome.get("tickets") or []]
    if outcome.get("handoff"):
        steps.append(_t("handoff", why=_word("reasons", str(outcome["handoff"].get("reason")))))
    if state == "dropped":
        steps.append(_t("dropped"))
    return steps


def _trouble(state: str, error: str | None) -> str:
    if state == "held":
        return texts.render("console.chat.held")
    return texts.render("console.chat.failed", why=error or "")


def _t(key: str, **values: Any) -> str:
    return texts.render(f"console.steps.{key}", **values)


def _word(branch: str, code: str) -> str:
    key = f"console.{branch}.{code}"
    return texts.render(key) if texts.has(key) else code
