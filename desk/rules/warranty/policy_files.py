"""Reads the warranty policy from `policy/warranty/*.yml`, with all checks."""

from datetime import date
from pathlib import Path

from desk.rules.places import company_dir, find_all, of_installation
from desk.rules.versions import Edition, Versions, editions_of, load_versions
from desk.rules.warranty.model import DECISIONS, PAYERS, REASONS
from desk.rules.warranty.policy import (
    CHANNELS,
    NO_PROOF_RULES,
    STARTS,
    CarRules,
    Category,
    Common,
    ContractRule,
    ContractRules,
    Cover,
    FarmRules,
    Outcome,
    Overdue,
    Policy,
    Proof,
    Repeat,
    StartRule,
    Window,
)
from desk.rules.yamlfile import Field, PolicyError

COMMON = "common.yml"
_EARLIEST = date(1, 1, 1)
_PERIOD = (1, 1200)
_DAYS = (1, 3650)


def _start_rules(field: Field) -> tuple[StartRule, ...]:
    rules = []
    for item in field.items():
        parts = item.fields("use", "bought_from")
        since = parts["bought_from"].day() if "bought_from" in parts else _EARLIEST
        rules.append(StartRule(since, parts["use"].choices(STARTS)))
    if not rules or rules[-1].bought_from != _EARLIEST:
        raise field.error("最后一条不能带 bought_from,要管其余所有购买日")
    return tuple(sorted(rules, key=lambda rule: rule.bought_from, reverse=True))


def _cover(field: Field) -> Cover:
    parts = field.fields("names whole_months", "part_months parts part_restarts depreciation_per_day start note")
    if ("part_months" in parts) != ("parts" in parts):
        raise field.error("part_months 和 parts 要一起写")
    if "part_restarts" in parts and "parts" not in parts:
        raise field.error("part_restarts 要和 part_months、parts 一起写")
    return Cover(
        names=parts["names"].texts(),
        whole=parts["whole_months"].figure(*_PERIOD, required=False),
        part=parts["part_months"].figure(*_PERIOD) if "part_months" in parts else None,
        parts=parts["parts"].texts() if "parts" in parts else (),
        depreciation=parts["depreciation_per_day"].figure(high=20_000, required=False, scale=1_000_000)
        if "depreciation_per_day" in parts
        else None,
        start=_start_rules(parts["start"]) if "start" in parts else None,
        part_restarts="part_restarts" in parts and parts["part_restarts"].boolean(),
    )


def _covers(field: Field, *, with_default: bool) -> tuple[Cover, ...]:
    covers = tuple(_cover(item) for item in field.items())
    if with_default and (not covers or covers[-1].names or any(not cover.names for cover in covers[:-1])):
        raise field.error("最后一行（也只有最后一行）的 names 要写成 [],管其余产品")
    return covers


def _windows(field: Field) -> tuple[Window, ...]:
    windows = []
    for item in field.items():
        parts = item.fields("code days")
        figure = parts["days"].figure(*_DAYS)
        windows.append(Window(parts["code"].choice(("D7", "D15")), figure.known(), figure))
    return tuple(sorted(windows, key=lambda window: window.days))


def _overdue(field: Field | None) -> Overdue:
    if field is None:
        return Overdue(None, None, None)
    names = "parts_days repairer_days working_days"
    parts = field.fields("", names)
    parts_days, repairer, working = (parts[name].figure(*_DAYS) if name in parts else None for name in names.split())
    return Overdue(parts_days, repairer, working)


def _proof(field: Field) -> Proof:
    parts = field.fields("none copy_is_full", "factory_days")
    none = parts["none"].choice(NO_PROOF_RULES)
    if (none == "IMEI_90") != ("factory_days" in parts):
        raise field.error("factory_days 和 none: IMEI_90 要一起写")
    days = parts["factory_days"].figure(0, 3650) if "factory_days" in parts else None
    return Proof(none, parts["copy_is_full"].boolean(), days)


def _car(field: Field) -> CarRules:
    names = (
        "warranty_km guarantee_months guarantee_km return_days early_days early_km"
        " safety_repairs assembly_replacements part_replacements repair_days same_issue"
    )
    parts = field.fields(names + " assemblies use_fee_cap")
    figures = {name: parts[name].figure(1) for name in names.split()}
    cap = parts["use_fee_cap"].figure(high=1_000_000, scale=1_000_000)
    return CarRules(assemblies=parts["assemblies"].texts(), use_fee_cap=cap, **figures)


def _contract(field: Field) -> ContractRules:
    parts = field.fields("basis exchange_rules")
    basis = {name: child.choices(STARTS) for name, child in parts["basis"].entries().items()}
    if "acceptance" not in basis or "completion" not in basis:
        raise parts["basis"].error("缺少 acceptance 或 completion")
    rules = {}
    for name, child in parts["exchange_rules"].entries().items():
        rule = child.fields("kind days", "times")
        kind = rule["kind"].choice(("repeats", "overdue"))
        if (kind == "repeats") != ("times" in rule):
            raise child.error("kind: repeats 要写 times,overdue 不写")
        times = rule["times"].figure(2, 100) if "times" in rule else None
        rules[name] = ContractRule(kind, rule["days"].figure(*_DAYS), times)
    return ContractRules(basis, rules)


def _articles(field: Field) -> dict[str, tuple[str, str]]:
    articles = {}
    for code, child in field.entries().items():
        if code not in REASONS:
            raise child.error("不认识的原因代码")
        article = child.fields("article")["article"]
        assert article.origin is not None
        articles[code] = (article.text(), article.origin.confidence)
    return articles


