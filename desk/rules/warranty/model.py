"""What a warranty question consists of, and what the answer is."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desk.rules.warranty.policy import Category

DECISIONS = ("RETURN", "EXCHANGE", "PART_REPLACE", "FREE_REPAIR", "PAID_REPAIR", "INSPECT", "NONE")
PAYERS = (
    "merchant",
    "repairer",
    "customer",
    "customer_cost",
    "customer_freight",
    "merchant_depreciation",
    "merchant_with_use_fee",
    "pending",
    "n/a",
)
EXCLUSIONS = (
    "human_damage",
    "misuse",
    "unauthorised_disassembly",
    "modification",
    "self_handling_unidentifiable",
    "card_mismatch_or_altered",
    "force_majeure",
    "disclosed_defect",
    "pirated_software",
    "virus",
    "drop",
    "liquid",
    "flood",
)
REASONS = (
    "D7",
    "D15",
    "TWO_REP",
    "TWO_REP_NOSTOCK",
    "TWO_REP_REFUSE",
    "LONG_PARTS",
    "LONG_30",
    "PHONE_ACC",
    "PHONE_ACC_2",
    "IMEI_90",
    "CAR_20",
    "CAR_22",
    "CAR_23",
    "CAR_24_1",
    "CAR_24_2",
    "CAR_24_3",
    "CAR_24_4D",
    "CAR_24_4N",
    "CAR_19",
    "CAR_WEARPART",
    "AG_2REP",
    "AG_AFTER_PART",
    "AG_30WD",
    "CONTRACT_2IN45",
    "CONTRACT_10D",
    "IN_PERIOD",
    "PART_IN_PERIOD",
    "LIFE_ABNORMAL",
    "REPAIR_30D",
    "OUT_OF_PERIOD",
    "CONSUMABLE",
    "NO_PROOF",
    "AG_NO_PROOF",
    "BURDEN_MERCHANT_6M",
    "INSPECT_AFTER_6M",
    "INSPECT_CONTRACT",
    "NR7_OK",
    "NR7_DENIED",
    "EXCLUDED",
)
"""Reason codes. EXCLUDED stands for EXCL_ with one of `EXCLUSIONS` behind it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong. `performance`: a fault of function (None: not known yet). `cause`: quality, or not sure.

    `occurred_on`: since when, where that is proved (a photo, a chat, a log) and earlier than the report.
    """

    desc: str = ""
    performance: bool | None = None
    cause: str = "quality"
    wear_part: bool = False
    wear_months: int | None = None
    critical: bool = False
    safety: bool = False
    serious: bool = False
    assembly_replaced: int = 0
    same_part_replaced: int = 0
    life_abnormal_certified: bool = False
    occurred_on: date | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A stay in repair, both days included. `returned` None: still there. `delay`: parts, repairer or None."""

    received: date
    returned: date | None = None
    same_fault: bool = False
    delay: str | None = None


