"""What the rules say in general, with the figures that the company's policy has today."""

from collections.abc import Callable

from desk import texts, time
from desk.cases import product_types
from desk.cases.dialogue.case import Case
from desk.rules import warranty as rules
from desk.rules.warranty.policy import Category, Cover

# Of what a question is about when it names no product: the kinds that most customers have.
USUAL = ("home_appliance", "micro_computer", "mobile_phone")
EXAMPLES = ("空调", "电脑", "手机")
MOST_PARTS = 3


def tell(case: Case) -> None:
    """The rule that the question names, for the product that it names or that is talked about."""
    word, kind = _product(case)
    if kind == "contract":
        case.say("policy.contract")
        return
    topic = _topic(case.said.plain)
    if topic in FIGURES:
        text = FIGURES[topic](word, kind)
        case.say_raw(text or texts.render("policy.no_rule", what=word))
    elif topic:
        case.say(f"policy.{topic}", no_reason=_no_reason())
    else:
        case.say_raw(_general())


def _topic(plain: str) -> str | None:
    for topic, entry in texts.data("policy.topics").items():
        if any(all(word in plain for word in words.split("+")) for words in entry["words"]):
            return str(topic)
    return None


def _product(case: Case) -> tuple[str, str | None]:
    """The product's word and category; no word and None when none is meant."""
    found = product_types.find(case.said.plain) or product_types.find(case.product or "")
    return (found[0], found[1].category) if found else ("", None)


def _category(kind: str) -> Category:
    return rules.default_policy().category(kind, time.today())


def _no_reason() -> int:
    return rules.default_policy().common(time.today()).no_reason_days.known()


def _in_first_days(code: str) -> Callable[[str, str | None], str | None]:
    def told(word: str, kind: str | None) -> str | None:
        if kind == "car":
            return _car(code)
        found = [(_names(one), window.days) for one in _asked(kind) for window in one.windows if window.code == code]
        if not found:
            promised = _category(kind).unpromised_return if kind and code == "D7" else None
            return texts.render("policy.unpromised", days=promised.known(), what=word) if promised else None
        what = word or "、".join(name for name, days in found if days == found[0][1])
        return texts.render(f"policy.{code}", what=what, days=found[0][1], no_reason=_no_reason())

    return told


def _car(code: str) -> str | None:
    car = _category("car").car
    if car is None or code != "D7":
        return None
    return texts.render(
        "policy.car_return", days=car.return_days.known(), early=car.early_days.known(), km=_km(car.early_km.known())
    )


def _repeats(word: str, kind: str | None) -> str | None:
    if kind == "car" and (car := _category("car").car):
        return texts.render(
            "policy.car_repeats", safety=car.safety_repairs.known(), assembly=car.assembly_replacements.known(),
            same=car.same_issue.known(), days=car.repair_days.known(),
        )
    if kind == "agricultural" and (farm := _category(kind).farm):
        return texts.render("policy.farm_repeats", times=farm.serious_repairs.known())
    rule = _category(kind or USUAL[0]).repeat
    if rule is None:
        return None
    same = texts.render("policy.same_fault") if rule.same_fault else ""
    told = texts.render("policy.twice", times=rule.times.known(), same=same)
    strict = [_names(one) for one in _asked(kind) if one.repeat and one.repeat.same_fault]
    return told + (texts.render("policy.twice_strict", what="、".join(strict)) if strict and not kind else "")


def _periods(word: str, kind: str | None) -> str | None:
    if kind == "car" and (car := _category("car").car):
        return texts.render(
            "policy.car_years", whole=_months(_category("car").covers[-1].whole.known()),
            km=_km(car.warranty_km.known()), guarantee=_months(car.guarantee_months.known()),
            guarantee_km=_km(car.guarantee_km.known()),
        )
    if kind:
        cover = _category(kind).cover(word)
        if cover.whole.value is None:
            return texts.render("policy.years_promised", what=word)
        return texts.render("policy.years", periods=_period(word, cover, MOST_PARTS))
    usual = [_period(name, _category(found[1].category).cover(name), 0) for name in EXAMPLES
             if (found := product_types.find(name))]
    return texts.render("policy.years", periods="；".join(usual))


def _period(word: str, cover: Cover, parts: int) -> str:
    told = texts.render("policy.whole", what=word, months=_months(cover.whole.known()))
    if cover.part is None:
        return told
    named = [part for part in cover.parts if part != texts.render("policy.main_parts")][:parts]
    key = "policy.parts_named" if named else "policy.parts"
    return told + texts.render(key, parts="、".join(named), months=_months(cover.part.known()))


def _start(word: str, kind: str | None) -> str | None:
    category = _category(kind or USUAL[0])
    rules_of_start = category.cover(word).start or category.start
    first, *others = next(rule.use for rule in rules_of_start if rule.bought_from <= time.today())
    days = texts.data("policy.days")
    return texts.render("policy.start", first=days[first], others="、".join(days[other] for other in others))


def _overdue(word: str, kind: str | None) -> str | None:
    overdue = _category(kind or USUAL[0]).overdue
    if overdue.parts_days is None or overdue.repairer_days is None:
        return None
    return texts.render("policy.long", parts=overdue.parts_days.known(), repairer=overdue.repairer_days.known())


FIGURES: dict[str, Callable[[str, str | None], str | None]] = {
    "seven": _in_first_days("D7"),
    "fifteen": _in_first_days("D15"),
    "twice": _repeats,
    "parts": _periods,
    "years": _periods,
    "start": _start,
    "long": _overdue,
}


def _general() -> str:
    told = [_in_first_days("D7")("", None), _in_first_days("D15")("", None), _repeats("", None)]
    return "".join(text for text in told if text) + texts.render("policy.which")


def _asked(kind: str | None) -> list[Category]:
    return [_category(name) for name in ([kind] if kind else USUAL)]


def _names(category: Category) -> str:
    names = texts.data("policy.categories")
    return str(names.get(category.key, category.name))


def _months(months: int) -> str:
    return f"{months // 12} 年" if months % 12 == 0 else f"{months} 个月"


def _km(km: int) -> str:
    return f"{km // 10_000} 万公里" if km % 10_000 == 0 else f"{km} 公里"
