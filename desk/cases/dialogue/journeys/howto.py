"""ask_how_to: safe steps, a few at a time with 解决了吗; dangerous work is refused with its reason and a visit."""

import re
from typing import Any

from desk import texts
from desk.cases import articles, symptoms
from desk.cases.dialogue.case import HUMAN, Case
from desk.cases.dialogue.journeys import fault, verdict
from desk.language import yesno
from desk.records.models import Article

AT_ONCE = 2
MENDED = re.compile(r"[弄修搞整试]好了|自己好了|解决了|能用了|正常了|不用[修来]了")


def start(case: Case) -> bool:
    """Answer a how-to question; with another question open everything at once, else step by step."""
    if _refused(case):
        return False
    product = case.said.product or case.product
    found = articles.answering(case.session, product, case.said.plain, case.said.code)
    if found is None and _wants_help(case):
        case.say("guide.better_a_person")
        return fault.start(case)
    if found is None:
        case.say("howto.none")
        case.offer("human")
        case.propose("repair")
        case.offer_buttons([(texts.render("guide.buttons.repair"), "/report_fault"), HUMAN])
        return False
    case.state["advised"] = found.id
    case.state["advised_for"] = {"product_type": product or found.product_type, "symptom": _fault_in(case)}
    if not found.safe or case.pending or len(found.steps) <= AT_ONCE:
        key, blanks = articles.how_to(found)
        case.say(key, **blanks)
        if not found.safe:
            _offer_visit(case)
        return False
    case.begin("howto")
    case.state["step"] = 0
    return _show(case, found, "guide.first")


def _wants_help(case: Case) -> bool:
    """冰柜升到15度了 怎么办 急: a fault that cannot wait, and nothing that we could teach."""
    said = case.said
    tells = bool(said.symptoms) or symptoms.sounds_like_fault(said.plain) or case.facts.get("symptom")
    return bool(tells and said.product) and not case.pending and said.has(*texts.data("guide.cannot_wait"))


def _fault_in(case: Case) -> str:
    """What is wrong, when the question tells a fault."""
    return "，".join(case.said.symptoms) or case.symptom


def _refused(case: Case) -> bool:
    """Gas, mains, refrigerant, heights, opening a device: why not, and a visit."""
    for kind, entry in texts.data("guide.danger").items():
        if not _about(case, entry):
            continue
        covered = kind == "opening" and case.device is not None and verdict.decide(case).get("coverage") == "in"
        case.say(f"guide.danger.{kind}.{'covered' if covered else 'say'}", product=case.product or "机器")
        _offer_visit(case)
        return True
    if case.said.has(*texts.data("howto.dangerous")):
        case.say("howto.dangerous_answer")
        _offer_visit(case)
        return True
    return False


def _about(case: Case, entry: dict[str, Any]) -> bool:
    """Whether the question is of this danger: one of its words, or one of each list that only together mean it."""
    if case.said.has(*entry["words"]):
        return True
    together = entry.get("together", [])
    return bool(together) and all(case.said.has(*words) for words in together) and not case.said.has(
        *entry.get("harmless", [])
    )


def _offer_visit(case: Case) -> None:
    case.propose("repair")
    case.offer("human")
    case.offer_buttons([("约师傅上门", "/report_fault"), HUMAN])


def _show(case: Case, article: Article, key: str) -> bool:
    at = int(case.state.get("step", 0))
    steps = [f"{n}. {step}" for n, step in enumerate(article.steps, 1)][at : at + AT_ONCE]
    titles = texts.data("guide.buttons")
    buttons = [(titles["solved"], titles["solved"]), (titles["next"], titles["next"])]
    return case.ask("solved", key, api="else", buttons=buttons, title=article.title, steps="\n".join(steps))


def advance(case: Case) -> bool:
    """The steps that are being tried, once more."""
    article = case.session.get(Article, case.state.get("advised") or 0)
    return _show(case, article, "guide.again") if article is not None else _used_up(case)


def _on(case: Case) -> bool:
    """The next steps, or honestly that they are used up."""
    article = case.session.get(Article, case.state.get("advised") or 0)
    case.state["step"] = int(case.state.get("step", 0)) + AT_ONCE
    if article is not None and case.state["step"] < len(article.steps):
        return _show(case, article, "guide.next")
    return _used_up(case)


def _used_up(case: Case) -> bool:
    case.say("guide.not_solved")
    case.end()
    case.propose("repair")
    case.offer("human")
    case.offer_buttons([(texts.render("guide.buttons.repair"), "/report_fault"), HUMAN])
    return False


def solved(case: Case) -> bool:
    """Read the answer to 解决了吗. True when it was one."""
    said = case.said
    if said.has("不弄了", "算了", "不试了", "太麻烦") and not said.wants("report_fault", "talk_to_human"):
        case.say("guide.stopped")
        case.end()
        return True
    answer = yesno.solved(said.plain)
    if answer == "yes" and not said.has("报修", "来修", "上门", "约"):
        case.say("guide.solved")
        for name in ("advised", "advised_for"):
            case.state.pop(name, None)
        case.end()
        return True
    if answer == "no" or said.intent in ("dont_know", "deny", "report_unresolved", "inform"):
        _on(case)
        return True
    return False


def mended(case: Case) -> bool:
    """弄好了 谢谢, after advice or an offer to repair: nothing is registered."""
    if case.pending or not (case.state.get("advised") or case.proposed == "repair"):
        return False
    if not MENDED.search(case.said.plain) or yesno.solved(case.said.plain) == "no":
        return False
    for name in ("advised", "advised_for"):
        case.state.pop(name, None)
    case.say("guide.solved_no_ticket")
    case.forget_case("closed")
    return True


def failed(case: Case) -> bool:
    """Said later that the advice did not help: whether a repair should be taken up, with what is known of it."""
    known = case.state.get("advised_for")
    if not known or yesno.solved(case.said.plain) != "no":
        return False
    for name in ("advised", "advised_for"):
        case.state.pop(name, None)
    for name, value in known.items():
        if value and not case.facts.get(name):
            case.facts[name] = value
    return True
