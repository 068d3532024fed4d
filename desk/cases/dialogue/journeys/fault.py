"""report_fault: from "it is broken" to a ticket with a decision, a deadline and a visit."""

from desk import texts
from desk.cases import articles, product_types, symptoms
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import appointment, booking, duplicates, reach, standstill, thing, verdict
from desk.cases.dialogue.journeys.booking import open_from_intake

__all__ = ["advance", "open_for_handoff", "open_from_intake", "start", "urgent"]


def start(case: Case) -> bool:
    """Take a fault up, and go on."""
    case.begin("fault")
    return advance(case)


def advance(case: Case) -> bool:
    """Say and ask the next thing that this repair still needs. True when a question is open."""
    if case.facts.get(standstill.KIND):
        return standstill.advance(case)
    case.state["pending"] = None
    steps = (
        _fault,
        _standstill,
        thing.device,
        _standstill,
        duplicates.ask_existing,
        _help,
        verdict.tell,
        verdict.payment,
        reach.phone,
        reach.prove,
        reach.mode,
        reach.address,
        appointment.visit,
        booking.confirm,
    )
    return any(step(case) for step in steps) or _finish(case)


def _fault(case: Case) -> bool:
    if case.symptom or case.facts.get("fault_code"):
        return False
    if case.device is None and not case.product:
        return case.ask("symptom", "fault.ask_what", api="which_product")
    return case.ask("symptom", "fault.ask_symptom", api="else", product=case.product)


def _standstill(case: Case) -> bool:
    """Known to be an A case: nothing more is asked before people know of it. What was done about it ends the turn."""
    if not standstill.begins(case):
        return False
    standstill.start(case)
    return True


def _help(case: Case) -> bool:
    """Something safe to try, once; the booking goes on meanwhile."""
    warm = "不制冷" in f"{case.symptom}{symptoms.standard(case.symptom)}"
    if warm and product_types.same(case.product, "冰箱") and not case.told("keep_cold"):
        case.say("advice.keep_cold")
    told = f"{case.symptom} {' '.join(symptoms.standard(case.symptom))}"
    article = articles.fitting(case.session, case.product, told, case.facts.get("fault_code"))
    if article is None or case.state.get("upset") or case.told("help"):
        return False
    words = articles.first_aid(article)
    if words is not None:
        case.say(words[0], **words[1])
    return False


def urgent(case: Case) -> bool:
    """Whether goods or a business suffer while the customer waits."""
    return any(word in case.symptom for word in texts.data("understanding.urgent"))


def _finish(case: Case) -> bool:
    ticket = open_from_intake(case, "repair")
    case.say("ticket.opened", number=ticket.number, next=booking.next_step_words(ticket))
    if ticket.service_mode in ("mail_in", "carry_in", "pickup"):
        case.say(f"ticket.after_{ticket.service_mode}")
    if ticket.service_mode == "carry_in" and not case.facts.get("shop"):
        case.say("ticket.shop_later")
    booking.close(case)
    if ticket.severity == "A":
        return _urgent(case)
    return _second_device(case)


def _urgent(case: Case) -> bool:
    """A business that stands still gets a person at once."""
    from desk.cases.dialogue.journeys import people

    return people.hand_over(case, "business_loss")


def _second_device(case: Case) -> bool:
    waiting = case.state.pop("later", [])
    if not waiting:
        return False
    later, *others = waiting
    case.state["later"] = others
    case.begin("fault")
    case.facts.update({name: value for name, value in later.items() if value})
    case.say("fault.second", product=later["product_type"])
    case.save_intake()
    return advance(case)


def open_for_handoff(case: Case) -> None:
    """Before a person takes over: a case that is known well enough becomes a ticket, so that nothing is lost."""
    facts = case.facts
    if case.journey != "fault" or not case.symptom or not facts.get("phone"):
        return
    if verdict.must_pay(case) and facts.get("paid") != "agreed":
        return
    if case.device is None and not facts.get("address"):
        return
    if case.state.get("existing"):
        return
    ticket = open_from_intake(case, "repair")
    case.say("ticket.opened_at_handoff", number=ticket.number)
    booking.close(case)
