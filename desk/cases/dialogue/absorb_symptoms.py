"""Taking in what is wrong: whether a message tells it, and in which words it is kept."""

import re

from desk.cases import symptoms
from desk.cases.dialogue import telling
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.said import LIKELY, free_symptom, symptom_words
from desk.cases.dialogue.slips import CORRECTED, MEANT

# Words of a fault that no table need have; only where nothing else is likely.
PLAIN_FAULT = re.compile(
    r"好好的|突然|响|漏|冒|闪|抖|震|堵|黑屏|花屏|裂|碎|坏|条线|线条|[横竖]线|没(?:声|图|反应|信号|画面)|结了?.{0,4}冰|断(?:断续续|电|开)|死机|重启|失灵|掉漆|生锈|变形"
    r"|不(?:转|亮|热|冷|凉|出水|进水|排|通电|脱水|制冷|制热|启动|开机|动|走|灵|严)|[关打开按拉推插拔充连点看听用洗]不(?:上|开|了|动|严|进|着|紧|起|清)"
)
SUPPOSED = re.compile(r"如果|要是|万一|假如|假设|的话|会不会|比如")
HEALED = re.compile(r"(?:不|没|没有)再?(?:漏|响|报|卡|闪|跳|停)(?:水|警|错)?了(?!又)")
FAULTY = ("report_fault", "report_unresolved", "report_emergency")
SMALL_TALK = ("bot_challenge", "out_of_scope", "ask_capabilities", "rate_service", "goodbye")
QUESTIONS = ("ask_service_info", "ask_policy", "ask_price", "ask_how_to", "ask_why", "ask_warranty")


def tells_symptom(case: Case) -> bool:
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
