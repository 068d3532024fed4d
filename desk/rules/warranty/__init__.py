"""Who pays, what the customer may choose, and why: 三包, 保修 and contract cover."""

from desk.rules.errors import RuleInputError
from desk.rules.warranty.engine import decide
from desk.rules.warranty.model import Decision, Exclusions, Fault, Promise, Repair, WarrantyInput
from desk.rules.warranty.parse import parse_input
from desk.rules.warranty.policy import Policy
from desk.rules.warranty.policy_files import default_policy, load_policy

__all__ = [
    "Decision",
    "Exclusions",
    "Fault",
    "Policy",
    "Promise",
    "Repair",
    "RuleInputError",
    "WarrantyInput",
    "decide",
    "default_policy",
    "load_policy",
    "parse_input",
]
