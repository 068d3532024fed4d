"""Proof of who somebody is by a code sent to their registered phone, where text messages can be sent."""

from desk.cases import identity_codes
from desk.cases.dialogue.case import Case

CHANNELS = ("web", "wechat", "rest")


def possible(case: Case) -> bool:
    """Whether a code may still help this customer."""
    return case.channel in CHANNELS and not case.gave_up("code") and identity_codes.available()


def ask(case: Case) -> bool:
    """The phone if it is not known, then the code sent to it."""
    phone = case.facts.get("phone")
    if not phone:
        return case.ask("identity", "ticket.ask_phone", api="phone")
    if not identity_codes.ask(case.session, case.conversation, phone):
        case.give_up("code")
        case.say("identity.code_too_often")
        return False
    return case.ask("code", "identity.code_sent", api="identity")
