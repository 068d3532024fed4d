"""Whether somebody agrees to pay, or declines: only what plainly says so counts, for money is at stake."""

import re

from desk.cases import product_types
from desk.language.text import clean, plain

_CLAUSES = re.compile(r"[\s,，。.!！;；~～、…]+")
_AROUND = (
    r"付费|自费|花钱|掏钱|收费|出钱|付钱|给钱|费用|检测费|上门费|检测|报价|上门|师傅|你们|您们|我们|我|你|您|给|帮|一下|尽快|快点|赶紧|马上"
    r"|那就|那|就|也|都|先|吧|呗|啊|呀|哦|噢|喔|嘛|哈|啦|咯|哒|滴|嘞|的|了|呢|额|呃|哎|唉|诶|这样|按|照|继续|登记|预约|过来"
    r"|看看|看|谢谢|麻烦|再|还是|修|维修|修理|过保|超保|过期|保修|在保"
)
_YES = (
    r"同意|接受|愿意|可以|没问题|没意见|没关系|确认|确定|当然|必须|就这样|就这么办|就这么着|阔以|要得|冇问题|巴适|行|好|嗯|恩|是|对|成"
    r"|中|妥|要|得|ok(?:ay)?|okk|yes|修|安排|办|约|来|付费|自费|先检测|该多少多少|多少钱都|👌|👍|✅|🙆|💯|^1$"
)
_NO = (
    r"不修|不用|不想修|算了|不要|不必|不需要|不同意|不接受|不愿意|不付费?|不花这个?钱|不划算|不值(?:得|当)?|太贵|好贵|贵了|先不"
    r"|暂时不|先别|再想想|想想|考虑一下|考虑考虑|考虑下|再考虑|再说|不|否|不行|不可以|不好|取消|放弃|免了|没必要|冇必要|唔使|唔要"
    r"|不得行|🙅|❌|👎|^2$"
)
_LATER = re.compile(
    r"再说吧?$|商量|考虑|想一?想|问一?[问下](?:我)?(?:老公|老婆|家人|家里|爱人|领导)|回头再|改天再|下次再"
)
_OPPOSED = re.compile(r"不|没|别|吗|么|[?？]|怎么|为什么|为啥|凭|还要|多少|几|才|明明|除非|如果|要是")
# Characters: more than the first is no mere yes or no; no word above is longer than the second.
_LONGEST, _LONGEST_PIECE = 60, 6


def agreed(s: str) -> bool | None:
    """True: agrees to pay. False: declines, or puts it off. None: says neither, or says more than that.

    好 / 行吧 修吧 / 同意付费维修 agree; 算了 太贵 / 先不修 decline; 修过两次了还要付费 and 是整个不冷 do neither.
    """
    words = _without_products(plain(clean(s)))
    clauses = [clause for clause in _CLAUSES.split(words) if clause]
    if not clauses or re.search(r"[吗么?？]$", words):
        return None
    declines = [_is_made_of(clause, _NO) or bool(_LATER.search(clause)) for clause in clauses]
    agrees = [_is_made_of(clause, _YES) for clause in clauses]
    if any(declines) and (declines[-1] or not any(agrees)):
        return False
    others = [clause for clause, agree in zip(clauses, agrees, strict=True) if not agree]
    if any(agrees) and not any(_OPPOSED.search(clause) for clause in others):
        return True
    return None


def _without_products(words: str) -> str:
    """电视先不修 declines as 先不修 does."""
    found = product_types.find(words)
    while found is not None:
        words = words.replace(found[0], "")
        found = product_types.find(words)
    return words


def _is_made_of(clause: str, core: str) -> bool:
    """Whether the clause has a word of `core`, and otherwise only such words and what stands around them."""
    if len(clause) > _LONGEST or not re.search(core, clause):
        return False
    piece, ends = re.compile(rf"{core}|{_AROUND}"), {0}
    # By hand, since many words are also two others, and a regular expression would try every reading.
    for at in range(len(clause)):
        if at in ends:
            rest = range(at + 1, min(len(clause), at + _LONGEST_PIECE) + 1)
            ends |= {end for end in rest if piece.fullmatch(clause, at, end)}
    return len(clause) in ends
