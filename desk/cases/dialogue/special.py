"""Answers that end or turn their journey, read by rules of their own."""

import re
from collections.abc import Callable

from desk import texts
from desk.cases.dialogue import absorb_symptoms, advance, answers
from desk.cases.dialogue.answers import TAKEN
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import complaint, fault, howto, people, returns, verdict
from desk.cases.dialogue.said import Said
from desk.cases.dialogue.wishes import SWITCH

GRIEVANCES = ("complain", "request_return_exchange", "rate_service")
# What happened is told in words of any wish (没人来, 催了三次); only these leave the complaint.
LEAVING = ("talk_to_human", "request_callback", "restart")


def _cancel_sure(case: Case) -> bool:
    if case.said.yes is True or case.said.has("确定", "取消吧", "确认"):
        case.state["cancel_sure"] = True
        advance.again(case)
        return True
    if case.said.yes is False or case.said.has("先不", "别取消", "不取消", "还是修"):
        case.say("ticket.cancel_kept")
        case.end()
        return True
    return False


def _return_confirm(case: Case) -> bool:
    if case.said.has("不退", "算了", "不换了", "不要了", "再想想", "先不", "等等", "先等", "再看看", "不急", "考虑"):
        returns.abandon(case)
        return True
    if case.said.yes is True or case.said.has("确认", "办吧", "可以"):
        case.facts["confirmed"] = True
        advance.again(case)
        return True
    if case.said.yes is False:
        returns.abandon(case)
        return True
    return False


def _softens(said: Said) -> bool:
    """对不起 刚才态度不好 我家洗衣机坏了: after a mere curse the customer says what is needed."""
    sorry = said.has("对不起", "不好意思", "抱歉", "刚才态度", "别介意")
    return sorry and (said.wants("report_fault") or said.has("坏了", "不能用", "修"))


def _reason(case: Case) -> bool:
    said = case.said
    leaving = LEAVING if case.journey == "complaint" else SWITCH
    if said.intent in leaving and said.confidence >= 0.6 and said.intent not in GRIEVANCES:
        return False
    if said.wordless:
        return False
    if case.journey == "complaint" and complaint.mere_abuse(said):
        case.state.pop("complaint", None)
        case.drop("complaint")
        people.calm(case)
        return True
    if case.journey == "complaint" and len(case.state.get("complaint", "")) < 12 and _softens(said):
        case.state.pop("complaint")
        case.drop("complaint")
        fault.start(case)
        return True
    if case.journey == "return":
        case.facts["return_reason"] = said.plain[:200]
        faulty = texts.data("return.reasons")["faulty"]
        if said.symptoms or (said.wants("report_fault") and not said.has("不想要", "不喜欢")):
            absorb_symptoms.symptom_from_answer(case)
        elif any(word in said.plain for word in faulty) and not any(
            word in said.plain for word in texts.data("return.reasons")["changed_mind"]
        ):
            case.facts["symptom"] = said.plain[:120]
    else:
        case.state["complaint"] = f"{case.state.get('complaint', '')} {said.plain}".strip()[:500]
    advance.again(case)
    return True


def _opened(case: Case) -> bool:
    said = case.said
    if said.has("没拆", "未拆", "没有拆", "没开", "没用过", "没有") or said.yes is False:
        case.facts["opened"] = "sealed"
    elif said.has("拆", "开", "用过", "试过") or said.yes is True:
        case.facts["opened"] = "used"
    elif answers.does_not_know(case):
        case.facts["opened"] = "unknown"
    else:
        return False
    advance.again(case)
    return True


def _rating_reason(case: Case) -> bool:
    if case.said.intent in ("talk_to_human", "request_callback", "report_fault"):
        return False
    return not complaint.rated(case)


def _ticket_number(case: Case) -> bool:
    if case.said.ticket_numbers or case.device is not None:
        advance.again(case)
        return True
    if case.said.phone:
        case.give_up("ticket_number")
        advance.again(case)
        return True
    if answers.does_not_know(case) or answers.refuses(case):
        case.give_up("ticket_number")
        advance.again(case)
        return True
    return False


def _money(case: Case) -> bool:
    """Payment refused ends the case without a ticket; a dispute is explained, then goes to a person."""
    if case.said.has(*texts.data("payment.disputes")):
        if case.count("dispute") > 1:
            people.hand_over(case, "warranty_dispute")
            return True
        case.say_raw((verdict.current(case) or {}).get("sentence", ""))
        case.say("payment.dispute")
        case.state["human_reason"] = "warranty_dispute"
        advance.again(case)
        return True
    dear = re.fullmatch(r"(有点|这么|也太|怎么这么|太)?贵(啊|哦|呀)?[。!！?？]*", case.said.plain.strip())
    if case.said.has(*texts.data("payment.bargains")) or (dear and case.said.plain.strip()[0] != "太"):
        case.say("payment.bargain")
        advance.again(case)
        return True
    if {"purchase_date", "device_id"} & set(case.state.get("changed", [])):
        advance.again(case)
        return True
    outcome = answers.read(case, guess=False)
    if outcome != TAKEN:
        return False
    if case.facts.get("paid") == "refused":
        case.say("payment.refused")
        case.forget_case("refused")
        case.end()
        return True
    advance.again(case)
    return True


SPECIAL: dict[str, Callable[[Case], bool]] = {
    "solved": howto.solved,
    "cancel_sure": _cancel_sure,
    "return_confirm": _return_confirm,
    "reason": _reason,
    "opened": _opened,
    "rating_reason": _rating_reason,
    "ticket_number": _ticket_number,
    "payment": _money,
}
