"""Taking in every fact that a message brings: in whatever journey it is said, it is never asked for again."""

import re
from datetime import datetime
from typing import Any

from desk import time
from desk.cases import devices, product_types, symptoms
from desk.cases import warranty as warranties
from desk.cases.dialogue import memory, telling
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.said import VISITORS, free_symptom, symptom_words
from desk.language import dates, serials, times
from desk.records.models import Device
from desk.texts import data

CORRECTABLE = ("product_type", "phone", "name", "address", "device_id", "wish", "mode_said", "purchase_date")
LEARNT = (*CORRECTABLE, "symptom", "model_said", "fault_code", "order_number")
CORRECTED = re.compile(r"(说|写|打|弄|搞)错了|不是.{1,8}(?:而)?是|^(哦|噢|哎呀?|诶|啊|呃)*\s*不对[，,\s]*(应该)?是")
MEANT = re.compile(r"(?:错了|不对|不是[^，,。\s]{1,8}?)[，,。\s]*(?:应该|而)?是([^，,。；;\s]{1,12})")
WRONG_PART = re.compile(r"(\d+)\s*(栋|幢|单元|号楼|号|室|层|楼|弄)[，,\s]*不是\s*(\d+)\s*\2")
RIGHT_HOUSE = re.compile(
    r"(?:不对|错了|写错|应该|地址|门牌).{0,6}?(?:是|改成|改为|换成)\s*(\d+\s*(?:栋|幢|号楼|座|单元|室|层|楼|弄|号)[\dA-Za-z\-栋幢单元室层楼号]*)"
)
NO_SERIAL = re.compile(
    r"(序列号|机身号|编号|SN码?)(也|都)?(没有|找不|没了|看不|不知道|丢|磨)|(没有?|找不到|看不清|莫得|没得|木有|冇|(不知道|不晓得|不清楚).{0,3})(那个)?(序列号|机身号|编号)"
)
# Words of a fault that no table need have; only where nothing else is likely.
PLAIN_FAULT = re.compile(
    r"好好的|突然|响|漏|冒|闪|抖|震|堵|黑屏|花屏|裂|碎|坏|条线|线条|[横竖]线|没(?:声|图|反应|信号|画面)|结了?.{0,4}冰|断(?:断续续|电|开)|死机|重启|失灵|掉漆|生锈|变形"
    r"|不(?:转|亮|热|冷|凉|出水|进水|排|通电|脱水|制冷|制热|启动|开机|动|走|灵|严)|[关打开按拉推插拔充连点看听用洗]不(?:上|开|了|动|严|进|着|紧|起|清)"
)
# 冷藏室, 机门: a part of the thing at hand, whatever it was labelled.
PART_OF_ONE = re.compile(r"(?:室|层|门|仓|盒|屏|键|板|口|管|轮|灯|盖|把手|外壳|滤网)$")
SUPPOSED = re.compile(r"如果|要是|万一|假如|假设|的话|会不会|比如")
DAY_WORDS = re.compile(r"今|明|后|周|星期|礼拜|[号日月天]|马上|现在|尽快|小时|分钟")
ASKS_BACK = re.compile(r"[吗么?？]|多少|几点|什么")
HEALED = re.compile(r"(?:不|没|没有)再?(?:漏|响|报|卡|闪|跳|停)(?:水|警|错)?了(?!又)")
LIKELY = 0.6
SMALL_TALK = ("bot_challenge", "out_of_scope", "ask_capabilities", "rate_service", "goodbye")
QUESTIONS = ("ask_service_info", "ask_policy", "ask_price", "ask_how_to", "ask_why", "ask_warranty")
ASIDES = ("ask_service_info", "ask_policy", "ask_price", "ask_how_to", "check_ticket", "ask_why", "urge_ticket")
FAULTY = ("report_fault", "report_unresolved", "report_emergency")
ABOUT_THINGS = (*FAULTY, "ask_warranty", "ask_price", "ask_how_to", "request_return_exchange", "book_visit")


