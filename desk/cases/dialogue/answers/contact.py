"""Answers that say who and where: phone, name, address, shop, way of service."""

import re

from desk.cases import branches
from desk.cases.dialogue.answers.reading import ASKED, NOT, TAKEN, does_not_know, reads, refuses
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import reach, shops
from desk.language import addresses, choices, digits, phones
from desk.texts import data

ASKS = re.compile(r"[吗么呢?？]\s*$|能不能|可不可以|怎么|什么|为啥")


@reads("phone")
def _phone(case: Case, guess: bool) -> str:
    said = case.said
    if said.phone:
        case.facts["phone"] = said.phone
        return TAKEN
    if said.phone_problem or _short_number(said.plain):
        case.count("phone")
        case.ask("phone", "phone.wrong_length", number=said.phone_raw or said.plain.strip())
        return ASKED
    known = case.customer.phone if case.customer is not None else None
    if (
        known
        and (said.yes is True or said.has("就用", "没变", "还是这个", "就这个", known[-4:]))
        and not said.has("不用", "换")
    ):
        case.facts["phone"] = known
        return TAKEN
    if known and does_not_know(case):
        case.facts["phone"] = known
        return TAKEN
    if known and (said.yes is False or said.has("换", "不用了", "改")):
        case.ask("phone", "phone.ask_new")
        return ASKED
    if said.wants("ask_why"):
        return NOT
    if guess and not case.learnt and (refuses(case) or does_not_know(case)):
        if case.count("phone_refused") < 2:
            case.ask("phone", "emergency.why_phone" if case.journey == "emergency" else "phone.why_again")
            return ASKED
        case.give_up("phone")
        return TAKEN
    return NOT


def _short_number(plain: str) -> bool:
    bare = re.sub(r"[\s\-]", "", plain)
    return bare.isdigit() and 5 <= len(bare) <= 14 and phones.last(plain) is None


@reads("identity")
def _identity(case: Case, guess: bool) -> str:
    said = case.said
    if said.phone:
        case.facts["phone"] = said.phone
        return TAKEN
    tail = re.search(r"(?<!\d)\d{4}(?!\d)", digits.spoken_digits(said.plain)) if case.channel == "phone" else None
    if tail:
        case.state["tail"] = tail.group()
        case.give_up("identity")
        return TAKEN
    if said.phone_problem or _short_number(said.plain):
        case.ask("identity", "phone.wrong_length", number=said.phone_raw or said.plain.strip(), api="identity")
        return ASKED
    if guess and (refuses(case) or does_not_know(case)):
        case.give_up("identity")
        return TAKEN
    return NOT


@reads("name")
def _name(case: Case, guess: bool) -> str:
    if case.said.name:
        return TAKEN
    if guess and 1 < len(case.said.plain.strip()) <= 8 and not case.said.wordless:
        case.facts["name"] = case.said.plain.strip("。，,. ")
        return TAKEN
    return NOT


@reads("address")
def _address(case: Case, guess: bool) -> str:
    said = case.said
    if said.address:
        case.facts["address"] = said.address
        return TAKEN
    registered = said.yes is True and (case.channel == "phone" or case.journey == "emergency")
    if (
        (registered or said.has("老地址", "登记的", "还是那个地址", "没变"))
        and case.customer is not None
        and case.customer.address
    ):
        case.facts["address"] = case.customer.address
        return TAKEN
    if case.facts.get("mode_said") and _absorb_mode_change(case):
        return TAKEN
    if not guess:
        return NOT
    if refuses(case) or does_not_know(case):
        if case.count("address_refused") < 2:
            case.ask("address", "address.why")
            return ASKED
        case.give_up("address")
        return TAKEN
    words = addresses.normalise(said.plain)
    if (
        len(words) >= 6
        and not said.serials
        and not ASKS.search(said.plain)
        and re.search(r"[一-鿿]|\d.* .*\d|\d+ \w+", words)
        and not said.wordless
        and not (said.product and not re.search(r"\d", words))
        and said.intent in ("inform", "report_fault", "out_of_scope", "nlu_fallback", "ask_service_info")
    ):
        case.facts["address"] = words
        return TAKEN
    if case.learnt:
        return NOT
    if 2 <= len(words) < 6 and said.intent in ("inform", "ask_service_info", "out_of_scope"):
        if case.count("address_short") >= 2:
            case.facts["address"] = words
            return TAKEN
        case.ask("address", "address.too_short", got=words)
        return ASKED
    return NOT


@reads("shop")
def _shop(case: Case, guess: bool) -> str:
    if shops.tell(case, case.said.plain):
        return TAKEN
    if case.facts.get("mode_said") and _absorb_mode_change(case):
        return TAKEN
    if guess or case.said.intent in ("inform", "dont_know"):
        case.give_up("shop")
        case.say("service.which_city", cities=branches.cities(case.session))
        return TAKEN
    return NOT


def _absorb_mode_change(case: Case) -> bool:
    wanted = case.facts["mode_said"]
    if wanted != case.facts.get("mode"):
        case.facts["mode"] = wanted
        return True
    return False


@reads("service_mode")
def _mode(case: Case, guess: bool) -> str:
    if case.facts.get("mode_said"):
        return TAKEN
    if case.said.address and case.said.intent == "inform":
        case.facts["mode_said"] = "on_site"
        return TAKEN
    modes = reach.modes_of(case)
    titles = data("mode.titles")
    picked = choices.pick(case.said.plain, [titles[mode] for mode in modes])
    if picked is not None:
        case.facts["mode_said"] = modes[picked]
        return TAKEN
    if guess and (
        does_not_know(case) or case.said.yes is True or case.said.has("都行", "随便", "随你", "你们定", "都可以")
    ):
        case.give_up("service_mode")
        return TAKEN
    return NOT
