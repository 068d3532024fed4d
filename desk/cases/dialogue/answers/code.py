"""The code of a text message, as an answer."""

import re

from desk.cases import identity_codes
from desk.cases.dialogue.answers.reading import ASKED, NOT, TAKEN, does_not_know, reads, refuses
from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import by_code
from desk.language import digits

MOST_WRONG = 3
NOT_THERE = ("没收到", "收不到", "没有收到", "重发", "再发", "重新发")


@reads("code")
def _code(case: Case, guess: bool) -> str:
    found = re.search(r"(?<!\d)\d{6}(?!\d)", digits.spoken_digits(case.said.plain))
    if found:
        customer = identity_codes.check(case.session, case.conversation, found.group())
        if customer is not None:
            case.customer = customer
            return TAKEN
        if case.count("code_wrong") < MOST_WRONG:
            case.ask("code", "identity.code_again", api="identity")
            return ASKED
        return _leave(case)
    if case.said.has(*NOT_THERE):
        return ASKED if by_code.ask(case) else TAKEN
    return _leave(case) if guess and (refuses(case) or does_not_know(case)) else NOT


def _leave(case: Case) -> str:
    case.give_up("code")
    case.say("identity.code_failed")
    return TAKEN
