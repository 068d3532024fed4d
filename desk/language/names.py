"""Names by which customers introduce themselves or a contact."""

import re
from dataclasses import dataclass

from desk.language.text import to_simplified

_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺"
    "顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉翁蓝骆路游辛靳管柴蒙鲍华喻祁蒲"
    "房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
_DOUBLE = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|南宫|长孙|宇文|端木|独孤|轩辕|百里|东郭"
    "|西门|申屠|太史|澹台"
)
_SURNAME = f"(?:{_DOUBLE}|[{''.join(dict.fromkeys(_SINGLE))}])"
_GIVEN = r"[一-龥](?:[一-龥])?"
_STOP = (
    r"(?=$|[\s,，。.;；!！?？、:：()（）\d+]|电话|手机|号码|联系|住|我|家|是|的|啊|呀|哈|呢|吧|哦|喔"
    r"|今|昨|那|这|地址|要|想|报|来|打|然后|先生|女士|小姐|同志|木子|弓长|耳东|和|跟|在|就|你|您|不|有"
    r"|tel|phone)"
)
_FULL = rf"(?P<name>(?P<family>{_SURNAME})[一-龥]{{1,2}}?)"
_SPELLED = r"|[一-龥]{1,2}的(?P=family)"

_PATTERNS = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (
            rf"(?:姓名|名字|联系人|收件人|收货人|称呼|车主|户主|机主|购买人|登记人|联络人)(?:叫做?|是|为"
            rf"|就是|写|填|改成|改为|：|:|\s)*{_FULL}{_STOP[:-1]}{_SPELLED})",
            0,
        ),
        (
            rf"(?:我叫|本人叫?|我的?名字叫?做?是?|她叫|他叫|叫我|名叫|叫做|我系|我叫做)(?:：|:"
            rf"|\s)*{_FULL}{_STOP[:-1]}{_SPELLED})",
            0,
        ),
        (
            rf"(?:我是|这里是|这边是|我這邊是)(?:[一-龥]{{1,8}}的)?{_FULL}(?=$|[\s,，。.!！;；]|电话|手机"
            rf"|本人|啊|呀)",
            0,
        ),
        (rf"(?:免贵姓|我姓|本人姓|贵?姓)(?:是|：|:)?(?P<name>{_SURNAME})(?!名)", 0),
        (rf"(?<![一-龥])(?:找|叫|联系|署名)(?:：|:)?{_FULL}(?=$|[\s,，。.!！;；\d]|就行|就好|就可以)", 0),
        (
            rf"(?<!您)(?<!贵)(?P<name>{_SURNAME})(?=先生|女士|小姐|太太|大爷|大妈|阿姨|老师(?!傅)|总(?=$"
            rf"|[,，。\s的]))",
            0,
        ),
        (
            r"(?i:my name is|name is|contact(?: is|改成|换成| person)?[:：]?|i am|i'm|this is|name[:：])\s*"
            r"(?P<name>[A-Z][a-z]+(?:\s[A-Z][a-z]+){1,2}|(?<=is\s)[A-Z][a-z]+)",
            0,
        ),
    )
)
_NO_NAME = re.compile(
    r"[路街区市县镇村号楼店厂]$|^(?:高兴|高新|方便|方向|安装|全部|全都|时候|时间|都是|都不|那个|那边"
    r"|那台|和平|成都|海南|云南|南京|江苏|文员|于是|常常|平时|计算|单位|包修|边上|白天|万一|原来|别人"
    r"|何时|明天|应该|管理|金牌|强烈|相当|连续|初次|满意|利用|公司|公共"
    r"|国内|居民|信息|元旦|来的?|车间|车主|来吧|来人|安排|方便|都|那|房东|房主|师傅|老师|客户|业主"
    r"|经理|租客|用户|安全|幸好|干嘛"
    r"|但是|查询|农民|商家|商户|司机|门店|武汉|广州)"
)

_ALONE = re.compile(
    rf"\W*(?:我?是|我?叫|就叫|就写)?(?P<name>(?:{_DOUBLE})[一-龥]{{1,2}}|{_SURNAME}[一-龥]{{1,2}}"
    rf"|[A-Z][a-z]+(?: [A-Z][a-z]+)+)"
    r"(?:吧|啊|呀|哈)?\W*"
)


@dataclass(frozen=True)
class Name:
    """A name at `start:end`; only a surname (王) when no more was said."""

    start: int
    end: int
    value: str


def find(s: str, asked: bool = False) -> list[Name]:
    """All names in `s` that customers introduce (我叫陈静, 免贵姓王, 联系人张伟, my name is Kevin Zhou), in order.

    `asked`: the customer was just asked for it, so a message that is nothing but a name counts too.
    """
    words = to_simplified(s)
    found: dict[int, Name] = {}
    for pattern in _PATTERNS:
        for match in pattern.finditer(words):
            start, end = match.span("name")
            if _NO_NAME.search(words[start:end]) and end - start > 1:
                continue
            if not any(name.start < end and start < name.end for name in found.values()):
                found[start] = Name(start, end, s[start:end])
    if asked and not found:
        alone = _ALONE.fullmatch(s)
        if alone and not _NO_NAME.search(alone["name"]):
            return [Name(*alone.span("name"), alone["name"])]
    return [found[at] for at in sorted(found)]