_REQUIRED = "category name law start exclude_repairs covers proof in_code part_code out_payer articles"
_OPTIONAL = (
    "accessories accessory_replacements windows repeat overdue unpromised_return_days repair_guarantee_days"
    " car farm contract"
)


def _category(edition: Edition) -> Category:
    parts = edition.content.fields(_REQUIRED, _OPTIONAL)
    field = edition.content
    if ("accessories" in parts) != ("accessory_replacements" in parts):
        raise field.error("accessories 和 accessory_replacements 要一起写")
    repeat = None
    if "repeat" in parts:
        inner = parts["repeat"].fields("times same_fault")
        repeat = Repeat(inner["times"].figure(1, 100), inner["same_fault"].boolean())
    farm = None
    if "farm" in parts:
        inner = parts["farm"].fields("serious_repairs season_days")
        farm = FarmRules(inner["serious_repairs"].figure(1, 100), inner["season_days"].figure(*_DAYS))
    articles = _articles(parts["articles"])
    in_code, part_code = parts["in_code"].choice(REASONS), parts["part_code"].choice(REASONS)
    return Category(
        key=parts["category"].text(),
        name=parts["name"].text(),
        version=edition.version,
        effective_from=edition.since,
        law=parts["law"].text(),
        start=_start_rules(parts["start"]),
        exclude_repairs=parts["exclude_repairs"].boolean(),
        covers=_covers(parts["covers"], with_default=True),
        accessories=_covers(parts["accessories"], with_default=False) if "accessories" in parts else (),
        accessory_replacements=parts["accessory_replacements"].figure(1, 100) if "accessories" in parts else None,
        windows=_windows(parts["windows"]) if "windows" in parts else (),
        repeat=repeat,
        overdue=_overdue(parts.get("overdue")),
        proof=_proof(parts["proof"]),
        in_code=in_code,
        part_code=part_code,
        out_payer=parts["out_payer"].choice(("customer", "customer_cost")),
        unpromised_return=parts["unpromised_return_days"].figure(*_DAYS)
        if "unpromised_return_days" in parts
        else None,
        repair_guarantee=parts["repair_guarantee_days"].figure(*_DAYS) if "repair_guarantee_days" in parts else None,
        car=_car(parts["car"]) if "car" in parts else None,
        farm=farm,
        contract=_contract(parts["contract"]) if "contract" in parts else None,
        articles=articles,
    )


def _categories(name: str, own: Path | None) -> tuple[str, Versions[Category]]:
    """The key of a category and its versions, which must all be of that key."""
    found = [(edition, _category(edition)) for edition in editions_of(name, own)]
    key = found[-1][1].key
    for edition, category in found:
        if category.key != key:
            raise edition.written.error(f"category 要写成和上一版一样的 {found[0][1].key}")
    return key, Versions([(edition.since, category) for edition, category in found])


def _outcomes(field: Field) -> dict[str, Outcome]:
    outcomes = {}
    for code, child in field.entries().items():
        if code not in REASONS:
            raise child.error("不认识的原因代码")
        parts = child.fields("decisions payer coverage")
        coverage = parts["coverage"].choice(("in", "out", "excluded", "unknown", "period"))
        outcomes[code] = Outcome(parts["decisions"].choices(DECISIONS), parts["payer"].choice(PAYERS), coverage)
    missing = [code for code in REASONS if code not in outcomes]
    if missing:
        raise field.error(f"缺少 {'、'.join(missing)}")
    return outcomes


def _common(edition: Edition) -> Common:
    parts = edition.content.fields(
        "release roll_over repair_days_both_ends burden_months no_reason_days no_reason_channels"
        " depreciation_free_from life_abnormal_free earlier_fault_inspected outcomes articles"
    )
    articles = _articles(parts["articles"])
    missing = [code for code in REASONS if code not in articles]
    if missing:
        raise parts["articles"].error(f"缺少 {'、'.join(missing)}")
    return Common(
        release=parts["release"].text(),
        roll=parts["roll_over"].boolean(),
        repair_both_ends=parts["repair_days_both_ends"].boolean(),
        burden_months=parts["burden_months"].figure(1, 120),
        no_reason_days=parts["no_reason_days"].figure(*_DAYS),
        no_reason_channels=parts["no_reason_channels"].choices(CHANNELS),
        depreciation_free_from=parts["depreciation_free_from"].day(),
        life_abnormal_free=parts["life_abnormal_free"].boolean(),
        earlier_fault_inspected=parts["earlier_fault_inspected"].boolean(),
        outcomes=_outcomes(parts["outcomes"]),
        articles=articles,
    )


def load_policy(own: Path | None = None) -> Policy:
    """The shipped policy, with the files of a company's directory `own` (`own/warranty/*.yml`) over it.

    Raises PolicyError naming file, line and field.
    """
    categories: dict[str, Versions[Category]] = {}
    for path in find_all("warranty", own):
        if path.name == COMMON:
            continue
        key, versions = _categories(f"warranty/{path.name}", own)
        if key in categories:
            raise PolicyError(path, 1, "category", f"{key} 已经在另一个文件里定义了")
        categories[key] = versions
    return Policy(load_versions(f"warranty/{COMMON}", own, _common), categories)


@of_installation
def default_policy() -> Policy:
    """The policy of this installation, read again when its files are replaced."""
    return load_policy(company_dir())
