"""When has the caller finished? By how long it is quiet, and by what was said so far."""

import re
from functools import lru_cache

from desk.channels.hotline import danger
from desk.channels.hotline.settings import settings
from desk.channels.hotline.steps import Expected
from desk.language import phones, yesno
from desk.language.digits import same_length_digits

LEAST_DIGITS = 3
_GOES_ON = re.compile(
    r"(?:然后|就是|那个|这个|因为|还有|但是|可是|而且|所以|如果|比如|的话|嗯|呃|额|我家的?|我们的?|就是说|地址是|电话是|号码是|是|在|和|跟)$"
)
_WHOLE = re.compile(r"(?:转人工|没有了|再见|拜拜|不知道|记不清了?|找不到|谢谢)(?:吧|了|啊)?$")


def quiet_needed(text: str | None, expects: Expected) -> float:
    """Seconds of silence that end the utterance; `text` is what was heard so far, None while that is not known.

    Numbers are spoken with pauses, so half a number is waited for; what needs no more words is answered at once.
    """
    chosen = settings()
    if text is None:
        return chosen.longest_pause if expects in ("phone", "code") else chosen.end_of_speech
    words = text.strip(" ，。！？,.!?")
    if _is_whole(words, expects):
        return chosen.shortest_pause
    if _GOES_ON.search(words) or (expects in ("phone", "code") and _digits(words) >= LEAST_DIGITS):
        return chosen.longest_pause
    return chosen.end_of_speech


@lru_cache(256)
def _is_whole(words: str, expects: Expected) -> bool:
    if expects == "phone":
        found = phones.last(words)
        if found is not None:
            return found.problem is None
    if _WHOLE.search(words):
        return True
    if expects in ("choice", "phone") and yesno.read(words) is not None:
        return True
    found_danger = danger.heard(words, sure=True)
    return found_danger is not None and found_danger.certain


def _digits(words: str) -> int:
    return len(re.sub(r"\D", "", same_length_digits(words)))
