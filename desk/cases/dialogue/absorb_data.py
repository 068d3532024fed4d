"""Taking in whose it is and when: contact data, numbers, the day of purchase, the time wished for a visit."""

import re
from datetime import datetime
from typing import Any

from desk import time
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.said import VISITORS
from desk.language import dates, times

WRONG_PART = re.compile(r"(\d+)\s*(栋|幢|单元|号楼|号|室|层|楼|弄)[，,\s]*不是\s*(\d+)\s*\2")
RIGHT_HOUSE = re.compile(
    r"(?:不对|错了|写错|应该|地址|门牌).{0,6}?(?:是|改成|改为|换成)\s*(\d+\s*(?:栋|幢|号楼|座|单元|室|层|楼|弄|号)[\dA-Za-z\-栋幢单元室层楼号]*)"
)
NO_SERIAL = re.compile(
    r"(序列号|机身号|编号|SN码?)(也|都)?(没有|找不|没了|看不|不知道|丢|磨)|(没有?|找不到|看不清|莫得|没得|木有|冇|(不知道|不晓得|不清楚).{0,3})(那个)?(序列号|机身号|编号)"
)
DAY_WORDS = re.compile(r"今|明|后|周|星期|礼拜|[号日月天]|马上|现在|尽快|小时|分钟")
ASIDES = ("ask_service_info", "ask_policy", "ask_price", "ask_how_to", "check_ticket", "ask_why", "urge_ticket")


def take_data(case: Case) -> None:
    """Contact data, numbers and times of the message go into the intake."""
    said, facts = case.said, case.facts
    if said.phone:
        facts["phone"] = said.phone
    if said.name:
        facts["name"] = said.name
    if said.address:
        facts["address"] = _merged_address(facts.get("address"), said.address)
    part = WRONG_PART.search(said.plain)
    if part and facts.get("address"):
        unit = part.group(2)
        facts["address"] = str(facts["address"]).replace(f"{part.group(3)}{unit}", f"{part.group(1)}{unit}")
    house = RIGHT_HOUSE.search(said.plain)
    if (
        house
        and facts.get("address")
        and not said.address
        and case.pending in ("confirm", "confirm_what", "visit_time")
    ):
        facts["address"] = _merged_address(facts["address"], house.group(1))
    if said.ticket_numbers:
        facts["ticket_number"] = said.ticket_numbers[-1]
    if NO_SERIAL.search(said.plain) and not said.serials:
        case.give_up("serial_number")
    if said.order_number:
        facts["order_number"] = said.order_number
    if said.bought is not None:
        _keep_bought(facts, said.bought)
    else:
        _take_late_date(case)
    if said.visit is not None and _wishes_visit(case, said.visit):
        facts["wish"] = _on_the_day_said(case, wish_of(said.visit))


def _on_the_day_said(case: Case, wish: dict[str, object]) -> dict[str, object]:
    """上午, after a day was said: the morning of that day."""
    before = case.facts.get("wish") or {}
    if DAY_WORDS.search(str(wish["text"])) or not wish["start"] or not before.get("start"):
        return wish
    now = time.local(case.turn.now)
    day = time.local(datetime.fromisoformat(before["start"])).date()
    if day <= now.date():
        return wish
    meant = times.parse_visit(f"{day.month}月{day.day}日{wish['text']}", now)
    return wish_of(meant) if meant is not None and meant.start else wish


def _wishes_visit(case: Case, visit: times.VisitWish) -> bool:
    """A time at which somebody should come; not one of a call, or one that is only asked about."""
    said = case.said
    if not (visit.start or visit.flexible) or case.pending == "callback_time":
        return False
    if said.intent in ("check_ticket", "urge_ticket", "complain") and case.pending is None:
        return False
    return said.intent not in ASIDES or bool(VISITORS.search(said.plain))


def _keep_bought(facts: dict[str, Any], span: dates.DateSpan) -> None:
    facts["purchase_date"], facts["purchase_until"] = span.start.isoformat(), span.end.isoformat()
    facts["purchase_said"] = span.raw


def _take_late_date(case: Case) -> None:
    """去年, after the question for the date was passed over."""
    facts, words = case.facts, case.said.plain.strip(" 。，,.!！吧的")
    asked_before = case.gave_up("purchase_date") and not facts.get("purchase_date") and case.device is None
    if not asked_before or len(words) > 12 or case.said.visit is not None or case.said.phone:
        return
    try:
        found = dates.parse(words, time.today())
    except dates.DateError:
        return
    if found is not None and found.start <= time.today():
        _keep_bought(facts, found)
        facts["unknown"] = [name for name in facts["unknown"] if name != "purchase_date"]


def _merged_address(old: str | None, new: str) -> str:
    """A correction of one part ("是5栋201") goes into the address that is known; a whole one replaces it."""
    if old and new in old:
        return old
    if not old or re.search(r"[省市区县镇乡路街巷道村弄]", new):
        return new
    unit = re.search(r"\d+\s*(栋|幢|号楼|座|单元|室|层|楼|号)", new)
    place = re.search(rf"\d+\s*{unit.group(1)}", old) if unit else None
    if unit is None or place is None:
        return f"{old}{new}" if len(new) <= 8 else new
    rest = old[place.end() :] if new[unit.end() :].strip() == "" else ""
    return old[: place.start()] + new[unit.start() :] + rest


def wish_of(visit: times.VisitWish) -> dict[str, object]:
    """A visit wish as the intake keeps it."""
    return {
        "start": visit.start.isoformat() if visit.start else None,
        "end": visit.end.isoformat() if visit.end else None,
        "text": visit.raw,
        "flexible": visit.flexible,
    }
