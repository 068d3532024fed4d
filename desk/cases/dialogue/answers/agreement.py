"""Answers that agree on something: a time, a payment, the summary, the same ticket."""

import re
from datetime import datetime

from desk.cases import tickets, words
from desk.cases.dialogue import absorb_data, consent
from desk.cases.dialogue.answers.reading import ASKED, NOT, TAKEN, does_not_know, reads, refuses
from desk.cases.dialogue.case import HUMAN, Case
from desk.cases.dialogue.journeys import calendar
from desk.language import choices
from desk.rules import visits as rules
from desk.texts import data

BUTTONS = {"/affirm": True, "/deny": False}


@reads("visit_time")
def _visit(case: Case, guess: bool) -> str:
    said = case.said
    if said.intent in ("ask_service_info", "ask_policy", "ask_price", "ask_why") and said.confidence >= 0.35:
        return NOT
    if case.state.get("slots") and said.visit is None and said.has(*data("slots.more_words")):
        calendar.more(case, case.ticket() if case.journey == "change_visit" else None)
        return ASKED
    if case.state.get("slots") and _picked_slot(case):
        return TAKEN
    if said.visit is not None:
        return TAKEN
    if said.has(*data("visit.too_late_words")):
        case.offer("next_slot", "human")
        case.ask("visit_time", "visit.cannot_sooner", buttons=[("最早的就行", "最早的就行"), HUMAN])
        return ASKED
    if said.has("昨天", "前天", "上周", "上个月", "上星期") and not said.has("就说", "说好", "说过"):
        return ASKED if case.ask("visit_time", "visit.past") else NOT
    if said.yes is True and _only_slot(case):
        return TAKEN
    if case.state.get("offers") and "human" in case.state["offers"] and said.wants("talk_to_human"):
        return NOT
    flexible = said.has(
        "都行",
        "随便",
        "你们定",
        "你们安排",
        "安排就行",
        "越快越好",
        "越早",
        "最早",
        "尽快",
        "都可以",
        "随时",
        "尽早",
        "看你们",
    )
    if not flexible and said.yes is True and len(case.state.get("slots") or []) > 1 and case.count("which_slot") < 3:
        return ASKED if calendar.which(case) else NOT
    if flexible or (guess and (said.yes is True or does_not_know(case) or refuses(case))):
        case.facts["wish"] = {"start": None, "end": None, "text": said.plain.strip()[:40], "flexible": True}
        return TAKEN
    if guess and case.count("visit_unclear") >= 2:
        case.facts["wish"] = {"start": None, "end": None, "text": said.plain.strip()[:40], "flexible": True}
        return TAKEN
    return NOT


def _picked_slot(case: Case) -> bool:
    """第二个, or the words of a button: one of the times just offered."""
    offered = [datetime.fromisoformat(start) for start in case.state["slots"]]
    window = rules.rules().window
    names = [words.span(start, start + window) for start in offered]
    picked = choices.pick(case.said.plain, names) if case.said.visit is None else None
    if case.said.plain.strip() in names:
        picked = names.index(case.said.plain.strip())
    if picked is None:
        return False
    start = offered[picked]
    case.facts["wish"] = {
        "start": start.isoformat(),
        "end": (start + window).isoformat(),
        "text": names[picked],
        "flexible": False,
    }
    return True


def _only_slot(case: Case) -> bool:
    """可以, where one time was named: that one."""
    slots = case.state.get("slots") or []
    if case.said.has("安排", "随便", "都行", "都可以") or len(slots) > 1:
        return False
    if len(slots) == 1:
        start = datetime.fromisoformat(slots[0])
        span = (start, start + rules.rules().window)
    elif case.state.get("slot"):
        span = (datetime.fromisoformat(case.state["slot"][0]), datetime.fromisoformat(case.state["slot"][1]))
    else:
        return False
    case.facts["wish"] = {
        "start": span[0].isoformat(),
        "end": span[1].isoformat(),
        "text": words.span(*span),
        "flexible": False,
    }
    return True


@reads("callback_time")
def _callback(case: Case, guess: bool) -> str:
    said = case.said
    if said.visit is not None:
        case.state["callback"] = absorb_data.wish_of(said.visit)
        return TAKEN
    if said.has("都行", "随便", "随时", "尽快", "越快越好", "现在", "马上", "你们安排") or (
        guess and (said.yes is True or does_not_know(case))
    ):
        case.state["callback"] = {"start": None, "end": None, "text": said.plain.strip()[:40], "flexible": True}
        return TAKEN
    return NOT


