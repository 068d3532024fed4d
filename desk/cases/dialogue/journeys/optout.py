"""退订: the customer wants no messages that nobody asked for; 恢复通知 takes it back."""

import re

from desk.cases.dialogue.case import Case
from desk.cases.followups import reach

_OFF = re.compile(
    r"(我?要)?(退订|td|取消订阅)|(请|麻烦)?(你们?)?(以后)?(不要|别|不用)(再|老)?(总)?(给我)?发(这些|这种)?(消息|通知|提醒|回访|短信)(给我)?(了)?",
    re.IGNORECASE,
)
_ON = re.compile(r"(我?要)?(恢复|重新)(接收|订阅|发)?(通知|消息|提醒|订阅)")
_AROUND = re.compile(r"[\s，,。.!！~～]+|吧$|了$")


def heard(case: Case) -> bool:
    """Whether the message was only about being left in peace; it has been done then."""
    words = _AROUND.sub("", case.said.plain)
    off, on = _OFF.fullmatch(words), _ON.fullmatch(words)
    if not (off or on):
        return False
    case.state[reach.LEFT_IN_PEACE] = bool(off)
    if case.customer is not None:
        case.customer.notices_off = bool(off)
    case.say("after.customer.off" if off else "after.customer.on")
    return True