def absorb(case: Case) -> None:
    """Put the message's facts into the intake; what is said again replaces what was known."""
    before = {name: case.facts.get(name) for name in LEARNT}
    _absorb_data(case)
    _absorb_serial(case)
    _absorb_things(case)
    _absorb_mode(case)
    case.learnt = [name for name, old in before.items() if case.facts.get(name) and case.facts[name] != old]
    changed = [name for name in CORRECTABLE if before[name] and case.facts.get(name) != before[name]]
    if "wish" in changed or (case.facts.get("wish") and not before["wish"]):
        case.drop_visit()
    if "mode_said" in changed:
        case.facts["mode"] = case.facts["mode_said"]
    if case.facts.get("wish") and before["wish"] is None and case.pending in ("confirm", "confirm_what"):
        changed.append("wish")
    case.state["changed"] = changed


def _absorb_data(case: Case) -> None:
    said, facts = case.said, case.facts
    if said.phone:
        facts["phone"] = said.phone
    if said.name:
        facts["name"] = said.name
    if said.address:
        facts["address"] = merged_address(facts.get("address"), said.address)
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
        facts["address"] = merged_address(facts["address"], house.group(1))
    if said.ticket_numbers:
        facts["ticket_number"] = said.ticket_numbers[-1]
    if NO_SERIAL.search(said.plain) and not said.serials:
        case.give_up("serial_number")
    if said.order_number:
        facts["order_number"] = said.order_number
    if said.bought is not None:
        _keep_bought(facts, said.bought)
    else:
        _absorb_late_date(case)
    if _wishes_visit(case):
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


def _wishes_visit(case: Case) -> bool:
    """A time at which somebody should come; not one of a call, or one that is only asked about."""
    said = case.said
    if said.visit is None or not (said.visit.start or said.visit.flexible) or case.pending == "callback_time":
        return False
    if said.intent in ("check_ticket", "urge_ticket", "complain") and case.pending is None:
        return False
    return said.intent not in ASIDES or bool(VISITORS.search(said.plain))


def _keep_bought(facts: dict[str, Any], span: dates.DateSpan) -> None:
    facts["purchase_date"], facts["purchase_until"] = span.start.isoformat(), span.end.isoformat()
    facts["purchase_said"] = span.raw


def _absorb_late_date(case: Case) -> None:
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


def merged_address(old: str | None, new: str) -> str:
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


def wish_of(visit) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """A visit wish as the intake keeps it."""
    return {
        "start": visit.start.isoformat() if visit.start else None,
        "end": visit.end.isoformat() if visit.end else None,
        "text": visit.raw,
        "flexible": visit.flexible,
    }


def set_device(case: Case, device: Device) -> None:
    """The case is about this device from now on."""
    facts = case.facts
    facts["device_id"], facts["serial"] = device.id, device.serial_number
    kind, before = devices.type_of(device), str(facts.get("product_type") or "")
    if kind:
        facts["product_type"] = kind
        if before and facts.get("symptom") and not product_types.same(before, kind):
            facts["symptom"] = str(facts["symptom"]).replace(before, kind)
    if device.product is not None:
        facts["model"], facts["brand"] = device.product.model, device.product.brand or None
    facts.pop("decided", None)


def _absorb_serial(case: Case) -> None:
    for value in [*case.said.serials, *re.findall(r"[A-Za-z0-9][A-Za-z0-9-]{4,38}[A-Za-z0-9]", case.said.plain)]:
        found = devices.by_serial(case.session, value)
        if found is not None:
            if _another_device(case, found):
                case.other_device = found
            elif found.id != case.facts.get("device_id"):
                set_device(case, found)
            return
    if case.said.serials and "device_id" not in case.facts:
        case.facts["serial_claimed"] = serials.key(case.said.serials[-1])
    if case.said.order_number and "device_id" not in case.facts:
        sold = devices.by_order(case.session, case.said.order_number)
        if len(sold) == 1:
            set_device(case, sold[0])


def _another_device(case: Case, found: Device) -> bool:
    """Whether a serial number told while something else is asked belongs to another thing than the one being booked."""
    asked = case.pending in (None, "serial_number", "which_product", "confirm_what", "symptom")
    if asked or case.journey != "fault" or not case.product or CORRECTED.search(case.said.plain):
        return False
    return not product_types.same(case.product, devices.type_of(found))


