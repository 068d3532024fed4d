"""Yes to what was just offered, and more about the ticket that was just opened or spoken of."""

from desk import texts
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import callback, fault, howto, info, people, ticket
from desk.cases.dialogue.meaning import LOOSE
from desk.cases.dialogue.said import SURE
from desk.language import yesno

UNSOLVED = ("report_unresolved", "report_fault", "deny", "inform", "out_of_scope", "ask_how_to", "complain")


def second_thoughts(case: Case) -> bool:
    """Yes to a person that was just offered; a correction to the ticket that was just opened."""
    said, offers = case.said, case.state.get("offers", [])
    asks = said.wants(*info.ANSWERS, "ask_warranty") or said.has("多少", "价", "钱", "吗", "?", "？")
    if howto.mended(case):
        return True
    if "repair" in offers and said.has("修") and not said.has("不修") and not asks and not case.pending:
        fault.start(case)
        return True
    if not case.pending and said.intent in UNSOLVED and howto.failed(case):
        fault.start(case)
        return True
    wanted = said.yes is True or (said.intent in UNSOLVED and yesno.solved(said.plain) == "no" and said.yes is None)
    if case.proposed == "repair" and wanted and not case.pending and not said.has("换", "退"):
        fault.start(case)
        return True
    if "human" in offers and said.yes is True and not case.pending:
        people.hand_over(case, case.state.pop("human_reason", "customer_request"))
        return True
    just = case.ticket()
    if just is not None and just.status == "cancelled" and not case.pending:
        if said.has(*texts.data("promise.uncancel_words")):
            ticket.restore(case, just)
            return True
    if not case.pending and callback.about_promise(case):
        return True
    if just is not None and not case.pending and case.journey is None and _about_it(case):
        return True
    fresh = just is not None and case.journey is None and just.conversation_id == case.conversation.id
    if fresh and said.intent in ("inform", "deny", "add_to_ticket") and (said.phone or said.address or said.visit):
        if said.visit is not None and not said.phone and not said.address:
            case.begin("change_visit")
        else:
            case.begin("add_to_ticket")
            case.state["wish_text"] = said.plain[:300]
        ticket.advance(case)
        return True
    return False


def _about_it(case: Case) -> bool:
    """More about the ticket that was just spoken of: 那什么时候能好, 还有 家里有狗 让师傅先打电话."""
    said = case.said
    if said.intent not in LOOSE and said.confidence >= SURE:
        return False
    if said.has(*texts.data("promise.when_words")) and said.has("好", "来", "到", "修", "师傅", "约"):
        return ticket.start(case, "check_ticket") or True
    if said.plain.startswith(tuple(texts.data("promise.more_words"))) and said.has("师傅", "来之前", "上门", "门口"):
        return ticket.start(case, "add_to_ticket") or True
    return False
