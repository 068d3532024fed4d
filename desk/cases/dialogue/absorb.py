"""Taking in every fact that a message brings, asked for or not."""

import re

from desk.cases import devices, product_types, symptoms
from desk.cases import warranty as warranties
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.said import GAP, Said, free_symptom, symptom_words, without_data
from desk.language import serials
from desk.records.models import Device
from desk.texts import data

CORRECTABLE = ("product_type", "phone", "name", "address", "device_id", "wish", "mode_said", "purchase_date")
CORRECTED = re.compile(r"(说|写|打|弄|搞)错了|不是.{1,8}(?:而)?是|^(哦|噢|哎呀?|诶|啊|呃)*\s*不对[，,\s]*(应该)?是")
MEANT = re.compile(r"(?:错了|不对|不是[^，,。\s]{1,8}?)[，,。\s]*(?:应该|而)?是([^，,。；;\s]{1,12})")
WRONG_PART = re.compile(r"(\d+)\s*(栋|幢|单元|号楼|号|室|层|楼|弄)[，,\s]*不是\s*(\d+)\s*\2")
NO_SERIAL = re.compile(
    r"(序列号|机身号|编号|SN码?)(也|都)?(没有|找不|没了|看不|不知道|丢|磨)|(没有?|找不到|看不清)(那个)?(序列号|机身号|编号)"
)
CLAUSES = re.compile(r"[，,。.！!；;、～~]+")
LONGEST_CLAUSE, LONGEST_SYMPTOM = 40, 100
LIKELY = 0.6
SMALL_TALK = ("bot_challenge", "out_of_scope", "greet", "thank", "goodbye", "talk_to_human", "ask_capabilities")
ASIDES = ("ask_service_info", "ask_policy", "ask_price", "ask_how_to", "check_ticket", "ask_why", "urge_ticket")
FAULTY = ("report_fault", "report_unresolved", "report_emergency")


def absorb(case: Case) -> None:
    """Put the message's facts into the intake; what is said again replaces what was known."""
    before = {name: case.facts.get(name) for name in CORRECTABLE}
    _absorb_data(case)
    _absorb_serial(case)
    _absorb_things(case)
    _absorb_mode(case)
    changed = [name for name, old in before.items() if old and case.facts.get(name) != old]
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
    if said.ticket_numbers:
        facts["ticket_number"] = said.ticket_numbers[-1]
    if NO_SERIAL.search(said.plain) and not said.serials:
        case.give_up("serial_number")
    if said.order_number:
        facts["order_number"] = said.order_number
    if said.bought is not None:
        facts["purchase_date"] = said.bought.start.isoformat()
        facts["purchase_said"] = said.bought.raw
    if (
        said.visit is not None
        and (said.visit.start or said.visit.flexible)
        and case.pending != "callback_time"
        and said.intent not in ASIDES
    ):
        facts["wish"] = wish_of(said.visit)


def merged_address(old: str | None, new: str) -> str:
    """A correction of one part ("是5栋201") goes into the address that is known; a whole one replaces it."""
    if not old or re.search(r"[省市区县镇乡路街巷道村弄]", new):
        return new
    unit = re.search(r"\d+\s*(栋|幢|号楼|座|单元|室|层|楼|号)", new)
    place = re.search(rf"\d+\s*{unit.group(1)}", old) if unit else None
    if unit is None or place is None:
        return f"{old}{new}" if len(new) <= 8 else new
    return old[: place.start()] + new[unit.start() :]


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
    kind = devices.type_of(device)
    if kind:
        facts["product_type"] = kind
    if device.product is not None:
        facts["model"], facts["brand"] = device.product.model, device.product.brand or None
    facts.pop("decided", None)


def _absorb_serial(case: Case) -> None:
    for value in [*case.said.serials, *re.findall(r"[A-Za-z0-9][A-Za-z0-9-]{4,38}[A-Za-z0-9]", case.said.plain)]:
        found = devices.by_serial(case.session, value)
        if found is not None:
            if found.id != case.facts.get("device_id"):
                set_device(case, found)
            return
    if case.said.serials and "device_id" not in case.facts:
        case.facts["serial_claimed"] = serials.key(case.said.serials[-1])
    if case.said.order_number and "device_id" not in case.facts:
        sold = devices.by_order(case.session, case.said.order_number)
        if len(sold) == 1:
            set_device(case, sold[0])


def _absorb_things(case: Case) -> None:
    said, facts = case.said, case.facts
    tells_fault = said.wants(*FAULTY) or bool(said.symptoms)
    kinds = _kinds(said.products)
    if (
        len(kinds) > 1
        and tells_fault
        and not facts.get("product_type")
        and said.has(*data("understanding.and_another"))
    ):
        _remember_second(case, kinds)
    if _another_thing(case, kinds, tells_fault):
        return
    if kinds and "device_id" not in facts and said.intent not in SMALL_TALK:
        if CORRECTED.search(said.plain):
            _correct_thing(case, kinds)
        elif not facts.get("product_type") or (tells_fault and case.journey != "fault"):
            facts["product_type"] = kinds[0]
    if said.brand and "device_id" not in facts:
        facts["brand"] = said.brand
    if said.model and "device_id" not in facts:
        facts["model_said"] = said.model
    if said.code:
        facts["fault_code"] = said.code
    if said.part:
        facts["part"] = said.part
    if _tells_symptom(case, tells_fault):
        _add_symptom(case)
    cause = warranties.admitted_cause(said.plain)
    if cause and (tells_fault or said.product or facts.get("symptom") or case.journey in ("fault", "return")):
        facts["cause"] = cause


