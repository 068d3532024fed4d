"""The warranty policy: what its files (see policy_files) are read into."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desk.rules.versions import Versions
from desk.rules.yamlfile import Figure

STARTS = ("install", "delivery", "invoice", "purchase", "acceptance", "signing", "shipment", "completion")
CHANNELS = ("store", "online", "tv", "phone", "mail")
NO_PROOF_RULES = ("NO_PROOF", "AG_NO_PROOF", "IMEI_90", "system_record", "not_needed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reason code entitles to."""

    decisions: tuple[str, ...]
    payer: str
    coverage: str


@dataclass(frozen=True, slots=True)
class StartRule:
    """Which date cover starts from, for goods bought on or after `bought_from`: the first that is known."""

    bought_from: date
    use: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The periods of a kind of product. `names` empty: all others.

    `part_restarts`: a main part that was replaced has its whole period again from that day.
    """

    names: tuple[str, ...]
    whole: Figure
    part: Figure | None
    parts: tuple[str, ...]
    depreciation: Figure | None
    start: tuple[StartRule, ...] | None
    part_restarts: bool

    def covers_part(self, name: str) -> bool:
        """Whether `name` is one of the main parts with a period of their own."""
        return len(name) > 1 and any(part in name or name in part for part in self.parts)


@dataclass(frozen=True, slots=True)
class Window:
    """A right in the first days."""

    code: str
    days: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class Overdue:
    """Days in repair (the day of delivery not counted) after which the customer may have it exchanged."""

    parts_days: Figure | None
    repairer_days: Figure | None
    working_days: Figure | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """How many repairs in vain entitle to an exchange, and whether they must be for the same fault."""

    times: Figure
    same_fault: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What happens without papers, and whether a copy or an order record counts as full proof."""

    none: str
    copy_is_full: bool
    factory_days: Figure | None


@dataclass(frozen=True, slots=True)
class CarRules:
    """The limits of the car regulation."""

    warranty_km: Figure
    guarantee_months: Figure
    guarantee_km: Figure
    return_days: Figure
    early_days: Figure
    early_km: Figure
    assemblies: tuple[str, ...]
    safety_repairs: Figure
    assembly_replacements: Figure
    part_replacements: Figure
    repair_days: Figure
    same_issue: Figure
    use_fee_cap: Figure


@dataclass(frozen=True, slots=True)
class FarmRules:
    """Repairs in vain on farm machines."""

    serious_repairs: Figure
    season_days: Figure


@dataclass(frozen=True, slots=True)
class ContractRule:
    """An exchange clause of contracts: `repeats` (times within days of the start) or `overdue` (days in repair)."""

    kind: str
    days: Figure
    times: Figure | None


@dataclass(frozen=True, slots=True)
class ContractRules:
    """How contracts start and what they may promise."""

    basis: Mapping[str, tuple[str, ...]]
    exchange: Mapping[str, ContractRule]


@dataclass(frozen=True, slots=True)
class Category:
    """The rules of one category in one version."""

    key: str
    name: str
    version: str
    effective_from: date
    law: str
    start: tuple[StartRule, ...]
    exclude_repairs: bool
    covers: tuple[Cover, ...]
    accessories: tuple[Cover, ...]
    accessory_replacements: Figure | None
    windows: tuple[Window, ...]
    repeat: Repeat | None
    overdue: Overdue
    proof: Proof
    in_code: str
    part_code: str
    out_payer: str
    unpromised_return: Figure | None
    repair_guarantee: Figure | None
    car: CarRules | None
    farm: FarmRules | None
    contract: ContractRules | None
    articles: Mapping[str, tuple[str, str]]

    def cover(self, product: str) -> Cover:
        """The row for `product` (by its name), the last row for all others."""
        for cover in self.covers:
            for name in cover.names:
                if name in product:
                    return cover
        return self.covers[-1]

    def accessory(self, product: str) -> Cover | None:
        """The row of an accessory with its own period, or None when the name is no accessory's."""
        for cover in self.accessories:
            if any(name in product for name in cover.names):
                return cover
        return None


@dataclass(frozen=True, slots=True)
class Common:
    """What holds for all categories."""

    release: str
    roll: bool
    repair_both_ends: bool
    burden_months: Figure
    no_reason_days: Figure
    no_reason_channels: tuple[str, ...]
    depreciation_free_from: date
    life_abnormal_free: bool
    earlier_fault_inspected: bool
    outcomes: Mapping[str, Outcome]
    articles: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Policy:
    """All warranty rules of a company, by the day of purchase. Immutable: a new version is a new object."""

    commons: Versions[Common]
    categories: Mapping[str, Versions[Category]]

    def common(self, bought: date) -> Common:
        """What holds for all categories for goods bought on that day; before all versions, the first."""
        return self.commons.on(bought)

    def category(self, key: str, bought: date) -> Category:
        """The version of a category for goods bought on that day; before all versions, the first.

        Raises KeyError for an unknown category.
        """
        return self.categories[key].on(bought)
