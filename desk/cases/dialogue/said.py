"""What a message says: intent and facts, read from the understanding's labels and from the text itself."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from desk import time
from desk.cases import danger_kinds, product_types, symptoms
from desk.cases.dialogue import places, slips, spoken_days
from desk.cases.dialogue.turn import Turn
from desk.language import (
    addresses,
    codes,
    dates,
    money,
    names,
    orders,
    phones,
    serials,
    tickets,
    times,
    yesno,
)
from desk.language import text as texts
from desk.talk.words import without_runs
from desk.texts import data

SYMPTOM_NOISE = re.compile(r"^(又|还是|照样|就是|总是|老是|一直|现在|突然|那个|它|都)+|(了|啊|呀|呢|吧|的|吗)+$")
PICTURE = re.compile(r"^\[(图片|照片|image)\]$", re.I)
PLACE = re.compile(r"[省市区县镇乡路街巷道村弄栋幢号园厂店]|小区|大厦|广场")
MOVED_TO = re.compile(
    r".*(改成|改到|改为|换成|换到|挪到|推到|推迟到|延到|改约|改在|调到|(?<=[\u4e00-\u9fff\s，,])不对[，,\s]*(?:应该)?是?(?=[\s，,]*[今明后大下周星礼\d])|说错了?[，,\s]*是?|改(?=[今明后大下周星礼\d]))",
    re.S,
)
REFUSED_TIME = re.compile(
    r"(?:等不[到及了]|来不及等?到?|拖不[到了])(?:今天|明天|后天|今晚|明早|明晚|下周)|"
    r"(今天|明天|后天|今晚|明早|周[一二三四五六日天末]|星期[一二三四五六日天]|上午|下午|晚上|早上|这几天)[^，,。；;\s\d]{0,4}?"
    r"((?<!行)不行|不方便|没空|没时间|不在|来不了|不得空|不可以|没人|要上班|上班)"
)
# 还保修吗, where a thing is talked about, asks for this one and not for the rule.
IN_COVER = re.compile(
    r"(那|这|它|这个|这台|请问|还|能|在|是|给|管|免费|有)*(保修|在保|保不保|过保|质保|包修)(期|内|的|了|修)*(吗|么|嘛|不|没|呢|吧|\?|？)*"
)
# 手机掉马桶了: the place that a thing fell into is not what is broken.
FELL_INTO = re.compile(r"(?:掉|落|扔|泡|摔)(?:进|到|在|入|了)*(?:洗衣机|马桶|浴缸|鱼缸|水池|洗手池|锅)(?:里|中|内)?")
# 大概前年, told where the serial number was asked.
LONE_DATE = re.compile(
    r"(?:大概|大约|可能|好像|应该|差不多|是|就|估计)*(?:(?:今|去|前|大前)年|上个?月|\d{2,4}年|[一二两三四五六七八九十]+年前?)"
    r"[年月日号初底中春夏秋冬天季上下半前后多左右\d一二三四五六七八九十国庆五双节]*(?:买|入手|购)?[的吧了]*"
)
FREIGHT = re.compile(r"(运费|邮费|快递费).{0,6}(谁|多少|要不要|出|包|付|给|算)|谁.{0,3}(运费|邮费|快递费)")
ASKING = re.compile(r"(来|可以)?(行不行|可不可以|好不好|方不方便|得不得|可以不|行不|中不中)")
VISITORS = re.compile(r"[来派叫]个?(人|师傅)|师傅来|上门|能来吗|能来不")
GAP = "\0"
# 21年买的 names a year; 买了21年 and 21年了 do not.
SHORT_YEAR = re.compile(r"^(?:好像|大概|应该|可能|就|是)*((?:0[5-9]|1\d|2\d))年(?!了|多|前)")
MODEL = re.compile(r"型号(?:是|为|写着|写的是|写的|上写的|叫|[：:\s])*([A-Za-z0-9][A-Za-z0-9\-/]{1,29})")
# Below this an intent is a guess.
SURE = 0.45
# From this on an intent counts where nothing else points to it.
LIKELY = 0.6
ORDER = re.compile(r"^#?[A-Za-z0-9][A-Za-z0-9_/#-]{3,}$")
NOT_PLACE = re.compile(r"电话|手机|序列|明天|后天|今天|上午|下午|周|星期|修|来|坏|不|我|你|师傅")
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
NO_WORDS = re.compile(r"[\w一-鿿]")


@dataclass(slots=True)
class Said:
    """One message, read. Facts are normal forms; what was not said is None or empty."""

    text: str
    plain: str
    intent: str
    confidence: float
    secondary: str | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    phone: str | None = None
    phone_problem: str | None = None
    phone_raw: str | None = None
    serials: list[str] = field(default_factory=list)
    ticket_numbers: list[str] = field(default_factory=list)
    order_number: str | None = None
    product: str | None = None
    products: list[str] = field(default_factory=list)
    brand: str | None = None
    model: str | None = None
    part: str | None = None
    symptoms: list[str] = field(default_factory=list)
    code: str | None = None
    address: str | None = None
    name: str | None = None
    bought: dates.DateSpan | None = None
    bought_problem: str | None = None
    visit: times.VisitWish | None = None
    amount_fen: int | None = None
    yes: bool | None = None
    danger: str | None = None
    distress: bool = False
    angry: bool = False
    picture: bool = False
    wordless: bool = False

    def wants(self, *intents: str) -> bool:
        """Whether the first or second wish is one of these."""
        return self.intent in intents or self.secondary in intents

    def has(self, *words: str) -> bool:
        """Whether one of `words` stands in the plain text."""
        return any(word in self.plain for word in words)


def read(turn: Turn, pending: str | None = None) -> Said:
    """Read a message; `pending` is the open question, which settles what a bare number or a short word is."""
    plain = without_runs(texts.fix_homophones(texts.to_simplified(texts.clean(turn.text))))
    heard = turn.heard
    meant = slips.without_orders(plain)
    said = Said(turn.text, meant or plain, heard.intent, heard.confidence, heard.secondary, heard.ranking)
    if meant != plain and said.intent == "out_of_scope" and symptoms.sounds_like_fault(meant):
        said.intent = "report_fault"
    said.picture = bool(PICTURE.match(plain.strip()))
    bare = re.sub(r"\[[^\]\s]{1,6}\]", "", plain)
    said.wordless = not said.picture and not NO_WORDS.search(bare)
    _read_numbers(said, heard, pending)
    _read_things(said, heard, pending)
    _read_when(said, heard, pending, turn.now)
    _read_mood(said)
    if said.intent == "ask_policy" and IN_COVER.fullmatch(said.plain.strip(" 。，,！!")):
        said.intent = "ask_warranty"
    if FREIGHT.search(said.plain):
        said.intent, said.confidence = "ask_policy", max(said.confidence, 0.9)
    if said.intent == "talk_to_human" and VISITORS.search(said.plain) and not said.has("人工", "客服", "真人", "说"):
        said.intent = "book_visit"
    return said


def _read_numbers(said: Said, heard, pending: str | None) -> None:  # type: ignore[no-untyped-def]
    if pending == "code" and CODE.search(said.plain):
        return
    said.ticket_numbers = [found.value for found in tickets.find(said.plain)]
    phone = phones.last(said.plain)
    if phone is not None and (
        phone.problem is None
        or pending in ("phone", "identity")
        or heard.of("phone")
        or said.has("电话", "手机", "号码")
    ):
        said.phone_raw = phone.raw
        said.phone_problem = phone.problem
        said.phone = None if phone.problem else slips.corrected_phone(phone.number, said.plain[phone.end :])
    taken = re.sub(r"\D", "", said.phone_raw or "")
    values = [found.value for found in serials.find(said.plain)]
    values += [entity.value for entity in heard.of("serial_number")]
    unique: list[str] = []
    for value in values:
        digits = re.sub(r"\D", "", value)
        if serials.key(value) in {serials.key(known) for known in unique}:
            continue
        if (taken and digits == taken) or any(
            serials.key(value) == serials.key(number) for number in said.ticket_numbers
        ):
            continue
        unique.append(value)
    said.serials = unique
    ordered = orders.find(said.plain)
    said.order_number = next(
        (
            value
            for value in [*(found.value for found in ordered), *(e.value for e in heard.of("order_number"))]
            if ORDER.match(value)
        ),
        None,
    )
    said.amount_fen = next((found.fen for found in money.find(said.plain)), None)


def _read_things(said: Said, heard, pending: str | None) -> None:  # type: ignore[no-untyped-def]
    broken = FELL_INTO.sub("", said.plain)
    words = [texts.to_simplified(entity.value) for entity in heard.of("product_type")]
    said.products = words if broken == said.plain else [word for word in words if word in broken]
    found = product_types.find(broken)
    if not said.products and found:
        said.products = [found[0]]
    said.product = said.products[0] if said.products else None
    said.brand = next((entity.value for entity in heard.of("brand")), None)
    named = MODEL.search(said.plain)
    said.model = named.group(1) if named else next((entity.value for entity in heard.of("product_model")), None)
    if named:
        said.serials = [value for value in said.serials if serials.key(value) != serials.key(named.group(1))]
    said.part = next((entity.value for entity in heard.of("part")), None)
    said.symptoms = [texts.to_simplified(entity.value) for entity in heard.of("fault_symptom")]
    code = next((found.value for found in codes.find(said.plain)), None)
    said.code = code or next((entity.value for entity in heard.of("fault_code")), None)
    labelled = [entity.value for entity in heard.of("address") if PLACE.search(entity.value)]
    span = addresses.find(said.plain)
    if span:
        span = (span[0], span[1] + len(_rest_of_address(said.plain[span[1] :])))
    if pending == "address" and addresses.looks_like(said.plain):
        said.address = said.plain
    elif labelled and max(map(len, labelled)) >= 5:
        longest = max(labelled, key=len)
        wide = said.plain[span[0] : span[1]] if span else ""
        said.address = addresses.normalise(wide if longest in wide else longest)
    elif span and span[1] - span[0] >= 6 and PLACE.search(said.plain[span[0] : span[1]]):
        said.address = addresses.normalise(said.plain[span[0] : span[1]])
    if said.address:
        said.address = places.clean(re.sub(r"^(帝址|地止|底址|住址|地址)[是:： ]*", "", said.address))
    people = names.find(said.plain)
    said.name = people[0].value if people else next((entity.value for entity in heard.of("person_name")), None)


def _rest_of_address(behind: str) -> str:
    """The building and room that follow a street number: 绿地中心A座1706."""
    run = re.match(r"[\u4e00-\u9fffA-Za-z0-9-]{1,20}", behind)
    words = run.group() if run else ""
    return words if re.search(r"\d", words) and not NOT_PLACE.search(words) else ""


def _read_when(said: Said, heard, pending: str | None, now: datetime) -> None:  # type: ignore[no-untyped-def]
    today = time.local(now).date()
    dated = [entity.value for entity in heard.of("purchase_date")]
    told = not said.has("开始", "以来", "出现") or said.has("买", "购", "入手")
    source = said.plain if pending == "purchase_date" else (dated[0] if dated and told else "")
    if not source and said.has("买的", "购买", "买了", "入手"):
        source = said.plain
    if not source and pending == "serial_number" and LONE_DATE.fullmatch(said.plain.strip()):
        source = said.plain
    source = SHORT_YEAR.sub(lambda found: f"20{found.group(1)}年", source)
    if source:
        try:
            said.bought = dates.parse(source, today)
        except dates.DateError as problem:
            said.bought_problem = str(problem)
    wished = [entity.value for entity in heard.of("visit_time")]
    if (
        pending in ("visit_time", "callback_time", "confirm", "confirm_what")
        or wished
        or said.wants("book_visit", "change_visit", "request_callback")
    ):
        # "周五没人，改成下周一下午": the time that counts stands behind the move.
        wish_words = spoken_days.plainly(REFUSED_TIME.sub(" ", MOVED_TO.sub("", said.plain)), today)
        said.visit = times.parse_visit(without_data(ASKING.sub(" ", wish_words)), time.local(now))
        if said.visit is None and wished and wished[-1] in wish_words:
            said.visit = times.parse_visit(wished[-1], time.local(now))


def _read_mood(said: Said) -> None:
    said.danger = danger_kinds.kind_of(said.plain)
    words = data("mood.lists")
    said.distress = any(word in said.plain for word in words["distress"])
    said.angry = (
        any(word in said.plain for word in words["angry"]) or said.plain.count("！") + said.plain.count("!") >= 2
    )
    answer = yesno.read(said.plain)
    said.yes = {"yes": True, "no": False}.get(answer or "")
    open_ended = re.search(r"^\s*[\dA-Za-z]{5,}|呢[?？]?\s*$", said.plain)
    if said.yes is True and open_ended:
        said.yes = None
    if said.yes is None and not open_ended and said.intent in ("affirm", "deny") and said.confidence >= 0.5:
        said.yes = said.intent == "affirm"


def without_data(text: str) -> str:
    """`text` without phones, serials, ticket and order numbers, names and addresses, each a blank."""
    finders = (phones, serials, tickets, orders, names)
    spans = [(found.start, found.end) for finder in finders for found in finder.find(text)]
    place = addresses.find(text)
    spans += [place] if place and place[1] - place[0] >= 8 else []
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + GAP + text[end:]
    return text


def symptom_words(said: Said) -> str | None:
    """The fault in the customer's words: the labelled phrases, else the part of the sentence that is not data."""
    if said.symptoms:
        return "，".join(dict.fromkeys(said.symptoms))
    if said.code:
        return f"显示{said.code}"
    return None


def free_symptom(said: Said) -> str | None:
    """A whole short message as the symptom, when the question was what is wrong."""
    words = SYMPTOM_NOISE.sub("", said.plain.strip(" ，。！!？?"))
    return words[:120] if len(words) >= 2 and not said.wordless else None
