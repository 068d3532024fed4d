"""Which product, and which device of the customer."""

from desk import texts
from desk.cases import devices, product_types
from desk.cases.dialogue import absorb_things
from desk.cases.dialogue.case import Case


def device(case: Case) -> bool:
    if case.device is not None or case.gave_up("serial_number"):
        return statement(case)
    if case.customer is not None:
        asked = own_device(case)
        if asked is not None:
            return asked
    if case.facts.get("serial_claimed") and not case.tries("serial_number"):
        case.count("serial_number")
        case.say("serial.not_found", serial=case.facts["serial_claimed"])
        return ask_serial(case, "serial.ask_again")
    return ask_serial(case)


def own_device(case: Case) -> bool | None:
    """One of the bound customer's devices: known at once, chosen, or None when none fits."""
    assert case.customer is not None
    if case.state.get("not_listed"):
        return None
    owned = devices.of_customer(case.session, case.customer.id)
    fitting = devices.fitting(owned, case.product or None, case.facts.get("model_said"))
    if len(fitting) == 1:
        absorb_things.set_device(case, fitting[0])
        return False
    if not fitting:
        return None
    case.state["choices"] = [device.id for device in fitting[:5]]
    buttons = [(devices.name_of(device), f"第{n}个") for n, device in enumerate(fitting[:5], 1)]
    listed = "、".join(devices.name_of(device) for device in fitting[:3])
    return case.ask("which_product", "fault.which", buttons=[*buttons, ("都不是", "都不是")], listed=listed)


def ask_serial(case: Case, key: str | None = None) -> bool:
    """The serial number: where it stands, and that a photo or the phone number will do too."""
    place = texts.data("serial.places")
    kind = product_types.find(case.product)
    named = case.product if kind else "产品"
    where = place.get(kind[1].name if kind else "", place["default"])
    buttons = [("找不到序列号", "/dont_know")]
    return case.ask("serial_number", key or "serial.ask", buttons=buttons, where=where, product=named)


def statement(case: Case) -> bool:
    """Without a record: the customer's own date decides for now."""
    if case.device is not None:
        return False
    if not case.product and not case.gave_up("which_product"):
        return case.ask("which_product", "fault.ask_product")
    if not case.facts.get("purchase_date") and not case.gave_up("purchase_date"):
        return case.ask("purchase_date", "fault.ask_bought", buttons=[("记不清了", "/dont_know")])
    return False