@reads("payment")
def _payment(case: Case, guess: bool) -> str:
    said = case.said
    if said.amount_fen and said.has("超过", "以内", "之内", "最多", "不超", "没超", "以下", "内就修"):
        case.facts["paid"], case.facts["cap_fen"] = "agreed", said.amount_fen
        return TAKEN
    if said.wants("talk_to_human", "request_callback", "ask_price") or said.has("多少钱", "什么价"):
        return NOT
    if re.search(r"(?:要|收|花)(?:我)?(?:钱|费|收费|付费).{0,5}(?:不修|算了|不要)", said.plain):
        case.facts["paid"] = "refused"
        return TAKEN
    agreed = BUTTONS.get(said.plain.strip(), consent.agreed(said.plain))
    if agreed is None:
        return NOT
    case.facts["paid"] = "agreed" if agreed else "refused"
    return TAKEN


@reads("confirm")
def _confirm(case: Case, guess: bool) -> str:
    said = case.said
    if correct(case):
        return TAKEN
    if said.yes is True or (said.has("对", "没错", "确认", "提交", "可以", "就这样") and said.yes is not False):
        case.facts["confirmed"] = True
        return TAKEN
    if said.has(*data("confirm.leave_words")):
        case.say("fault.left")
        case.forget_case("refused")
        case.end()
        return ASKED
    if said.yes is False:
        case.count("confirm")
        case.ask(
            "confirm_what",
            "confirm.what_wrong",
            api="confirm",
            buttons=[(title, title) for title in data("confirm.fields").values()],
        )
        return ASKED
    return NOT


@reads("confirm_what")
def _confirm_what(case: Case, guess: bool) -> str:
    if correct(case):
        return TAKEN
    if guess and case.said.yes is True:
        case.facts["confirmed"] = True
        return TAKEN
    for name, named in data("confirm.field_words").items():
        if case.said.has(*named):
            forget(case, name)
            return TAKEN
    return NOT


def correct(case: Case) -> bool:
    """A correction in the message: the new value was absorbed, or the wrong one is forgotten and asked again."""
    said = case.said
    changed = case.state.pop("changed", [])
    if changed:
        case.count("confirm")
        return True
    if said.has(*data("confirm.wrong_words")):
        for name, named in data("confirm.field_words").items():
            if said.has(*named):
                forget(case, name)
                case.count("confirm")
                return True
    return False


def forget(case: Case, name: str) -> None:
    """Drop a wrong datum so that it is asked again."""
    facts = case.facts
    facts["unknown"] = [
        item for item in facts.get("unknown", []) if item not in (name, "serial_number" if name == "serial" else name)
    ]
    if name == "serial":
        for key in ("device_id", "serial", "decided", "model", "serial_claimed"):
            facts.pop(key, None)
        case.state["not_listed"] = True
    elif name == "visit":
        case.drop_visit()
        facts.pop("wish", None)
    elif name == "mode":
        facts.pop("mode", None)
        facts.pop("mode_said", None)
    elif name == "address":
        facts.pop("address", None)
        known = dict(case.state.get("known", {}))
        known.pop("address", None)
        case.state["known"] = known
        case.state["ask_address"] = True
    elif name == "phone":
        facts.pop("phone", None)
        known = dict(case.state.get("known", {}))
        known.pop("phone", None)
        case.state["known"] = known
    else:
        facts.pop(name, None)


@reads("existing_ticket")
def _existing(case: Case, guess: bool) -> str:
    said = case.said
    number = case.state.get("existing")
    ticket = tickets.by_number(case.session, number) if number else None
    if (
        ticket is None
        or said.yes is False
        or said.has("新的", "另一", "另外", "不一样", "别的", "两回事", "不是同一", "不是一个", "再报")
    ):
        return TAKEN
    if said.yes is True or said.has("那个", "同一", "就是", "报过", "一样", "那单", "原来的", "没错"):
        from desk.cases.dialogue.journeys import ticket as journey

        journey.join_existing(case, ticket)
        return ASKED
    return TAKEN if said.yes is False else NOT