def _tells_symptom(case: Case, tells_fault: bool) -> bool:
    """Whether the message says what is wrong; among other data only what plainly does."""
    if not tells_fault or case.pending in ("reason", "rating_reason"):
        return False
    plainly = bool(case.said.symptoms) or symptoms.sounds_like_fault(case.said.plain)
    if not plainly and case.said.confidence < LIKELY and not case.said.product and not case.product:
        return False
    return plainly or case.pending in (None, "symptom", "which_product", "existing_ticket", "solved")


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


def _another_thing(case: Case, kinds: list[str], tells_fault: bool) -> bool:
    """A second broken thing named on the way is kept for afterwards."""
    known = case.product
    if case.journey != "fault" or not tells_fault or not kinds or not known or product_types.same(kinds[0], known):
        return False
    if not case.said.has(*data("understanding.and_another")) or case.state.get("later"):
        return False
    case.state["later"] = {"product_type": kinds[0], "symptom": own_words(case.said.plain)}
    case.say("fault.noted_second", product=kinds[0])
    return True


def _remember_second(case: Case, kinds: list[str]) -> None:
    at = case.said.plain.find(kinds[1])
    if at > 0:
        case.state["later"] = {"product_type": kinds[1], "symptom": own_words(case.said.plain[at:])}
        case.state["first_part"] = case.said.plain[:at]


def _add_symptom(case: Case) -> None:
    said, facts = case.said, case.facts
    text = case.state.pop("first_part", None) or said.plain
    if CORRECTED.search(text) and facts.get("symptom"):
        return
    words = own_words(text, case.said)
    if len(words) > 48 or GAP in without_data(text):
        words = _faulty_clauses(said) or symptom_words(said) or words[:60]
    if _generic(words, case) and not said.symptoms and not said.code:
        return
    known = str(facts.get("symptom") or "")
    if words and words not in known:
        facts["symptom"] = f"{known}；{words}"[:300] if known else words


def _faulty_clauses(said: Said) -> str:
    """Of a long message, the clauses that tell what is wrong."""
    clauses = [clause.strip() for clause in CLAUSES.split(without_data(said.plain))]
    telling = [
        clause
        for clause in clauses
        if GAP not in clause
        and len(clause) <= LONGEST_CLAUSE
        and (any(word in clause for word in said.symptoms) or symptoms.sounds_like_fault(clause))
    ]
    return "，".join(dict.fromkeys(telling))[:LONGEST_SYMPTOM]


def take_symptom(case: Case) -> None:
    """The message tells a fault, whatever it was labelled."""
    if not case.symptom:
        _add_symptom(case)


LED = (
    r"(我?的?(序列号|序号|机身号|编号|S/?N|号码|联系电话|电话号码|电话|手机号码|手机号|手机|地址|住在|送到|我叫)"
    r"\s*[是为:：]?\s*)"
)


def own_words(text: str, said: Said | None = None) -> str:
    """The customer's sentence without data that has its own place (phones, serials, addresses, greetings)."""
    words = without_data(text)
    words = re.sub(rf"{LED}?\0", " ", words)
    for value in [*said.serials, *([said.visit.raw] if said.visit else [])] if said else []:
        words = words.replace(value, " ")
    words = re.sub(rf"(我们?)?(都|真是?|简直|快)*({'|'.join(data('figures'))})(个?人)?了?", " ", words)
    for opening in data("understanding.openings"):
        words = words.removeprefix(opening).strip(" ，,。！!~～")
    return re.sub(r"\s+", " ", words).strip(" ，,。！!？?；;")


def _generic(words: str, case: Case) -> bool:
    """坏了 / 有问题 says that, not what."""
    left = words
    for word in (*case.said.products, *data("understanding.generic_fault")):
        left = left.replace(word, "")
    return len(re.sub(r"[\W_]", "", left)) < 2


def symptom_from_answer(case: Case) -> bool:
    """The answer to 'what is wrong': labelled phrases, else the whole short message."""
    words = symptom_words(case.said) or free_symptom(case.said)
    if not words or _generic(words, case):
        return False
    case.facts["symptom"] = words
    return True


def _absorb_mode(case: Case) -> None:
    plain = case.said.plain
    for mode, words in data("understanding.modes").items():
        if any(word in plain for word in words["not"]):
            continue
        strong = [word for word in words["words"] if word not in words["weak"]]
        counts = words["words"] if case.pending == "service_mode" else strong
        if any(word in plain for word in counts):
            case.facts["mode_said"] = mode
            return
