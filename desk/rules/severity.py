"""How bad a fault is: A danger or a stopped business, B main function lost, C minor. Decided by word lists in data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desk.rules.errors import RuleInputError
from desk.rules.versions import Edition, Installed, Versions, load_versions
from desk.rules.yamlfile import Field

CODES = ("A", "B", "C")
_REASONS = "emergency business danger critical contract soft main minor default empty"


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity with the reason that agents read; `changed_from` when somebody changed it."""

    code: str
    reason: str
    changed_from: str | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Words that mean danger or standstill: any of `words`, or one of each list of `all_of`."""

    why: str
    words: tuple[str, ...]
    all_of: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SeverityRules:
    """The word lists of a company."""

    harmless: tuple[str, ...]
    denials: tuple[str, ...]
    danger: tuple[Alarm, ...]
    business: tuple[Alarm, ...]
    soft: tuple[str, ...]
    main: tuple[str, ...]
    minor: tuple[str, ...]
    contract_stop: tuple[str, ...]
    raise_critical: bool
    default: str
    reasons: Mapping[str, str]

    def said(self, text: str, words: tuple[str, ...]) -> str | None:
        """The first of `words` that `text` says, and does not deny just before."""
        for word in words:
            at = text.find(word)
            while at >= 0:
                if not text[:at].endswith(self.denials):
                    return word
                at = text.find(word, at + 1)
        return None


def _alarms(field: Field) -> tuple[Alarm, ...]:
    alarms = []
    for item in field.items():
        parts = item.fields("why", "words all_of")
        if ("words" in parts) == ("all_of" in parts):
            raise item.error("words 和 all_of 要写且只写一个")
        words = parts["words"].texts() if "words" in parts else ()
        groups = tuple(group.texts() for group in parts["all_of"].items()) if "all_of" in parts else ()
        alarms.append(Alarm(parts["why"].text(), words, groups))
    return tuple(alarms)


def load_severity(own: Path | None = None) -> Versions[SeverityRules]:
    """The rules shipped, or those in the company's directory `own` (`own/severity.yml`).

    Raises PolicyError naming file, line and field.
    """
    return load_versions("severity.yml", own, _rules)


def _rules(edition: Edition) -> SeverityRules:
    lists = ("harmless", "denials", "soft", "main", "minor", "contract_stop")
    parts = edition.content.fields(" ".join(lists) + " danger business raise_critical default reasons")
    return SeverityRules(
        danger=_alarms(parts["danger"]),
        business=_alarms(parts["business"]),
        raise_critical=parts["raise_critical"].boolean(),
        default=parts["default"].choice(CODES),
        reasons={name: child.text() for name, child in parts["reasons"].fields(_REASONS).items()},
        **{name: parts[name].texts() for name in lists},
    )


default_severity_rules = Installed(load_severity)
"""The rules for what is reported on a day."""


def _alarm(rules: SeverityRules, text: str, alarms: tuple[Alarm, ...]) -> tuple[str, str] | None:
    for alarm in alarms:
        word = rules.said(text, alarm.words)
        if word is not None:
            return alarm.why, word
        found = [rules.said(text, group) for group in alarm.all_of]
        if found and all(found):
            return alarm.why, "、".join(word for word in found if word)
    return None


def _ordinary(rules: SeverityRules, text: str) -> tuple[str, str, str]:
    """Code, reason and word of a fault that is no alarm. The function words say 不 themselves, so nothing is denied."""
    for code, reason, words in (("C", "soft", rules.soft), ("B", "main", rules.main), ("C", "minor", rules.minor)):
        for word in words:
            if word in text:
                return code, reason, word
    return rules.default, "default", ""


def assess(
    symptom: str,
    *,
    critical: bool = False,
    contract: bool = False,
    emergency: bool = False,
    rules: SeverityRules | None = None,
) -> Severity:
    """The severity of a fault in the customer's words.

    `critical`: the device is registered as critical; `contract`: it is under a contract; `emergency`: the customer
    reported an emergency. Pure: the same words give the same answer.
    """
    rules = rules or default_severity_rules()
    if emergency:
        return Severity("A", rules.reasons["emergency"])
    text = symptom.strip()
    if not text:
        return Severity("C", rules.reasons["empty"])
    plain = text
    for phrase in rules.harmless:
        plain = plain.replace(phrase, "…")
    for kind, alarms in (("danger", rules.danger), ("business", rules.business)):
        alarm = _alarm(rules, plain, alarms)
        if alarm is not None:
            return Severity("A", rules.reasons[kind].format(why=alarm[0], word=alarm[1]))
    if contract and rules.said(plain, rules.contract_stop) is not None:
        return Severity("A", rules.reasons["contract"])
    code, reason, word = _ordinary(rules, text)
    if code == "B" and critical and rules.raise_critical:
        return Severity("A", rules.reasons["critical"])
    return Severity(code, rules.reasons[reason].format(word=word))


def change(severity: Severity, code: str, reason: str) -> Severity:
    """The severity as an agent changed it.

    Raises RuleInputError for an unknown code or without a reason.
    """
    if code not in CODES:
        raise RuleInputError(f"严重度只能是 A、B、C,不能是“{code}”")
    if not reason.strip():
        raise RuleInputError("改严重度要写原因")
    return Severity(code, reason.strip(), severity.code)
