"""One turn: safety, then the open question, then the new wish; then the next question."""

import re

from sqlalchemy.orm import Session

from desk import texts
from desk.cases import branches
from desk.cases.dialogue import absorb, advance, dispatch, guards, question, second_thoughts
from desk.cases.dialogue.case import Case, load
from desk.cases.dialogue.journeys import booking, complaint, duplicates, emergency, info, optout, people
from desk.cases.dialogue.said import Said
from desk.cases.dialogue.turn import Step, Turn
from desk.cases.effects import once
from desk.records.db import transaction
from desk.rules import complaints

TRANSFER = re.compile(
    r"^(好|行|可以|嗯|那|那就|赶紧|快)?(的|吧|啊)?[，,]?(帮我|给我)?转(吧|人工|一下|接|过去|呗)?[。！!]*$"
)


def take(turn: Turn) -> Step:
    """Answer a turn and do what it asks, once: played again, it gives the same step."""
    with transaction() as session:
        result = once(session, turn.id, "dialogue", lambda: _run(load(session, turn)).to_dict())
    return Step.from_dict(result)


def resume(session: Session, turn: Turn) -> Step:
    """The assistant's first words after a colleague gave the conversation back, in the caller's transaction."""
    case = load(session, turn)
    case.state["pending"] = None
    case.say("small.back")
    _own_ticket(case)
    advance.again(case)
    case.save()
    return case.step


def _own_ticket(case: Case) -> None:
    """What was booked meanwhile in this very conversation is told, and never asked about as if it were somebody's."""
    ticket = duplicates.booked_here(case)
    if ticket is None:
        return
    if case.journey == "fault":
        booking.close(case)
    case.touch(ticket)
    case.say("small.back_ticket", number=ticket.number, next=booking.next_step_words(ticket))


def _run(case: Case) -> Step:
    waiting = case.journey
    respond(case)
    _take_up(case, waiting)
    case.save()
    return case.step


def _take_up(case: Case, waiting: str | None) -> None:
    """A journey on the way has ended: the one that waited for it goes on."""
    if case.step.transition is not None or case.pending or case.journey not in advance.ADVANCE or case.step.asks:
        return
    if waiting == "callback" and case.step.callback is not None and case.state.pop("tired", False):
        case.say("callback.goes_on_there")
        return
    if case.journey == waiting and case.said.intent in ("goodbye", "dont_know"):
        return
    case.say("small.continue")
    advance.again(case)


def respond(case: Case) -> None:
    """Make the answer to one message."""
    said = case.said
    if said.distress:
        people.distress(case)
        return
    _carry_over(case)
    absorb.absorb(case)
    if said.has(*texts.data("callback.tired_words")):
        case.state["tired"] = True
    if guards.dangerous(case):
        case.state["misses"] = 0
        emergency.start(case, said.danger)
        return
    if optout.heard(case) or people.sorrow(case):
        return
    if guards.angry(case) or guards.asks_for_people(case) or guards.asks_about_others(case):
        return
    if "human" in case.state.get("offers", []) and TRANSFER.match(said.plain.replace(" ", "")):
        people.hand_over(case, case.state.pop("human_reason", "customer_request"))
        return
    if case.pending and question.answered(case):
        case.state["misses"] = 0
        return
    if _follows_up(case):
        return
    if said.plain.strip() in ("?", "？", "??", "？？"):
        if not case.pending:
            info.answer(case, "greet")
        advance.again(case)
        return
    if said.wordless or said.picture:
        _wordless(case)
        return
    if second_thoughts.second_thoughts(case) or dispatch.dispatch(case):
        case.state["misses"] = 0
        return
    _not_understood(case)


def _carry_over(case: Case) -> None:
    """空调呢 / 洗衣机, after a question about the cover, the rules or a price: the same is asked about this thing."""
    said = case.said
    case.before, case.state["before"] = case.state.get("before"), said.intent
    if case.pending or not said.product or case.before not in ("ask_warranty", "ask_policy", "ask_price"):
        return
    if re.fullmatch(
        rf"(那么?|还有)?(我?家?的?)?(这台|那台)?{re.escape(said.product)}(呢|怎么样|的呢|的)?[?？。\s]*", said.plain
    ):
        said.intent, said.confidence = case.before, max(said.confidence, 0.9)
        said.plain = f"{said.plain} {case.state.get('before_words', '')}"
        case.state["before"] = said.intent


def _follows_up(case: Case) -> bool:
    """A city after "which city?", "那修了两次呢" after a rule: what was just talked about goes on."""
    before = case.before
    if case.state.pop("asked_city", None) and branches.near(case.session, case.said.plain):
        info.answer(case, "ask_service_info")
        return True
    supposes = case.said.plain.startswith(("那", "要是", "如果")) and not case.said.has("报修", "修吧", "来修")
    if before == "ask_warranty":
        asks_on = case.said.intent in info.ANSWERS and case.said.intent != "ask_policy"
        supposes = not asks_on and case.said.plain.removeprefix("那").startswith(("要是", "如果", "万一"))
    if (
        before in ("ask_policy", "ask_warranty")
        and supposes
        and not case.said.serials
        and not case.said.wants("report_fault")
        and (case.said.bought is None or before == "ask_warranty")
    ):
        case.state["before"] = "ask_policy"
        info.answer(case, "ask_policy")
        return True
    return False


def _wordless(case: Case) -> None:
    """Only signs or a picture: words, or a button."""
    seen = "small.picture_kept" if case.symptom and case.journey else "small.picture"
    case.say(seen if case.said.picture else "small.emoji")
    if case.pending and case.journey in advance.ADVANCE:
        advance.again(case)
    else:
        case.offer_buttons(info.menu())


def _not_understood(case: Case) -> None:
    """Say so; with a question open ask it again; the second time offer a person."""
    if _upset(case):
        return
    case.state["misses"] = int(case.state.get("misses", 0)) + 1
    if _stuck(case):
        return
    if case.state["misses"] >= 2:
        case.state["human_reason"] = "misunderstanding"
        case.say("small.not_understood_again")
        case.offer("human")
    else:
        case.say("small.not_understood_here" if case.pending else "small.not_understood")
    if case.pending and case.journey in advance.ADVANCE:
        advance.again(case)
    else:
        case.offer_buttons([*info.menu()[:3], ("转人工", "/talk_to_human")])


def _upset(case: Case) -> bool:
    """Words that nobody labelled, but that curse, or tell what we did wrong (收了我三百 没修好)."""
    if people.abusive(case.said):
        people.calm(case)
    elif not case.pending and len(case.said.plain) >= LONG_ENOUGH and _wronged(case.said):
        complaint.start(case)
    else:
        return False
    return True


def _wronged(said: Said) -> bool:
    return complaints.judge(said.plain).grade != "minor" and not said.has("吗", "?", "？", "多少")


LONG_ENOUGH = 8
GIVEN_UP = ("serial_number", "service_mode", "purchase_date", "which_product", "shop", "address", "phone", "identity")


def _stuck(case: Case) -> bool:
    """The third answer to the same question that nobody understands: on without it, else a person."""
    pending = case.pending
    if not pending or case.count(f"stuck_{pending}") < 3:
        return False
    if pending in GIVEN_UP:
        case.give_up(pending)
    elif pending == "visit_time":
        case.facts["wish"] = {"start": None, "end": None, "text": case.said.plain.strip()[:40], "flexible": True}
    else:
        people.hand_over(case, "misunderstanding")
        return True
    case.say("small.go_on")
    case.state["misses"] = 0
    advance.again(case)
    return True


__all__ = ["respond", "resume", "take"]
