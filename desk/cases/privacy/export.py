"""Everything that is stored of one customer, for the customer: as data, and as a ZIP with pictures and sounds."""

import base64
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from desk import time
from desk.cases import audit
from desk.cases.privacy import clearing, files, places, subject
from desk.cases.privacy.places import Place
from desk.records.models import Alarm, Base, Call, Conversation, Customer, Message, Turn, WechatUser

HIDDEN = frozenset({"nonce"})  # what only our own machinery is to know


def of_customer(session: Session, customer_id: int) -> dict[str, Any] | None:
    """Every row about the customer, by table; None for an unknown one."""
    found = subject.load(session, customer_id)
    if found is None:
        return None
    data: dict[str, list[dict[str, Any]]] = {}

    def add(table: Table, *which: Any) -> None:
        rows = session.execute(select(table).where(*which)).mappings()
        known = data.setdefault(table.name, [])
        for row in rows:
            plain = {key: _plain(value) for key, value in row.items() if key not in HIDDEN}
            if plain not in known:
                known.append(plain)

    def of(found_places: tuple[Place, ...], ids: Any) -> None:
        for place in found_places:
            table = Base.metadata.tables[place.table]
            add(table, table.c[place.by].in_(ids))

    talks = found.conversations
    add(_table(Customer), _table(Customer).c.id == customer_id)
    add(_table(Conversation), _table(Conversation).c.id.in_(talks))
    of(places.CUSTOMER, [customer_id])
    of(places.CONVERSATION, talks)
    of(places.TICKET, found.tickets)
    of(places.OF_MESSAGE, _ids(Message, Message.conversation_id, talks))
    of(places.OF_CALL, _ids(Call, Call.conversation_id, talks))
    of(places.OF_ALARM, _ids(Alarm, Alarm.conversation_id, talks))
    of(places.OF_TURN, _ids(Turn, Turn.conversation_id, talks))
    if found.customer.phone:
        of(places.OF_NUMBER, [found.customer.phone])
        of(places.OF_CALL, select(Call.id).where(Call.caller == found.customer.phone))
    for account, openid in found.openids:
        for name in (place.table for place in places.OF_OPENID):
            table = Base.metadata.tables[name]
            add(table, table.c.account == account, table.c.openid == openid)
        followers = _table(WechatUser)
        add(followers, followers.c.account == account, followers.c.openid == openid)
    return {"made_at": time.now().isoformat(), "customer": customer_id, "data": {k: v for k, v in data.items() if v}}


def to_zip(session: Session, customer_id: int, actor: str) -> bytes | None:
    """`data.json` with the pictures and sounds beside it; that it was handed out is written down."""
    found = of_customer(session, customer_id)
    if found is None:
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=2))
        for folder, name in _files(found["data"]):
            place = files.place(folder, name)
            if place is not None:
                pack.write(place, f"{folder}/{name}")
    audit.note(session, actor, "customer_exported", "customer", customer_id)
    return out.getvalue()


def _files(data: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    rows = [*data.get("messages", []), *data.get("tickets", [])]
    items = [item for row in rows for item in row.get("attachments") or [] if isinstance(item, dict)]
    found = [(clearing.PICTURES, str(item["file"])) for item in items if item.get("file")]
    found += [(clearing.SOUNDS, str(row["recording"])) for row in data.get("calls", []) if row.get("recording")]
    found += [(clearing.SOUNDS, str(row["file"])) for row in data.get("voicemails", []) if row.get("file")]
    return list(dict.fromkeys(found))


def _ids(model: Any, column: Any, talks: tuple[str, ...]) -> Select[Any]:
    return select(model.id).where(column.in_(talks))


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
