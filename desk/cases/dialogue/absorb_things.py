"""Taking in which thing it is about: its serial number, kind, brand and model; and a second one beside it."""

import re

from desk.cases import devices, product_types, symptoms
from desk.cases import warranty as warranties
from desk.cases.dialogue import memory, telling
from desk.cases.dialogue.absorb_symptoms import FAULTY, PLAIN_FAULT, SMALL_TALK, add_symptom, tells_symptom
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.slips import CORRECTED, MEANT
from desk.language import serials
from desk.records.models import Device
from desk.texts import data

# 冷藏室, 机门: a part of the thing at hand, whatever it was labelled.
PART_OF_ONE = re.compile(r"(?:室|层|门|仓|盒|屏|键|板|口|管|轮|灯|盖|把手|外壳|滤网)$")
ABOUT_THINGS = (*FAULTY, "ask_warranty", "ask_price", "ask_how_to", "request_return_exchange", "book_visit")


def take_serial(case: Case) -> None:
    """The case is about the device whose serial or order number was said, unless it is another thing than is booked."""
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


def take_things(case: Case) -> None:
    """Product, fault code, part, symptom and cause of the message go into the intake; a second thing is kept."""
    said, facts = case.said, case.facts
    tells_fault = said.wants(*FAULTY) or bool(said.symptoms)
    kinds = _kinds(said.products)
    if len(kinds) > 1 and tells_fault and (not facts.get("product_type") or case.pending == "symptom"):
        _tell_apart(case, kinds)
    if _second_thing(case, kinds, tells_fault):
        return
    _take_product(case, kinds, tells_fault)
    if said.code:
        facts["fault_code"] = said.code
    if said.part:
        facts["part"] = said.part
    if tells_symptom(case):
        add_symptom(case)
    cause = warranties.admitted_cause(said.plain)
    if cause and (tells_fault or said.product or facts.get("symptom") or case.journey in ("fault", "return")):
        facts["cause"] = cause


def _take_product(case: Case, kinds: list[str], tells_fault: bool) -> None:
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
    if len(starts) < 2:
        return
    parts = [plain[start:end] for start, end in zip(starts, [*starts[1:], len(plain)], strict=True)]
    named = [(next(kind for kind in kinds if part.startswith(kind)), part) for part in parts]
    apart = all(plain[start - 1] in " ，,、。；;\n" for start in starts[1:])
    if not case.said.has(*data("understanding.and_another")) and not (apart and all(map(PLAIN_FAULT.search, parts))):
        return
    mine = next((n for n, (kind, _) in enumerate(named) if product_types.same(kind, case.product)), 0)
    case.state["first_part"] = plain[: starts[1]] if mine == 0 else named[mine][1]
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
