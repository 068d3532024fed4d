"""Taking in what was said before asking on, so that nobody wonders whether they were heard."""

import re

from desk import texts
from desk.cases.dialogue import telling
from desk.cases.dialogue.case import Case

PUZZLED = re.compile(
    r"([?？]+|你?说?啥子?|你说什么|什么|什么鬼|啥玩意|搞什么|(?:嗯+|啊|哈)[?？]|咩|what|没懂|看不懂|不懂|(这是)?(什么|啥)意思|没明白|不明白|没听懂|听不懂)[?？。!！\s啊呀]*"
)
GO_ON = re.compile(r"修|来人|来看|看看吧|登记|上门|报修|安排|处理")
KNOWN = ("symptom", "product_type", "purchase_date", "phone", "address", "wish")


def noted(case: Case) -> bool:
    """Name what the message brought. False when it brought nothing."""
    names = [name for name in case.learnt if name in texts.data("ack.names")]
    if not names:
        return False
    if set(names) <= {"symptom", "product_type", "fault_code"} and "symptom" in names:
        case.say("ack.noted_fault", what=re.sub(r"\s+", "，", telling.told(case.said) or case.symptom)[:30])
    else:
        case.say("ack.noted", what="、".join(str(texts.data("ack.names")[name]) for name in names))
    return True


def repeated(case: Case) -> bool:
    """你刚才不是问过了吗: sorry, and what is known already."""
    if not case.said.has(*texts.data("ack.repeated_words")) or case.learnt:
        return False
    if case.said.has("报过", "修过", "来过", "投诉"):
        return False
    if case.said.has(*texts.data("ack.given_words")) and not case.facts.get(case.pending or ""):
        case.say("ack.not_received")
        return True
    labels = texts.data("ack.names")
    known = [str(labels[name]) for name in KNOWN if case.facts.get(name)]
    if known:
        case.say("ack.noted_again", what="、".join(known))
    else:
        case.say("ack.sorry_again")
    return True


def later(case: Case) -> bool:
    """我晚点看看, at any question: no hurry; it is asked again when they are back."""
    said = case.said
    if case.pending in ("serial_number", "visit_time", "callback_time", "payment", "solved") or case.learnt:
        return False
    if len(said.plain) > 14 or not said.has(*texts.data("ack.later_words")):
        return False
    case.say("small.kept")
    return True


def puzzled(case: Case) -> bool:
    """啥 / 没懂: the question was not understood; it is put in other words."""
    return bool(PUZZLED.fullmatch(case.said.plain.strip()))


def urges_on(case: Case) -> bool:
    """那你们来修一下吧, in the middle of the booking: it is going on."""
    if not wants_repair(case) or case.learnt:
        return False
    case.say("ack.going_on")
    return True


def wants_repair(case: Case) -> bool:
    """那来修吧 / 好吧 修: nothing but the wish to have it repaired."""
    words = re.sub(r"[\s，,]", "", case.said.plain).strip("。.!！~")
    words = words.replace(case.product, "") if case.product else words
    wish = bool(GO_ON.search(words)) and bool(telling.REQUEST.fullmatch(words)) and "不" not in words
    return wish and not case.said.has("人工", "客服", "投诉", "重新")
