"""What a message wishes, where plain words say more than its label."""

from desk import texts
from desk.cases import symptoms
from desk.cases.dialogue import guards
from desk.cases.dialogue.absorb_symptoms import FAULTY
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import duplicates, ticket

COMPLAINS = ("我要投诉", "要投诉你", "投诉你们")
LOOSE = ("inform", "affirm", "out_of_scope", "nlu_fallback", "ask_service_info", "ask_how_to", "dont_know")


def wished(case: Case) -> str:
    """The intent, where plain words say more than the label.

    A fault told with 我要退货 asks for the return; a new phone with 师傅来的时候 goes into the ticket; a question
    whether something is safe is no emergency.
    """
    said = case.said
    answering = case.pending is not None and case.journey != "emergency"
    wants_back = said.intent == "request_return_exchange" and case.journey is None
    if wants_back and said.has("修") and said.has(*texts.data("return.not_words")):
        return "report_fault"
    if said.intent == "restart" and (case.symptom or case.product) and said.has("报修", "维修", "登记", "重新报"):
        case.drop(*ticket.WISHES)
        return "report_fault"
    if said.has(*COMPLAINS) and said.intent in (*FAULTY, "inform", "out_of_scope"):
        return "complain"
    if said.intent == "report_emergency" and not guards.may_be_danger(said, answering):
        return "complain" if said.has(*texts.data("safety.claims")) else "report_fault"
    if said.intent in ("complain", "out_of_scope", "report_fault", "inform") and _waits(case):
        return "urge_ticket"
    plainly = _plainly(case)
    if plainly is not None:
        return plainly
    if said.intent == "report_emergency" and said.has(*texts.data("understanding.asks_safety")):
        return "ask_how_to"
    if (
        said.intent == "report_emergency"
        and said.danger is None
        and said.has(*texts.data("understanding.denies_danger"))
    ):
        return "report_fault"
    if said.intent == "check_ticket" and said.has(*texts.data("ticket.urging")) and not said.has("不是催", "不催"):
        return "urge_ticket"
    if (
        said.intent == "ask_policy"
        and case.device is not None
        and said.has("算吗", "算不算", "包吗", "管吗", "保吗", "保不保")
    ):
        return "ask_warranty"
    if said.intent == "ask_warranty" and (said.secondary == "report_fault" or case.facts.get("cause")):
        return "report_fault"
    if said.intent == "cancel_ticket" and said.has("报修", "修吧", "还是修") and not said.has("不报修", "取消", "不修"):
        return "report_fault"
    asks_back = said.has(*texts.data("return.words")) and not said.has(*texts.data("return.not_words"))
    if said.intent in ("report_fault", "report_unresolved", "cancel_ticket", "complain") and asks_back:
        return "request_return_exchange"
    changes = said.has(*texts.data("ticket.change_words")) and (said.phone or said.address)
    if changes and said.intent in ("inform", "request_callback", "deny", "change_visit") and _has_ticket(case):
        return "add_to_ticket"
    return said.intent


def _plainly(case: Case) -> str | None:
    """What words say that labels often miss: 我先自己试试, 多收了我50块, 那单到哪了 and a price beside it."""
    said = case.said
    for wish, entry in texts.data("wishes").items():
        if said.intent in entry["instead_of"] and said.has(*entry["words"]):
            if wish != "check_ticket":
                return str(wish)
            if _has_ticket(case):
                said.secondary, said.intent = said.intent, str(wish)
                return str(wish)
    return None


def _waits(case: Case) -> bool:
    """Curses of somebody who waits for us: 妈的都九天了 你们死哪去了 asks where we stay."""
    said = case.said
    no_fault = not said.product and not symptoms.sounds_like_fault(said.plain)
    rough = said.intent != "complain" or said.has(*texts.data("understanding.lists")["abuse"])
    waits = said.has(*texts.data("promise.waiting_words")) and not said.has("投诉")
    return no_fault and rough and waits and _has_ticket(case)


def _has_ticket(case: Case) -> bool:
    return case.journey is None and duplicates.has_ticket(case)
