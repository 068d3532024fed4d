"""An address as the engineer needs it: without the words that people put around it."""

import re

from desk.language import addresses

_SEPARATORS = re.compile(r"[，,。；;！!？?～~、\n]+")
_LEAD = re.compile(
    r"^(?:[\s…·.]|嗯+|呃+|额+|哦|噢|啊|喂|那个|这个|就是|就在|就(?=我|是|在|那)|那(?=就|个|是)|好的|是在|是|大概|应该"
    r"|(?:我妈|我爸|我们?|咱们?|俺们?|爸妈|父母|他们?|她们?)(?:家|这)?(?:里|边|儿)?|老家|家里|家(?=在|住)|公司(?=在)|单位(?=在)|店里"
    r"|这边|这里|这儿|的|住在|住|位于|在|送到|寄到|上门到|地址|住址|改成|换成|[:：])+"
)
_TAIL = re.compile(
    r"(?:\s|那里|那边|这里|这边|那儿|这儿|就行|就好|就可以|谢谢|麻烦了?|您|吧|啊|哈|呢|哦|嘛|呀|的|了|。)+$"
)
_PLACE = re.compile(
    r"[省市区县镇乡村路街道巷弄栋幢座室楼层院园苑城庄里]|单元|小区|大厦|广场|公寓|花园|家园|\d+\s*号|\d+-\d+|\d{3,4}$"
    r"|附近|对面|旁边|隔壁|楼下|楼上|后面|前面"
)
_CALL_FIRST = re.compile(r"\s*(到了|来之前|提前|到时候|先).{0,4}(打|联系|电话).*$")
_TALK = re.compile(
    r"(到了|来之前|提前|先).{0,4}(打|电话|联系|说)|好找|不好找|找不到|别(敲|按)|家里有|有狗|没人|师傅|修|坏|谢谢|麻烦"
)
_SPOKEN_NAME = re.compile(r"(?:路|街|道|号|区|镇|村)(就是|就在|是在|那个|叫|有个)(?=[一-龥])")


def clean(said: str) -> str:
    """The address in `said`: 就我老家，余杭区古墩路100号，就是那个蓝天小区2幢 becomes 余杭区古墩路100号蓝天小区2幢."""
    parts = [_part(part) for part in _SEPARATORS.split(said)]
    kept = [part for part in parts if part and _PLACE.search(part) and not _TALK.search(part)]
    whole = addresses.normalise(said)
    return addresses.normalise("".join(kept)) if kept else whole


def _part(words: str) -> str:
    words = _SPOKEN_NAME.sub(lambda found: found.group()[: -len(found.group(1))], words)
    bare = _TAIL.sub("", _LEAD.sub("", _CALL_FIRST.sub("", words)))
    return bare if len(bare) >= 2 else ""
