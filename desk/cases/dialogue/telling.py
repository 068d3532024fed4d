"""What is wrong, in the customer's words: without data that has its own place, questions, and wishes for a repair."""

import re

from desk.cases import symptoms
from desk.cases.dialogue.said import GAP, Said, symptom_words, without_data
from desk.texts import data

LED = (
    r"(我?的?(序列号|序号|机身号|编号|S/?N|号码|联系电话|电话号码|电话|手机号码|手机号|手机|地址|住在|送到|我叫)"
    r"\s*[是为:：]?\s*)"
)
CLAUSES = re.compile(r"[，,。.！!；;、～~]+")
PIECES = re.compile(r"([，,。！!；;、～~？?\s]+)")
LONGEST_CLAUSE, LONGEST_SYMPTOM, LONGEST_SENTENCE = 40, 100, 48

# 还保修吗, 免费不, 能不能保: what is asked about the cover, at the end of a clause.
COVER = re.compile(
    r"(?:那|这|请问|想?问(?:一下|下)?|你们)*(?:这个|这种|这样)?(?:的话)?(?:还|是不是|是否|能不能|可不可以|可以|算不算|属不属于|要不要|到底)*"
    r"(?:在|给|走|算|属于|享受)*(?:免费|保修|质保|三包|保内|过保|在保|保不保|包修|要钱|收费|花钱|收钱|要不要钱|算|算不算|包|管|管不管)"
    r"(?:期|期内|范围|修|换|更换|维修|的|了|内|里)*(?:吗|么|不|没|没有|嘛|呢|啊|呀|吧|还是)*$"
)
PRICE = re.compile(
    r"(?:那|请问|想?问(?:一下|下)?)*(?:(?:修|换|维修|检查|弄|上门|配)(?:一次|一下|一趟|一块|一个|个|块|好|下)?[^碎坏漏裂，,\s]{0,8}?)?"
    r"(?:大概|大约|得|要|需要|是)*(?:多少钱|什么价|啥价|几块钱|几多钱|怎么收费|怎么算钱|贵不贵|多少块|要多少|大概多少)(?:啊|呢|呀|吗|了|的|嘛|吧)*$"
)
WHAT_NOW = re.compile(
    r"(?:该|要|这|是|能不能|可以|还能|能|好)*(?:怎么办|咋办|咋整|咋弄|怎么弄|怎么回事|咋回事|什么问题|什么意思|啥问题|啥意思|什么原因|找谁|联系谁|啥原因|是不是[^，,]{0,8}?(?:的?问题|毛病|坏了|原因)|寄修|送修|上门修|来修|寄|上门|修|修好)"
    r"(?:啊|呢|呀|吗|么|嘛|不|了)*$"
)
BESIDE = re.compile(
    r"^我?(?:不是?|没)(?:要|想|说)*(?:退|换)货?[^，,]{0,2}$|^我?(?:是|想|来)*(?:帮|替|给|代).{1,6}(?:报修|问|修|报)(?:的|一下)?$"
)
MAY_I = re.compile(r"(?:这个|这种)?(?:你们)?(?:给|能|可以|能不能|包)*(?:换|退|赔)(?:新的?|货|一台)?(?:吗|么|不)$")
MINE = re.compile(r"^(?:我(?:家|的|们)?)?(?:那|这)(?:台|个|件|部)(?:是|的)?(?=.{2})")
ASKS = re.compile(
    r"多少钱|什么价|啥价|收费标准|几点|(?:你们|门店|网点|店里?|维修点).{0,8}(?:在哪|哪里|有没有)|有店|哪里有|发票.{0,6}(?:吗|么|不)$"
    r"|怎么(?:清洗|洗|用|设|弄|连|装|拆|换|清理|操作)|怎么办|咋办|咋弄|多久|几天|什么时候|能不能来|可以来|能来"
)
ICONS = re.compile(r"\[[^\]\s\d]{1,6}\]|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+")
OPENING = re.compile(
    r"^(?:喂+|你好|您好|哈喽|啊|呀|哎呀?|诶|呃+|嗯+|那个|就是说?|是这样的?|我想?(?:咨询|问)(?:一下|下)|老板|姑娘|小伙子|师傅|请问|[\s,，。!！~]"
    r"|(?:屋里头|我们?家|我家里?|家里)(?=那个|的|这个))+(?:那个|的|这个)?(?=.{3})"
)
# Each word once, none made of two others: two readings of a word would double the time with each that is said.
REQUEST = re.compile(
    r"(?:那|就|请|麻烦|帮忙?|给|我|想|要|需要|你们?|您|能不能|可不可以|可以|快点?|赶紧|尽快|抓紧|马上|派|叫|安排|约|师傅|人|来|过来|是|一个|打个?电话|回个?电话|打过来"
    r"|上门|家里|一下|一趟|下|先|再|还是|直接|个|报|修理|维修|修|检查|看|处理|登记|解决|开始|重新|转|人工|客服|投诉|吧|呗|啊|了|吗|的|好|行|谢谢|在吗|没事|没关系)+"
)


