"""A conversation with its transcript."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.channels.rest import auth, models
from desk.channels.rest.problems import Problem
from desk.channels.rest.ticket_view import shown
from desk.records import db
from desk.records.models import AuditEntry, Conversation, Customer, Intake, Message, Outbound, Staff, Turn
from desk.talk import queue, view

router = APIRouter(tags=["会话"], dependencies=[Depends(auth.needs("read"))])


@router.get(
    "/conversations/{id}",
    response_model=models.Conversation,
    response_model_exclude_unset=True,
    summary="一个会话：谁在处理、客户、已知情况、全部对话",
)
def get_conversation(id: Annotated[str, Path(description="会话编号（cv-…），或发送者的编号")]) -> JSONResponse:
    """By the conversation's own id, or by its sender (channel rest first). Needs the scope read."""
    with db.reading() as session:
        found = session.get(Conversation, id) or _of_sender(session, id)
        if found is None:
            raise Problem("not-found", "没有这个会话。")
        return JSONResponse(_shown(session, found))


def _of_sender(session: Session, sender: str) -> Conversation | None:
    rows = session.scalars(
        select(Conversation).where(Conversation.sender == sender).order_by(Conversation.created_at.desc())
    ).all()
    return next((row for row in rows if row.channel == "rest"), rows[0] if rows else None)


def _shown(session: Session, found: Conversation) -> dict[str, Any]:
    lines = list(session.scalars(select(Message).where(Message.conversation_id == found.id).order_by(Message.seq)))
    turns = list(session.scalars(select(Turn).where(Turn.conversation_id == found.id).order_by(Turn.seq)))
    delivery = dict(
        session.execute(select(Outbound.message_id, Outbound.state).where(Outbound.conversation_id == found.id)).all()
    )
    names = _names(session, {line.staff_id for line in lines} | {found.agent_id})
    of_turn: dict[str, list[Message]] = {}
    for line in lines:
        of_turn.setdefault(line.turn_id or "", []).append(line)
    return {
        "id": found.id,
        "channel": found.channel,
        "account": found.account,
        "sender": found.sender,
        "state": found.state,
        "version": found.version,
        "owner": _owner(session, found, names),
        "customer": _customer(session, found),
        "intake": _intake(session, found),
        "handoff_reason": found.handoff_reason,
        "transcript": [_line(line, names, delivery.get(line.id)) for line in lines],
        "turns": [view.turn(session, turn, of_turn.get(turn.id, [])) for turn in turns],
        "created_at": shown(found.created_at),
        "last_message_at": shown(found.last_message_at) if found.last_message_at else None,
    }


def _names(session: Session, ids: set[int | None]) -> dict[int | None, str]:
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids - {None}))).all()
    return {row.id: row.name for row in rows}


def _owner(session: Session, found: Conversation, names: dict[int | None, str]) -> dict[str, Any]:
    since = session.scalar(
        select(AuditEntry.at)
        .where(
            AuditEntry.subject == "conversation", AuditEntry.subject_id == found.id,
            AuditEntry.action == "conversation_moved",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return {
        "kind": found.state,
        "agent": names.get(found.agent_id),
        "since": shown(since or found.created_at),
        "position": queue.position(session, found),
    }


def _customer(session: Session, found: Conversation) -> dict[str, Any] | None:
    customer = session.get(Customer, found.customer_id) if found.customer_id else None
    if customer is None:
        return None
    return {name: getattr(customer, name) for name in ("customer_no", "name", "phone", "address", "vip")}


def _intake(session: Session, found: Conversation) -> dict[str, Any] | None:
    intake = session.scalar(
        select(Intake).where(Intake.conversation_id == found.id).order_by(Intake.id.desc()).limit(1)
    )
    if intake is None:
        return None
    return {
        "id": intake.id, "state": intake.state, "kind": intake.kind, "facts": intake.facts, "decision": intake.decision,
        "updated_at": shown(intake.updated_at),
    }


def _line(line: Message, names: dict[int | None, str], delivery: str | None) -> dict[str, Any]:
    more = {
        "agent": names.get(line.staff_id), "turn_id": line.turn_id, "buttons": line.buttons,
        "attachments": line.attachments, "delivery": delivery,
    }
    given = {name: value for name, value in more.items() if value}
    return {"seq": line.seq, "author": line.author, "text": line.text, "at": shown(line.created_at), **given}
