"""Questions answered on the way: prices, rules, shops, how to, why; the open question comes back after them."""

from collections.abc import Callable

from desk import texts
from desk.cases import branches, hours, prices
from desk.cases.dialogue.case import HUMAN, Case
from desk.cases.dialogue.journeys import howto, people, shops, verdict
from desk.cases.dialogue.journeys import policy as policies
from desk.rules import sla, visits
from desk.rules.calendars import SECOND

Answer = Callable[[Case], None]
ANSWERS: dict[str, Answer] = {}


def answers(*intents: str) -> Callable[[Answer], Answer]:
    """Register the answer to these intents."""

    def register(function: Answer) -> Answer:
        for intent in intents:
            ANSWERS[intent] = function
        return function

    return register


def answer(case: Case, intent: str) -> bool:
    """Answer a question for information. False when `intent` is none."""
    function = ANSWERS.get(intent)
    if function is None:
        return False
    function(case)
    return True


@answers("ask_price")
def price(case: Case) -> None:
    """A figure from the list, or honestly none before an inspection; under warranty, that it is free."""
    decision = verdict.current(case)
    if decision and decision.get("coverage") == "in" and not case.said.has("过保"):
        case.say("price.covered")
        return
    if case.said.has(*texts.data("payment.bargains")) and case.state.get("before") == "ask_price":
        case.say("payment.bargain")
        return
    wanted = f"{case.said.plain} {case.symptom} {case.facts.get('part') or ''}"
    cost = prices.estimate(case.session, wanted, case.said.product or case.product or None)
    if cost.items:
        case.say("price.known", cost=cost.in_words())
    elif cost.visit or cost.inspection:
        case.say("price.after_check", cost=cost.in_words())
    else:
        case.say("price.unknown")
    if decision is None and case.said.has("保修", "在保", "过保"):
        case.say("warranty.when_known")


@answers("ask_policy")
def policy(case: Case) -> None:
    """The rule in general, by what the question names."""
    policies.tell(case)


@answers("ask_service_info")
def service(case: Case) -> None:
    """The nearest shop with its hours and phone, or what we need to find it."""
    near = branches.near(case.session, case.said.plain + (case.facts.get("address") or ""))
    near = near or shops.about_shown(case)
    if near:
        shops.show(case, near)
        return
    if case.said.has("时效", "多久", "几天", "响应", "多长时间"):
        _promised_times(case)
        return
    every = branches.all_branches(case.session)
    city = visits.place_of(case.said.plain).city
    if every and city:
        case.say("promise.visits_elsewhere", city=city, cities=branches.cities(case.session))
        return
    if every and case.said.has("店", "网点", "维修点", "维修站", "哪里", "哪儿", "地址", "附近", "哪"):
        case.state["asked_city"] = True
        case.say("service.which_city", cities=branches.cities(case.session))
        return
    case.say("service.hours", agents=hours.in_words(hours.AGENTS), shops=hours.in_words(hours.SHOPS))


def invoice(case: Case) -> None:
    """An invoice is written by a colleague."""
    case.say("invoice.told")
    case.offer("human")
    if not case.pending:
        case.offer_buttons([HUMAN])


def _promised_times(case: Case) -> None:
    """How soon somebody calls, by the service level of customers without a contract."""
    level = sla.default_levels().choose(None, "B")
    target = next((one for one in level.targets if one.name == "response"), None) if level else None
    if target is None:
        case.say("service.times_by_contract")
        return
    clock = texts.render("service.working_time" if target.hours else "service.calendar_time")
    case.say("service.times", clock=clock, minutes=target.duration // (60 * SECOND))


@answers("ask_how_to")
def how_to(case: Case) -> None:
    """Steps from an article; dangerous work is not explained but offered to be done."""
    howto.start(case)


@answers("ask_why")
def why(case: Case) -> None:
    """Why the open question is asked."""
    key = f"why.{case.pending}"
    case.say(key if case.pending and texts.has(key) else "why.general")


@answers("bot_challenge")
def challenge(case: Case) -> None:
    """Honestly a machine."""
    case.say("small.bot")


@answers("ask_capabilities")
def capabilities(case: Case) -> None:
    """What can be done here."""
    case.say("small.can")
    if not case.pending:
        case.offer_buttons(menu())


@answers("greet")
def greet(case: Case) -> None:
    """A greeting, and the way on."""
    case.say("small.greet_again" if case.told("greeted") else "small.greet")
    if not case.pending:
        case.offer_buttons(menu())


@answers("thank")
def thank(case: Case) -> None:
    """You are welcome."""
    case.say("small.thank")


@answers("out_of_scope")
def out_of_scope(case: Case) -> None:
    """Kindly back to what we are here for."""
    lists = texts.data("understanding.lists")
    if case.product and (case.said.model or case.said.order_number):
        case.say("small.noted_product", product=case.product)
        return
    if people.abusive(case.said):
        people.calm(case)
        return
    if case.said.has(*texts.data("calm.spam_words")):
        case.say("calm.spam")
    elif case.said.has("烦死", "急死", "气死", "崩溃", "疯了"):
        case.say("calm.vents")
    elif case.said.has(*lists["attack"]):
        case.say("small.attack")
    else:
        case.say("small.out_of_scope")
    if not case.pending:
        case.offer_buttons(menu())


def menu() -> list[tuple[str, str]]:
    """The buttons that say what can be done here."""
    return [(entry["title"], entry["payload"]) for entry in texts.data("small.menu")]