def own_words(text: str, said: Said | None = None) -> str:
    """The customer's sentence without data that has its own place (phones, serials, addresses, greetings)."""
    words = without_data(text)
    words = re.sub(rf"{LED}?\0", " ", words)
    if said and said.bought is not None:
        words = re.sub(rf"{re.escape(said.bought.raw)}[^，,。\s]{{0,4}}?(?:买|购|入手)[的了]?", " ", words)
    for value in [*said.serials, *([said.visit.raw] if said.visit else [])] if said else []:
        words = words.replace(value, " ")
    words = re.sub(rf"(我们?)?(都|真是?|简直|快)*({'|'.join(data('figures'))})(个?人)?了?", " ", words)
    words = ICONS.sub(" ", words)
    for opening in data("understanding.openings"):
        words = words.removeprefix(opening).strip(" ，,。！!~～")
    words = OPENING.sub("", words)
    return re.sub(r"\s+", " ", words).strip(" ，,。！!？?；;")


def statements(text: str) -> str:
    """`text` without what it asks or wishes: 洗衣机漏水还保修吗 becomes 洗衣机漏水."""
    pieces = PIECES.split(text)
    kept = [(_stated(words), gap) for words, gap in zip(pieces[::2], [*pieces[1::2], ""], strict=True)]
    lists = data("mood.lists")["angry"], data("understanding.lists")["abuse"]
    calm = [
        part
        for part in kept
        if symptoms.sounds_like_fault(part[0]) or not any(w in part[0] for one in lists for w in one)
    ]
    kept = calm if any(words for words, _ in calm) else kept
    return "".join(words + gap for words, gap in kept if words).strip(" ，,。！!？?；;、")


def _stated(words: str) -> str:
    """What a clause states; empty when it only asks or wishes."""
    left, before = words, ""
    while left != before:
        before, left = left, MAY_I.sub("", WHAT_NOW.sub("", PRICE.sub("", COVER.sub("", left))))
    asked = left != words
    left = MINE.sub("", left)
    left = re.sub(r"^(?:我?(?:想|要)?(?:请)?问(?:一下|下)?|请问)", "", left).strip()
    if REQUEST.fullmatch(left) or BESIDE.search(left) or (ASKS.search(left) and not symptoms.sounds_like_fault(left)):
        return ""
    return "" if asked and len(left) < 2 else left


def told(said: Said, text: str | None = None) -> str:
    """The fault that a message tells, as it goes into the ticket; long ones give their faulty clauses."""
    text = text or said.plain
    words = re.sub(r"^(?:就是|是)(?!不是)(?=.{2})", "", own_words(statements(text), said))
    if said.product and words.startswith(f"那{said.product}"):
        words = words[1:]
    words = re.sub(r"^那(.{2,8})呢$", r"\1", words)
    if len(words) > LONGEST_SENTENCE or GAP in without_data(text):
        return faulty_clauses(said) or symptom_words(said) or words[:60]
    return words


def faulty_clauses(said: Said) -> str:
    """Of a long message, the clauses that tell what is wrong."""
    clauses = [statements(clause.strip()) for clause in CLAUSES.split(without_data(said.plain))]
    telling = [
        clause
        for clause in clauses
        if clause
        and GAP not in clause
        and len(clause) <= LONGEST_CLAUSE
        and (any(word in clause for word in said.symptoms) or symptoms.sounds_like_fault(clause))
    ]
    return "，".join(dict.fromkeys(telling))[:LONGEST_SYMPTOM]


def generic(words: str, said: Said) -> bool:
    """坏了 / 有问题 says that, not what."""
    left = words
    for word in (*said.products, *data("understanding.generic_fault")):
        left = left.replace(word, "")
    return len(re.sub(r"[\W_]", "", left)) < 2
