"""Telephone and serial numbers: keyed or spoken, read back, and passed on once the caller agrees."""

import re

from desk.channels.hotline import spoken
from desk.channels.hotline.questions import Question, line, say
from desk.channels.hotline.steps import Say
from desk.channels.hotline.talk import Steps, Talk
from desk.language import phones, yesno
from desk.language.digits import same_length_digits

LEAST_SERIAL = 4
NO_SERIAL = "没有序列号"
TICKET_DIGITS = 12
NO_TICKET = "找不到单号"
_THIS_NUMBER = re.compile(r"这个(?:号|电话|手机)|打来的|来电")


async def phone_said(talk: Talk, text: str) -> Steps:
    """An answer to the question for a telephone number, in words."""
    found = phones.last(text)
    if talk.caller and found is None and (yesno.read(text) == "yes" or _THIS_NUMBER.search(text)):
        return await phone_keyed(talk, "#")
    if found is not None and found.problem is None:
        return _check_phone(talk, found.number)
    if len(re.sub(r"\D", "", same_length_digits(text))) >= 5:
        return talk.miss(say("phone.again"))
    return await talk.forward(text)


async def phone_keyed(talk: Talk, digits: str) -> Steps:
    """The same by keys; `#` alone is the number that the exchange shows."""
    if digits in ("#", "1") and talk.caller:
        await talk.records.use_caller(talk.id)
        return await talk.forward(f"电话{talk.caller}")
    found = phones.last(digits)
    if found is None or found.problem is not None:
        return talk.miss(say("phone.again"))
    return _check_phone(talk, found.number)


async def serial_keyed(talk: Talk, digits: str) -> Steps:
    """The last digits of a serial number."""
    if len(digits) < LEAST_SERIAL:
        return talk.miss(say("serial.too_short"))
    found = await talk.records.candidates(digits, talk.caller)
    if found.candidate is None:
        said = say("serial.several" if found.count > 1 else "serial.not_found")
        return [said, *await talk.forward(NO_SERIAL)]
    check = line("serial.check", product=found.candidate.product, tail=spoken.number(digits))
    talk.question = Question("serial_check", check, value=found.candidate.serial)
    return [Say(check), talk.wait()]


async def ticket_keyed(talk: Talk, digits: str) -> Steps:
    """A ticket's number without its letters, or the telephone number that was left with it; `#` alone is neither."""
    if digits == "#":
        return await talk.forward(NO_TICKET)
    if len(digits) == TICKET_DIGITS:
        return await talk.forward(f"工单号TK{digits[:8]}-{digits[8:]}")
    found = phones.last(digits)
    if found is None or found.problem is not None:
        return talk.miss(say("ticket.by_keys"))
    return await talk.forward(f"手机号{found.number}")


async def checked(talk: Talk, text: str) -> Steps:
    """What the caller says to a number that was read back; "" for a key that means nothing."""
    kind, value = talk.question.kind, talk.question.value
    answer = yesno.read(text) if text else None
    corrected = phones.last(text) if kind == "phone_check" else None
    if corrected is not None and corrected.problem is None:
        return _check_phone(talk, corrected.number)
    if answer == "yes":
        return await talk.forward(f"电话{value}" if kind == "phone_check" else f"序列号{value}")
    if answer == "no" and kind == "serial_check":
        return await talk.forward(NO_SERIAL)
    if answer == "no":
        talk.question = Question("phone", line("phone.again"), line("phone.by_keys"))
    return talk.miss(say("phone.again") if answer == "no" else say("not_heard"))


def _check_phone(talk: Talk, number: str) -> Steps:
    check = line("phone.check", number=spoken.number(number))
    talk.question = Question("phone_check", check, value=number)
    return [Say(check), talk.wait()]