def _absorb_things(case: Case) -> None:
    said, facts = case.said, case.facts
    tells_fault = said.wants(*FAULTY) or bool(said.symptoms)
    kinds = _kinds(said.products)
    if len(kinds) > 1 and tells_fault and (not facts.get("product_type") or case.pending == "symptom"):
        _tell_apart(case, kinds)
    if _second_thing(case, kinds, tells_fault):
        return
    _absorb_product(case, kinds, tells_fault)
    if said.code:
        facts["fault_code"] = said.code
    if said.part:
        facts["part"] = said.part
    if _tells_symptom(case, tells_fault):
        add_symptom(case)
    cause = warranties.admitted_cause(said.plain)
    if cause and (tells_fault or said.product or facts.get("symptom") or case.journey in ("fault", "return")):
        facts["cause"] = cause


def _absorb_product(case: Case, kinds: list[str], tells_fault: bool) -> None:
    """Which thing it is about, by its kind, brand or model."""
    said, facts = case.said, case.facts
    broken = symptoms.sounds_like_fault(said.plain) or PLAIN_FAULT.search(said.plain)
    named = bool(said.model or said.order_number or said.symptoms or broken)
    if kinds and (said.intent not in SMALL_TALK or named):
        if _turns_to(case, kinds):
            memory.leave(facts, case.state)
            case.drop_decision()
            facts["product_type"] = kinds[0]
            memory.recall(facts, case.state)
        elif "device_id" in facts:
            pass
        elif CORRECTED.search(said.plain) and facts.get("product_type"):
            _correct_thing(case, kinds)
        elif not facts.get("product_type") or (tells_fault and case.journey != "fault"):
            facts["product_type"] = kinds[0]
    if said.model and "device_id" not in facts:
        facts["model_said"] = said.model
        sold = devices.product_of_model(case.session, said.model)
        if sold is not None and not facts.get("product_type"):
            facts["product_type"] = sold.product_type or sold.name
    if said.brand and "device_id" not in facts:
        facts["brand"] = said.brand


def _turns_to(case: Case, kinds: list[str]) -> bool:
    """Whether the customer now speaks of another thing than the one at hand, which no open question is about."""
    said, known = case.said, case.product
    if not known or any(product_types.same(kind, known) for kind in kinds) or CORRECTED.search(said.plain):
        return False
    if case.journey in ("fault", "visit", "return", "emergency") or (case.pending and not said.wants(*FAULTY)):
        return False
    if PART_OF_ONE.search(kinds[0]) and product_types.find(kinds[0]) is None:
        return False
    bare = case.pending is None and len(said.plain) <= len(kinds[0]) + 4
    return said.wants(*ABOUT_THINGS) or bool(said.symptoms) or bare


def _tells_symptom(case: Case, tells_fault: bool) -> bool:
    """Whether the message says what is wrong: plainly, in whatever wish, or as a report with no datum asked."""
    said = case.said
    if case.pending in ("reason", "rating_reason") or HEALED.search(said.plain):
        return False
    if said.intent in SMALL_TALK and not said.symptoms:
        return False
    if said.intent in QUESTIONS and SUPPOSED.search(said.plain):
        return False
    stated = telling.statements(said.plain)
    if symptoms.sounds_like_fault(stated) or any(words in stated for words in said.symptoms):
        return True
    if said.wants("ask_warranty", "ask_price", "request_return_exchange") and case.pending is None:
        return any(
            PLAIN_FAULT.search(clause) and "买" not in clause for clause in re.split(r"[，,。！!？?\s]+", stated)
        )
    if _adds_detail(case) and said.intent in (*FAULTY, "inform", "deny", "affirm"):
        return True
    if not said.wants(*FAULTY) or (said.confidence < LIKELY and not said.product and not case.product):
        return False
    return case.pending in (None, "symptom", "which_product", "existing_ticket", "solved")


def _adds_detail(case: Case) -> bool:
    """是脱水的时候响, while something else is asked: more of the fault, where the message holds nothing but it."""
    said = case.said
    asked = case.pending in ("serial_number", "purchase_date", "phone", "payment", "service_mode")
    only = not (said.phone or said.serials or said.model or said.address or said.bought)
    if not asked or not only or case.journey != "fault" or len(said.plain) > 30:
        return False
    reported = said.wants(*FAULTY) and said.confidence >= LIKELY
    return reported or bool(PLAIN_FAULT.search(said.plain))


