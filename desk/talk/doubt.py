"""Messages that the assistant was not sure of are kept for review, without personal data."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import texts, time
from desk.logs import masked
from desk.records.models import DoubtfulMessage

# Calibrated: below this the assistant is wrong about every third time.
DOUBT = 0.6
_LONGEST = 300
_PREDICTED = 5
_INSTEAD = {
    "phone": "13800000000", "person_name": "某某", "address": "某地址", "serial_number": "SN000000",
    "order_number": "000000",
}  # fmt: skip
# Signs of no script: they stand for what is taken out while the rest is searched for numbers.
_SIGNS = {entity: chr(0xE000 + at) for at, entity in enumerate(_INSTEAD)}
_FROM_SIGN = str.maketrans({_SIGNS[entity]: words for entity, words in _INSTEAD.items()})
_LONG_NUMBER = re.compile(r"(?<![\dA-Z-])\d[\d \-]{5,}\d")


def keep(
    session: Session, conversation_id: str, turn_id: str, text: str, parse: dict[str, Any], asks: str | None = None
) -> None:
    """Keep a customer's message for review if the assistant was not sure of it. Commands and pictures are none.

    `asks` is the question that was pending.
    """
    ranking = _ranking(parse)
    if not ranking or ranking[0]["confidence"] >= DOUBT or text.startswith(("/", "[")) or not text.strip():
        return
    if session.scalar(select(DoubtfulMessage.id).where(DoubtfulMessage.turn_id == turn_id)) is None:
        session.add(
            DoubtfulMessage(
                conversation_id=conversation_id, turn_id=turn_id, created_at=time.now(), predicted=ranking,
                text=unreadable(text[:_LONGEST], parse.get("entities") or []), confidence=ranking[0]["confidence"],
                asks=asks,
            )
        )


def unreadable(text: str, entities: Sequence[dict[str, Any]]) -> str:
    """`text` with stand-ins for names, addresses and numbers, so that it can still be trained on."""
    for entity in sorted(entities, key=lambda each: -int(each["start"])):
        sign = _SIGNS.get(str(entity["entity"]))
        if sign is not None and entity["end"] <= len(text):
            text = text[: entity["start"]] + sign + text[entity["end"] :]
    return _LONG_NUMBER.sub(lambda found: re.sub(r"\d", "0", found[0]), masked(text)).translate(_FROM_SIGN)


def _ranking(parse: dict[str, Any]) -> list[dict[str, Any]]:
    """What was thought of, the likeliest first; the fallback is no meaning."""
    ranked = parse.get("ranking") or ([parse["intent"]] if parse.get("intent") else [])
    known = [
        {"name": str(each["name"]), "confidence": float(each["confidence"] or 0)}
        for each in ranked
        if each.get("name") in texts.data("console.intents")
    ]
    return known[:_PREDICTED]
