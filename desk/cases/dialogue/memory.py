"""The things that a conversation is about: the one at hand in the facts, the others kept for when they are meant again.

What was said of a thing in one journey serves every later one. Contact data belongs to the customer, not to a thing.
"""

from typing import Any

from desk.cases import product_types

Facts = dict[str, Any]

IDENTITY = ("product_type", "brand", "model", "model_said", "device_id", "serial", "serial_claimed", "order_number")
BOUGHT = ("purchase_date", "purchase_until", "purchase_said", "candidate_id")
TROUBLE = ("symptom", "fault_code", "cause", "part", "unresolved")
THING = (*IDENTITY, *BOUGHT, *TROUBLE)
# Of a case that is left these hold for its thing alone.
SETTLED = ("decided", "paid", "cap_fen", "mode", "mode_said", "shop", "visit", "confirmed", "return_reason", "opened")
CANNOT_GIVE = ("serial_number", "purchase_date", "which_product")
MOST = 4


def keep(facts: Facts, state: Facts, done: bool = False) -> None:
    """Keep the thing of `facts`; of one whose trouble is `done` with only what it is."""
    names = (*IDENTITY, *BOUGHT) if done else THING
    thing = {name: facts[name] for name in names if facts.get(name)}
    if not thing:
        return
    given_up = [name for name in facts.get("unknown", []) if name in CANNOT_GIVE]
    thing |= {"unknown": given_up, "done": done}
    state["things"] = [*(other for other in state.get("things", []) if not _same(other, thing)), thing][-MOST:]


def recall(facts: Facts, state: Facts, named_again: bool = False) -> None:
    """Add what was said before of the thing that `facts` are about; the last one where they name none.

    A thing that is done with is only meant when it is named again.
    """
    for thing in reversed(state.get("things", [])):
        if not _same(thing, facts) or (thing["done"] and not (named_again or facts.get("product_type"))):
            continue
        for name in THING:
            if thing.get(name) and not facts.get(name):
                facts[name] = thing[name]
        if thing["unknown"]:
            facts["unknown"] = sorted({*facts.get("unknown", []), *thing["unknown"]})
        return


def leave(facts: Facts, state: Facts) -> None:
    """Keep the thing at hand and clear the facts for another one."""
    keep(facts, state)
    for name in (*THING, *SETTLED):
        facts.pop(name, None)
    facts["unknown"] = [name for name in facts.get("unknown", []) if name not in CANNOT_GIVE]
    for name in ("choices", "not_listed", "existing", "advised", "advised_for"):
        state.pop(name, None)
    state["told"] = [name for name in state.get("told", []) if name not in ("help", "keep_cold", "phone_unknown")]
    tries = {name: count for name, count in state.get("tries", {}).items() if name not in CANNOT_GIVE}
    state["tries"] = tries


def _same(one: Facts, other: Facts) -> bool:
    """Whether both may be about the same thing."""
    if one.get("device_id") and other.get("device_id"):
        return bool(one["device_id"] == other["device_id"])
    kind, another = one.get("product_type"), other.get("product_type")
    return not kind or not another or product_types.same(str(kind), str(another))
