"""request_return_exchange: what the rules leave open, with reasons and money; people decide the rest."""

from typing import Any

from desk import texts
from desk.cases import devices, words
from desk.cases import warranty as warranties
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import booking, people, reach, thing, verdict


def start(case: Case) -> bool:
    """Take the wish to return or exchange up."""
    ticket = case.ticket()
    if ticket is not None and case.conversation.id == ticket.conversation_id and case.intake is None:
        return _after_decision(case, ticket.decision)
    case.begin("return")
    case.state["wants"] = "exchange" if case.said.has("换") and not case.said.has("退") else "return"
    if case.said.has(*texts.data("return.reasons")["changed_mind"]):
        case.facts["return_reason"] = case.said.plain[:60]
        case.facts.pop("symptom", None)
        if case.said.has("没拆", "未拆", "没开封", "没打开"):
            case.facts["opened"] = "sealed"
    return advance(case)


def _after_decision(case: Case, decision: dict[str, Any] | None) -> bool:
    """A wish about a case that was just decided: the same decision, explained again."""
    if decision and decision.get("coverage") in ("excluded", "out"):
        case.say_raw(decision["sentence"])
        case.say("return.decided")
        case.offer("human")
        return False
    case.begin("return")
    case.state["wants"] = "exchange" if case.said.has("换") else "return"
    return advance(case)


def advance(case: Case) -> bool:
    """Which item, why, opened or not where it matters; then the options."""
    case.state["pending"] = None
    facts = case.facts
    if case.device is None and not case.gave_up("serial_number"):
        if case.customer is not None:
            asked = thing.own_device(case)
            if asked:
                return True
        if case.device is None:
            return thing.ask_serial(case, "return.ask_serial")
    if case.device is None and not facts.get("purchase_date") and not case.gave_up("purchase_date"):
        return case.ask("purchase_date", "fault.ask_bought", buttons=[("记不清了", "/dont_know")])
    if not facts.get("return_reason") and case.symptom:
        facts["return_reason"] = case.symptom
    if not facts.get("return_reason"):
        return case.ask("reason", "return.ask_reason", buttons=[("有故障", "有故障"), ("不想要了", "不想要了")])
    faulty = _faulty(case)
    if faulty is False and "opened" not in facts:
        return case.ask("opened", "return.ask_opened", buttons=[("没拆封", "没拆封"), ("拆开用过了", "拆开用过了")])
    if faulty and not case.symptom:
        return case.ask("symptom", "fault.ask_symptom", api="else", product=case.product or "产品")
    return _options(case, bool(faulty))


def _faulty(case: Case) -> bool:
    if case.symptom:
        return True
    lists = texts.data("return.reasons")
    if any(word in case.facts["return_reason"] for word in lists["changed_mind"]):
        return False
    return any(word in case.facts["return_reason"] for word in lists["faulty"])


def _options(case: Case, faulty: bool) -> bool:
    if not case.state.get("return_told"):
        decision = _decide(case, faulty)
        verdict.keep_decision(case, decision)
        case.state["return_told"] = True
        _tell(case, decision)
        wanted = case.state["wants"].upper()
        if wanted not in decision["decisions"]:
            return _not_open(case, decision, faulty)
    for step in (reach.phone, reach.prove):
        if step(case):
            return True
    if not case.facts.get("confirmed"):
        buttons = [("确认", "/affirm"), ("先不办", "/deny")]
        titles = texts.data("return.titles")
        return case.ask(
            "return_confirm",
            "return.confirm",
            api="confirm",
            buttons=buttons,
            what=titles[case.state["wants"]],
            product=_name(case),
            reason=case.facts["return_reason"],
        )
    kind = case.state["wants"]
    case.facts.setdefault("symptom", case.facts["return_reason"])
    ticket = booking.open_from_intake(case, kind)
    case.say("return.opened", number=ticket.number, what=texts.data("return.titles")[kind])
    case.say("return.bring")
    _leave(case, "ticketed")
    if kind == "exchange" or (ticket.decision or {}).get("needs_person"):
        return people.hand_over(case, "exchange_approval")
    return False


def _name(case: Case) -> str:
    return devices.name_of(case.device) if case.device is not None else case.product or "产品"


def _decide(case: Case, faulty: bool) -> dict[str, Any]:
    device, facts = case.device, case.facts
    if device is None:
        if facts.get("purchase_date"):
            return warranties.of_case(None, case.product, *verdict.bought(case), case.symptom, facts.get("cause"))
        return warranties.unknown("serial_number")
    if faulty:
        return warranties.for_device(device, case.symptom, facts.get("cause"))
    more: dict[str, Any] = {"no_reason_request": True}
    if facts.get("opened") == "used":
        more["nr_excluded"] = "used"
    return warranties.for_device(device, **more)


def _tell(case: Case, decision: dict[str, Any]) -> None:
    if decision["coverage"] == "unknown":
        case.say("warranty.unknown")
        return
    case.say_raw(decision["sentence"])
    rows = [_option(case, code, decision) for code in decision["decisions"] if code in texts.data("choices.options")]
    if len(rows) > 1:
        case.say("choices.list", rows="\n".join(f"{n}. {row}" for n, row in enumerate(rows, 1)))


def _option(case: Case, code: str, decision: dict[str, Any]) -> str:
    """One thing that the customer may choose, with its money where that is known."""
    price = case.device.price_fen if case.device is not None else None
    fee, worn = decision.get("use_fee_fen") or 0, decision.get("depreciation_default_fen") or 0
    if code == "RETURN" and price and price > fee:
        key = "choices.return_fee" if fee else "choices.return_full"
        return texts.render(key, amount=words.yuan(price - fee), fee=words.yuan(fee))
    if code == "EXCHANGE" and worn:
        return texts.render("choices.exchange_worn", fee=words.yuan(worn))
    return str(texts.data("choices.options")[code])


def _not_open(case: Case, decision: dict[str, Any], faulty: bool) -> bool:
    """The rules do not open what was wished: what they do open, and a person for the rest."""
    options = texts.data("return.options")
    left = "、".join(options[code] for code in decision["decisions"] if code in options)
    if decision["coverage"] == "unknown":
        case.say("return.unknown")
        case.offer("human")
        case.end()
        return people.hand_over(case, "warranty_dispute")
    case.say("return.instead", left=left) if left else case.say("return.none")
    case.offer("human")
    if faulty:
        case.propose("repair")
    case.offer_buttons(
        [("安排维修", "/report_fault"), ("转人工", "/talk_to_human")] if faulty else [("转人工", "/talk_to_human")]
    )
    for name in ("return_told", "wants"):
        case.state.pop(name, None)
    case.end()
    return False


def _leave(case: Case, state: str) -> None:
    for name in ("return_told", "wants"):
        case.state.pop(name, None)
    case.forget_case(state)
    case.end()


def abandon(case: Case) -> bool:
    """Not now."""
    case.say("return.left")
    _leave(case, "refused")
    return False