@dataclass(frozen=True, slots=True)
class Exclusions:
    """A cause that the merchant does not answer for: inspected, only suspected, or said by the customer."""

    established: str | None = None
    claimed: str | None = None
    admitted: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of the maker or seller: until a day (included), or for months from the start of cover."""

    name: str = ""
    until: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarrantyInput:
    """Everything the decision depends on. Money in fen, `n_ppm` is the car's use coefficient in millionths."""

    category: str
    report_date: date
    product: str = ""
    part: str | None = None
    part_replaced_on: date | None = None
    purchase_date: date | None = None
    invoice_date: date | None = None
    delivery_date: date | None = None
    install_date: date | None = None
    acceptance_date: date | None = None
    signing_date: date | None = None
    shipment_date: date | None = None
    completion_date: date | None = None
    manufacture_date: date | None = None
    exchange_date: date | None = None
    season_start: date | None = None
    channel: str = "store"
    price_fen: int | None = None
    mileage_km: float | None = None
    n_ppm: int | None = None
    fault: Fault = Fault()
    repairs: tuple[Repair, ...] = ()
    cum_repair_days: int | None = None
    same_issue_repairs: int | None = None
    safety_repairs: int | None = None
    invoice: bool = False
    card: bool = False
    copy: bool = False
    other_proof: bool = False
    exclusions: Exclusions = Exclusions()
    same_model_available: bool | None = None
    refuse_other: bool = False
    refuse_exchange: bool = False
    no_reason_request: bool = False
    nr_excluded: str | None = None
    accessory_replaced: int = 0
    consumable: bool = False
    contract_months: int | None = None
    contract_ends_on: date | None = None
    contract_exchange_rule: tuple[str, ...] = ()
    contract_start_basis: str | None = None
    promised_until: date | None = None
    promised_months: int | None = None
    promises: tuple[Promise, ...] = ()
    basis: str = "record"

    @classmethod
    def model_validate(cls, data: object) -> "WarrantyInput":
        """The input in its JSON form, checked. Raises RuleInputError with a Chinese message."""
        from desk.rules.warranty.parse import parse_input

        return parse_input(data)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, without fields at their defaults; `model_validate` reads it back."""
        from desk.rules.warranty.parse import input_to_dict

        return input_to_dict(self)


@dataclass(frozen=True, slots=True)
class Depreciation:
    """What may be kept back on a return. `charged_fen` is what the policy charges by default."""

    days: int
    rate_ppm: int
    if_charged_fen: int | None
    charged_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer: what the customer may choose, the payer, the reason, and the dates it rests on.

    `warranty_end`, `in_period` are those of the period that decides (of the main part, accessory or wearing part
    where it has its own). `needs_person`: a colleague should look at it too. `sentence`, `derivation` are worded when
    asked for.
    """

    decisions: tuple[str, ...]
    primary: str
    reason_code: str
    payer: str
    coverage: str
    basis: str
    article: str
    confidence: str
    warranty_start: date | None
    start_from: str
    warranty_months: int | None
    repair_days_excluded: int
    warranty_end_raw: date | None
    warranty_end: date | None
    in_period: bool
    calendar_provisional: bool
    promise: str | None
    promise_fixed: bool
    window_end: date | None
    waited_days: int | None
    needs_person: bool
    evidence_missing: tuple[str, ...]
    three_guarantee_end: date | None
    depreciation: Depreciation | None
    use_fee_fen: int | None
    release: str
    category: "Category" = field(repr=False, compare=False)
    inputs: WarrantyInput = field(repr=False)

    @property
    def policy_version(self) -> str:
        """Release of the policy, category and version of its rules: what this decision was made by."""
        return f"{self.release}/{self.category.key}@{self.category.version}"

    @property
    def law(self) -> str:
        """The regulation, contract or law that the category follows."""
        return self.category.law

    @property
    def mileage_limits_km(self) -> tuple[int, int] | None:
        """For cars: the limits for return or exchange, and for free repair."""
        car = self.category.car
        return None if car is None else (car.guarantee_km.known(), car.warranty_km.known())

    @property
    def open_repair(self) -> bool:
        """Whether the item was still in repair, so that the end of cover is moving."""
        since = self.inputs.exchange_date
        return any(
            repair.returned is None for repair in self.inputs.repairs if since is None or repair.received >= since
        )

    @property
    def earlier_fault(self) -> bool:
        """Whether it is inspected because the fault is proved to be older than its report."""
        if self.primary != "INSPECT" or self.warranty_end is None or self.inputs.exclusions.claimed is not None:
            return False
        return self.inputs.fault.occurred_on is not None and self.inputs.fault.cause == "quality"

    @property
    def sentence(self) -> str:
        """One plain sentence or two for the customer."""
        from desk.rules.warranty.words import sentence

        return sentence(self)

    @property
    def derivation(self) -> str:
        """For the agent: how the answer was reached, one step a line."""
        from desk.rules.warranty.words import derivation

        return derivation(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, with `sentence` and `derivation`; amounts in yuan as in the input, and in fen."""
        from desk.rules.warranty.words import decision_to_dict

        return decision_to_dict(self)