def _correct_thing(case: Case, kinds: list[str]) -> None:
    """不对 是投影仪: the right thing takes the wrong one's place, also in what is wrong with it."""
    right = MEANT.search(case.said.plain)
    named = [word for word in case.said.products if right and word in right.group(1)]
    old, new = str(case.facts.get("product_type") or ""), (named or kinds[-1:])[0]
    case.facts["product_type"] = new
    if old and case.facts.get("symptom"):
        case.facts["symptom"] = str(case.facts["symptom"]).replace(old, new)


def _kinds(words: list[str]) -> list[str]:
    """Product words of different kinds, in order."""
    kept: list[str] = []
    for word in words:
        if not any(product_types.same(word, known) for known in kept):
            kept.append(word)
    return kept


def _second_thing(case: Case, kinds: list[str], tells_fault: bool) -> bool:
    """A second broken thing named while the first is being registered is kept for afterwards."""
    said, known = case.said, case.product
    if case.journey != "fault" or not tells_fault or not kinds or not known or case.state.get("later"):
        return False
    if any(product_types.same(kind, known) for kind in kinds[:1]) or CORRECTED.search(said.plain):
        return False
    plainly = case.pending not in (None, "which_product", "symptom") and symptoms.sounds_like_fault(said.plain)
    if not said.has(*data("understanding.and_another")) and (not plainly or said.has(known)):
        return False
    case.state["later"] = [{"product_type": kinds[0], "symptom": telling.own_words(telling.statements(said.plain))}]
    case.say("fault.noted_second", product=kinds[0])
    return True


def _tell_apart(case: Case, kinds: list[str]) -> None:
    """洗衣机不脱水 空调不制冷 电视黑屏: each thing with its own words; the first now, the others afterwards."""
    plain = case.said.plain
    starts = [at for at in sorted(plain.find(kind) for kind in kinds) if at >= 0]
    parts = [plain[start:end] for start, end in zip(starts, [*starts[1:], len(plain)], strict=True)]
    named = [(next(kind for kind in kinds if part.startswith(kind)), part) for part in parts]
    apart = all(plain[start - 1] in " ，,、。；;\n" for start in starts[1:])
    if not case.said.has(*data("understanding.and_another")) and not (apart and all(map(PLAIN_FAULT.search, parts))):
        return
    mine = next((n for n, (kind, _) in enumerate(named) if product_types.same(kind, case.product)), 0)
    case.state["first_part"] = plain[: starts[1]] if mine == 0 and len(starts) > 1 else named[mine][1]
    told = [
        {"product_type": kind, "symptom": telling.own_words(telling.statements(part))}
        for n, (kind, part) in enumerate(named)
        if n != mine
    ]
    waiting = [
        one
        for one in case.state.get("later") or []
        if not any(product_types.same(one["product_type"], other["product_type"]) for other in told)
    ]
    case.state["later"] = [*waiting, *told]


def add_symptom(case: Case) -> None:
    """What the message says is wrong, beside what was said before; a correction takes its place."""
    said, facts = case.said, case.facts
    text = case.state.pop("first_part", None)
    known = str(facts.get("symptom") or "")
    if known and CORRECTED.search(said.plain):
        meant = MEANT.search(said.plain)
        if meant and symptoms.sounds_like_fault(meant.group(1)):
            facts["symptom"] = meant.group(1)
        return
    words = telling.told(said, text)
    if telling.generic(words, said) and not (said.symptoms and words) and not said.code:
        return
    if words and words not in known:
        facts["symptom"] = f"{known}；{words}"[:300] if known else words


def take_symptom(case: Case) -> None:
    """The message tells a fault, whatever it was labelled."""
    if not case.symptom:
        add_symptom(case)


def symptom_from_answer(case: Case) -> bool:
    """The answer to 'what is wrong': labelled phrases, else the whole short message."""
    words = symptom_words(case.said) or telling.own_words(free_symptom(case.said) or "", case.said)
    if not words or telling.generic(words, case.said):
        return False
    case.facts["symptom"] = words
    return True


def _absorb_mode(case: Case) -> None:
    plain = case.said.plain
    for mode, entry in data("understanding.modes").items():
        if any(word in plain for word in entry["not"]):
            continue
        strong = [word for word in entry["words"] if word not in entry["weak"]]
        at_last = case.pending in ("confirm", "confirm_what") and not ASKS_BACK.search(plain)
        counts = entry["words"] if case.pending == "service_mode" or at_last else strong
        if any(word in plain for word in counts):
            case.facts["mode_said"] = mode
            return
