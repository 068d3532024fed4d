"""Short answers to a yes/no question, and to "is it solved?"."""

import re
from typing import Literal

from desk.language.text import clean, plain

Answer = Literal["yes", "no"]

_NOISE = re.compile(r"[\s,，。.!！?？~～、…;；\"'“”]+")
_TAIL = "(?:的|了|啊|呀|哦|噢|喔|吧|呢|嘛|哈|啦|咯|哒|滴|耶|诶|嘞|哩|咧|额|呃)*"

_NO = (
    r"不+|没+|没有|不是|不对|不行|不可以|不能|不要|不用|不必|不需要|不想|不好|不中|不得行|不得|不同意"
    r"|不愿意|不接受|不了|不修|不约|算了|免了|别|先别|取消|否|错|错了|不成|不会|未|无|莫|木有|没得"
    r"|莫得|冇|唔系|唔使|唔好|唔要"
    r"|no+|nope|nah|not really|not yet|n|2|👎|❌|🙅"
)
_YES = (
    r"对+|嗯+|恩+|是+|好+|行+|可以|可|中|得|要得|要|没错|不错|是的|对的|好的|正确|确认|确定|同意|愿意"
    r"|接受|没问题|没毛病|没意见|ok+|okay|okk|okey|yes|yep|yeah|ya|yup|sure|y|1|嗯呐|嗯那|哎|诶|唉|欸"
    r"|成|妥|妥了|中嘞|得嘞|好嘞"
    r"|行嘞|可以的|就这样|就这么办|就这么着|就是|就这个|就按这个|就新号|那就那个|就那个|就它|那就这样"
    r"|用这个|当然|必须|肯定|系|系啊|啱|好哇|好滴|好哒|好叭|好勒|需要|来吧|办吧|转|转吧|修|修吧|有"
    r"|有的|会|能|已经|正是|木问题|冇问题|没得问题|阔以|巴适|收到|明白|了解|👌|👍|✅|🙆|💯"
)
_NO_START = re.compile(
    r"(?:不+(?!错|过|好意思|急|是吗)|没(?!错|问题|毛病|意见|事)|别|算了|取消|错了|否|先不|暂时不|先别"
    r"|我不|我没|还没|还是不|都不|都没|no\b|nope|莫|冇(?!问题)|唔(?!该))"
)
_YES_START = re.compile(rf"(?:{_YES})")
_FLIP = re.compile(r"(?:但|但是|不过|可是|等等|等下|先)(?:我|还是|先|要|想)?(?:不|别|没)")
_UNDECIDED = re.compile(r"想想|考虑|再说|问问|商量|看看再|屁|(.)不\1|等一下|等会|稍等|是吗")
_SHORT = 20


def read(s: str) -> Answer | None:
    """Whether a short answer means yes or no. None when it is neither, or says more than that.

    没有没有, 不用了谢谢 and 算了 are no; 没错, 没问题, 行吧修吧 and a lone 1 are yes.
    """
    words = re.sub("^(?:哦|噢|喔|啊|呃|额|那个|那|emm+)+(?=.)(?!个|就)", "", _bare(s))
    if not words:
        return None
    if re.fullmatch(rf"(?:(?:{_YES}){_TAIL})+", words):
        return "yes"
    if re.fullmatch(rf"(?:(?:{_NO}){_TAIL})+", words):
        return "no"
    if len(words) > _SHORT or _UNDECIDED.search(words):
        return None
    if _NO_START.match(words):
        return "no"
    if re.search(r"[吗么?？]$|多少|什么|怎么|啥|几点|哪", words + s[-1:]):
        return None
    if _YES_START.match(words):
        return "no" if _FLIP.search(words) else "yes"
    if re.search(r"(?:不用|不要|不修|不需要|算)了?$", words):
        return "no"
    agreed = re.search(
        r"(?:可以|行|好|没问题|对|同意|ok)(?:的|了|啊|吧)?$|(?:那|行|好|就)(?:就|给我)?(?:修|转|办|换|来"
        r"|约)(?:吧|了|呗)?$",
        words,
    )
    return "yes" if agreed and not re.search("[不没]", words) else None


_UNSOLVED = re.compile(
    r"没用|没好|没有用|没解决|没有解决|没修好|没搞定|没效果|没反应|没变化|没区别|没成功|不管用|没作用"
    r"|不起作用|不顶用|不行|不好使|不好用|不得行|不可以|不能用|不中|不成"
    r"|还是(?:不|没|一样|老样子|那样|这样|坏|有|漏|卡|黑|报|停|响)|依然|照样|照旧|仍然?|依旧|一样"
    r"|老样子|试过了|都试了|试了(?!.*(?:好|可以|行))|又(?:不|坏|来|停|黑|卡|报|没|开始)|没有?变|无效"
    r"|白搭|没辙|冇用|唔得|仲系|更.{0,3}(?:严重|厉害)|not? work|still|doesn't|didn't|nope"
    r"|没(?:有)?(?:好转|改善)|失败"
)
_SOLVED = re.compile(
    r"好了|好啦|好咯|可以了|可以啦|可以用了|能用了|搞定|解决了|解决啦|已解决|行了|成了|ok了|弄好|修好"
    r"|正常了|恢复|没问题了|没事了|(?<!不)好使了|work(?:s|ed|ing)|fixed|solved|亮了|转了|通了|不(?:漏"
    r"|响|报|卡|闪|跳|停)了|妥了|得咗|得了|冇事|没再|有用|管用|成功|出(?:水|热水|图|风)了|开机了"
    r"|连上了|制冷了"
)


def solved(s: str) -> Answer | None:
    """Whether an answer to "is it solved?" says that it is. None when it says neither."""
    words = _bare(s)
    if _UNSOLVED.search(words) or re.search(
        r"(?:没|不|未)(?:能|有|太|怎么)?(?:弄|搞|修|解决|恢复|正常|亮|转|通|开机|连上)", words
    ):
        return "no"
    if _SOLVED.search(words):
        return "yes"
    return read(s)


def _bare(s: str) -> str:
    words = re.sub(
        r"谢谢你?|多谢|感谢|麻烦(?:你|您)?(?:了|啊)?|thanks?( you)?|thx|您|\[[^\]]{1,4}\]", "", plain(clean(s))
    )
    return _NOISE.sub(" ", words).strip().replace(" ", "")
