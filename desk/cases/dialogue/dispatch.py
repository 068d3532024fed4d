"""New wishes: what a message starts."""

import re

from desk import texts
from desk.cases import symptoms, warranty
from desk.cases.dialogue import advance, telling
from desk.cases.dialogue.absorb_symptoms import FAULTY, PLAIN_FAULT, take_symptom
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import cover, fault, info, questions, ticket, verdict
from desk.cases.dialogue.meaning import COMPLAINS, LOOSE, wished
from desk.cases.dialogue.said import LIKELY, SURE
from desk.cases.dialogue.wishes import SWITCH, WISHES, report_fault

HEARD = re.compile(r"(?:好的?|哦|嗯)*[，,\s]*(?:我?知道了|明白了|了解了?|懂了|晓得了)[。.!！~]*")


def dispatch(case: Case) -> bool:
    """Start what the message wishes. False when it is not understood."""
    said = case.said
    unsure = said.confidence < SURE
    if not case.pending and HEARD.fullmatch(said.plain.strip()):
        case.say("small.no_then")
        return True
    broken = symptoms.sounds_like_fault(said.plain) or said.has("坏了", "坏掉") or case.facts.get("cause")
    if unsure and said.product and broken and not said.has(*COMPLAINS):
        take_symptom(case)
        return report_fault(case) or True
    if said.has(*texts.data("invoice.words")) and said.intent not in (*SWITCH, "ask_policy", "report_fault"):
        info.invoice(case)
        return True
    wants_repair = said.has("报修", "要修", "维修", "帮我修", "来修") and not said.has(
        "不", "没", "几", "哪", "多", "吗", "怎么", "什么", "久", "发票", "?", "？"
    )
    if wants_repair and (unsure or said.intent in LOOSE) and case.journey is None:
        return report_fault(case) or True
    if said.confidence < 0.3 and not said.symptoms and not said.serials:
        return False
    if said.confidence < LIKELY and wished(case) in FAULTY and _nothing_faulty(case):
        return False
    meant = wished(case)
    wish = WISHES.get(meant)
    if wish is not None:
        wish(case)
        secondary(case)
        return True
    open_question = case.pending
    several = questions.asked(case)
    if len(several) > 1 and meant in info.ANSWERS and questions.answer(case, several):
        advance.again(case) if open_question else cover.propose_repair(case)
        return True
    if info.answer(case, wished(case)):
        if open_question:
            advance.again(case)
            return True
        if said.intent == "ask_price":
            case.offer_buttons([("我要报修", "/report_fault")])
        if meant in ("ask_price", "ask_service_info", "ask_policy"):
            cover.propose_repair(case)
        return True
    return _bare_facts(case)


def _nothing_faulty(case: Case) -> bool:
    """Whether no fault and no product was named, now or before."""
    said = case.said
    named = said.product or said.symptoms or said.code or said.danger or case.product or case.symptom
    return not named and case.journey is None and not symptoms.sounds_like_fault(said.plain)


def secondary(case: Case) -> None:
    """What the message asks beside its wish: answered before the open question."""
    said, several = case.said, questions.asked(case)
    second = said.secondary if said.secondary in ("ask_price", "ask_policy", "ask_service_info") else None
    if second and second != said.intent and second not in [intent for intent, _ in several]:
        several = [*several, (second, said.plain)]
    if verdict.must_pay(case):
        several = [(intent, words) for intent, words in several if intent != "ask_price"]
    if several:
        questions.beside(case, several)


def _bare_facts(case: Case) -> bool:
    """Only data, and no question open: what it allows to say, and what is wished."""
    said = case.said
    if case.facts.get("ticket_number") and said.ticket_numbers:
        ticket.start(case, "check_ticket")
        return True
    if said.symptoms or said.code:
        fault.start(case)
        return True
    if case.product and PLAIN_FAULT.search(said.plain) and said.intent not in info.ANSWERS:
        take_symptom(case)
        return report_fault(case) or True
    if said.has("报修", "维修", "上门修", "修一下", "来修") or (
        said.product and said.has("修") and not said.has("不修")
    ):
        return report_fault(case) or True
    told = telling.own_words(telling.statements(said.plain), said)
    for word in said.products:
        told = told.replace(word, "")
    if case.device is not None and len(told) >= 6 and said.intent not in info.ANSWERS:
        take_symptom(case)
        return report_fault(case) or True
    data = said.serials or said.phone or said.model or said.bought or said.address
    if case.symptom and (data or warranty.admitted_cause(said.plain)):
        return report_fault(case) or True
    if case.device is not None and said.serials:
        cover.say_cover(case, verdict.decide(case))
        case.say("small.what_with_it")
        case.offer_buttons([("我要报修", "/report_fault"), ("转人工", "/talk_to_human")])
        return True
    if said.intent in ("inform", "dont_know") and (said.phone or said.serials or said.product or said.address):
        if case.pending and case.journey in advance.ADVANCE:
            case.say("small.noted_this")
            advance.again(case)
            return True
        if said.serials and case.device is None:
            case.say("serial.not_found", serial=said.serials[-1])
            case.facts.pop("serial_claimed", None)
        elif said.product and case.product:
            case.say("small.noted_product", product=case.product)
        else:
            case.say("small.noted")
        case.offer_buttons(info.menu())
        return True
    return False
