"""How the customer is reached: phone, way of service, place."""

from desk import texts
from desk.cases import branches, devices, identity, product_types
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import duplicates, shops


def phone(case: Case, key: str = "phone.ask") -> bool:
    if case.facts.get("phone") or case.gave_up("phone"):
        return False
    known = case.state.get("known", {}).get("phone")
    if known:
        case.facts["phone"] = known
        return False
    if case.customer is not None and case.customer.phone:
        buttons = [("就用这个号", "/affirm"), ("换一个", "/deny")]
        return case.ask("phone", "phone.ask_known", buttons=buttons, tail=case.customer.phone[-4:])
    return case.ask("phone", key)


def prove(case: Case) -> bool:
    """Serial number and registered phone together: the owner is known, and so are the records."""
    device, phone = case.device, case.facts.get("phone")
    if proved(case):
        return duplicates.ask_existing(case)
    if device is None and phone and not case.facts.get("candidate_id"):
        _candidate(case, phone)
    return False


def proved(case: Case) -> bool:
    """Whether what is known by now proves who this is, who was nobody before."""
    device = case.device
    if case.customer is not None or device is None or not identity.owns_device(device, case.proof_phone):
        return False
    assert device.customer is not None
    identity.prove(case.session, case.conversation, device.customer, "phone_and_serial")
    case.customer = device.customer
    return True


def _candidate(case: Case, phone: str) -> None:
    """A record that may fit, for the colleague only: a phone number alone proves nothing."""
    registered = devices.customers_by_phone(case.session, phone)
    owned = [device for customer in registered for device in devices.of_customer(case.session, customer.id)]
    fitting = devices.fitting(owned, case.product or None, case.facts.get("model_said"))
    if len(fitting) == 1:
        case.facts["candidate_id"] = fitting[0].id
    elif case.customer is None and case.tries("serial_number") and not case.told("phone_unknown"):
        # Nobody is told whether a number is registered.
        case.say("phone.proves_nothing")
        case.offer("human")


def mode(case: Case) -> bool:
    modes = modes_of(case)
    said = case.facts.get("mode_said")
    if said:
        case.facts["mode"] = said
    if case.facts.get("mode"):
        return False
    if len(modes) == 1:
        case.facts["mode"] = modes[0]
        return False
    if case.gave_up("service_mode"):
        case.facts["mode"] = modes[0]
        return False
    titles = texts.data("mode.titles")
    if "mail_in" in modes:
        case.offer("mail_in")
    listed = "、".join(titles[mode] for mode in modes)
    return case.ask("service_mode", "mode.ask", buttons=[(titles[mode], titles[mode]) for mode in modes], listed=listed)


def modes_of(case: Case) -> tuple[str, ...]:
    """How such a thing can reach the workshop, the usual way first."""
    kind = product_types.find(case.product)
    return kind[1].modes if kind else ("on_site", "carry_in", "mail_in")


def address(case: Case) -> bool:
    facts = case.facts
    if facts.get("mode") == "carry_in":
        return _shop(case)
    if facts.get("address") or case.gave_up("address"):
        return False
    known = case.state.get("known", {}).get("address") or (case.customer.address if case.customer else None)
    if known and not case.state.get("ask_address"):
        if case.channel == "phone":
            return case.ask("address", "address.ask_known")
        facts["address"] = known
        return False
    return case.ask("address", f"address.ask_{facts.get('mode', 'on_site')}")


def _shop(case: Case) -> bool:
    """Where to bring it: the nearest branch, once we know the place."""
    if case.facts.get("shop") or case.gave_up("shop") or not branches.all_branches(case.session):
        return False
    known = case.facts.get("address") or (case.customer.address if case.customer else "")
    if known and shops.tell(case, known):
        return False
    return case.ask("shop", "address.ask_carry_in", api="address")
