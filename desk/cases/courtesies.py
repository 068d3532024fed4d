"""Words that end a conversation politely and wait for no answer: thanks, a goodbye, a mere "all right"."""

import re

_NOISE = re.compile(r"[\s,，。.!！~～、…;；:：\"'“”()（）]+|\[[^\[\]]{1,4}\]")
_TAIL = r"(?:的|了|啊|呀|哦|噢|喔|吧|呢|嘛|哈|啦|咯|哒|滴|哟|么)*"
_YOU = r"(?:您|你|大家|师傅|老师|亲|客服|小哥|小姐姐|美女|帅哥|同志|各位|[王李张刘陈杨赵黄周吴]工)*"
_THANKS = (
    rf"(?:太|非常|十分|真是|真的|那就?|先)*(?:谢谢|多谢|感谢|谢了|谢|蟹蟹|3q|thanks|thankyou|thx){_YOU}|辛苦{_YOU}|麻烦{_YOU}"
    rf"|再见|拜拜|拜|回见|晚安|祝(?:您|你)(?:生活|工作)?(?:愉快|顺利)|没(?:有)?(?:别的|其他|什么)?(?:问题|事)|没别的"
    r"|🙏|🌹|👋|🤝|💐"
)
_ALL_RIGHT = (
    r"好+|嗯+|恩+|哦+|噢+|喔+|行+|可以|收到|知道|明白|了解|懂|ok+|okay|okk|okey|没问题|成|妥|中|晓得|清楚|那就这样|就这样|先这样"
    r"|👌|👍|✅|😊|🙂|😄|😁"
)
_ENDING = re.compile(rf"(?:(?:{_THANKS}|{_ALL_RIGHT}){_TAIL})+")
_THANKING = re.compile(_THANKS)
_ASKING = re.compile(r"[?？]|(?:吗|呢|么|哪(?:个|天|种)?|几点|多少|可以不|行不行|好不好|是不是|方便不)[。!！~～\s]*$")
_LONGEST = 40


def closing(text: str, answering: str = "") -> bool:
    """Whether a customer's `text` needs no answer. A mere "all right" does, where our last words `answering` asked
    something; thanks and goodbyes do not."""
    words = _NOISE.sub("", text).lower()
    if not words or len(words) > _LONGEST or _ENDING.fullmatch(words) is None:
        return False
    return _THANKING.search(words) is not None or _ASKING.search(answering.strip()) is None
