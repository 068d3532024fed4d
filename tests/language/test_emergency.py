"""The first guard: danger is heard in every spelling, figures of speech and plain faults are not danger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import danger_words
from desk.language.emergency import sounds_dangerous

KINDS = {
    "gas": [
        "一股煤气味",
        "漏汽了好大味",
        "煤氣漏咗",
        "热水器洗澡头晕想吐",
        "我家灶台闻到臭鸡蛋味",
        "一氧化碳报警器响了",
        "沼气味",
        "瓦斯味好重",
        "液化气罐滋滋漏",
        "灶没关严 满屋煤七味",
    ],
    "smoke": [
        "冒咽了",
        "配电柜起烟",
        "有股烧焦的味道",
        "there's smoke coming out",
        "冒烟冇人理",
        "电视后面冒青烟",
        "車冚冒煙",
    ],
    "fire": [
        "插座着伙了",
        "空调起火",
        "插座冒火花",
        "没有冒烟，但是有火花",
        "电动车充电烧起来了",
        "🔥着火了",
        "着火了!!!",
        "充电器插上就啪一下打火",
        "油锅着了",
    ],
    "shock": [
        "家里露电",
        "洗衣机漏电麻了我一下",
        "我妈被电到了",
        "got a shock from the washer",
        "漏电保护器跳了而且摸着麻手",
        "機器漏電",
        "洗澡的时候水有电",
        "摸水龙头麻",
    ],
    "injury": ["手被烫起泡了", "叉车把人压到了", "灯掉下来砸到孩子", "有人晕倒了"],
    "trapped": [
        "电梯困人了",
        "孩子被锁在车里",
        "小孩手指夹在门里拔不出来",
        "轿厢里还有三个人出不来",
        "冷库门打不开人在里面",
    ],
    "brakes": ["刹车失灵了", "刹车踩不住", "车突然自己加速", "brake failure", "车刹不住了"],
    "flood": [
        "楼下都被淹了",
        "水管爆了满屋都是水",
        "热水器漏水漏得一地都是 插座都泡了",
        "楼上洗衣机漏水 我家天花板在滴 水停不住",
    ],
    "explosion": ["充电宝炸了", "电池鼓包还发烫嘶嘶响", "烤箱玻璃爆了割到手流血"],
}

MORE_DANGERS = [
    "电梯停在半空里面有老人",
    "冷藏车门锁死司机在里边",
    "洗衣机一碰就麻",
    "油烟机电了我一下",
    "插头烧化了",
    "手机发烫到冒烟",
    "电池漏液滋滋响还发烫冒烟",
    "空调漏氟呛人",
    "刹车踏板踩下去空的",
    "车子自己往前窜",
    "机器把手绞进去了",
    "师傅从梯子上摔下来",
    "玻璃门碎了一地扎了脚",
    "车里有汽油味",
    "燃气报警器一直叫",
    "家里报警器响说一氧化碳超标",
    "煤气罐着了",
    "家里进水漫到插座了",
    "水淹到配电箱",
    "我娃的手指头卡在风扇里面咯",
    "叉车翻了压住人了",
    "锅炉压力降不下来",
    "瓦斯漏出来了",
    "媒气味",
    "冒黑咽",
    "手机充电时电池爆燃",
    "插座打火",
    "灶台火窜上来烧了眉毛",
    "老人晕到了",
    "电暖器烤着了沙发",
    "嗞嗞响还有糊味",
]

HARMLESS = [
    "空气炸锅炸篮掉漆",
    "火苗关小了",
    "门打不开在里面的按钮不亮",
    "电着急用",
    "车打火慢",
    "把手机放里面",
    "手碰到屏幕就跳",
    "炉火不旺",
    "水漫到一半洗衣机就停",
    "打印机卡纸在里面",
    "门锁打不开",
    "收到货的包装破了",
    "回火时间怎么设",
    "冷却风扇失效",
    "人脸识别不了",
    "压到底还不打印",
    "遥控窗帘拉不开",
    "机器死了",
    "在线等人修",
    "夹纸",
    "手机掉地上摔了",
    "卷发棒不热",
    "发动机漏油",
    "汽油机启动不了",
    "吸进头发了",
    "洗衣机进水慢",
    "冰箱门打不开",
    "柜门打不开",
    "电视打不开",
    "车门锁打不开",
    "压到线了",
    "保险柜打不开钱在里面",
    "疏散通道灯不亮",
    "车子突然熄火",
    "人撞到门感应不开",
    "气得要爆炸了",
    "火大",
    "热得冒烟",
    "排队排得我要炸了",
    "电死我了这价格",
    "没有冒烟",
    "不是着火",
    "跳闸",
    "漏电保护器跳了",
    "灯爆闪",
    "方向盘往右跑偏",
    "抽油烟机吸力越来越小",
    "煤气灶打不着火",
    "电饭煲煮饭糊底",
    "我气炸了",
    "急得冒火",
    "加湿器喷白粉",
    "轮胎慢漏气",
    "冰箱门封漏气",
    "刹车片多少钱",
    "刹车有异响",
    "火花塞多久换",
    "电瓶车充不进电",
    "手机充电发烫",
    "空气炸锅不加热",
    "音箱爆音",
    "充电到80%就不动了",
    "客服电话打爆了",
    "困难",
    "血压计不准",
    "洗衣机漏水",
    "保修贵得离谱气死我了",
    "怎么预防燃气灶漏气",
    "防爆膜",
    "鼠标双击",
    "电脑蓝屏",
    "空调滴水",
    "电视黑屏",
    "炸毛了",
    "便宜到爆",
    "不会着火",
    "车打不着火",
    "发动机点火困难",
    "买灭火器",
    "我要投诉，火冒三丈",
    "烟机不亮",
    "手麻烦",
]


@pytest.mark.parametrize(("kind", "said"), [(kind, said) for kind, texts in KINDS.items() for said in texts])
def test_danger(kind: str, said: str) -> None:
    assert sounds_dangerous(said) == kind


@pytest.mark.parametrize("said", MORE_DANGERS)
def test_danger_of_any_kind(said: str) -> None:
    assert sounds_dangerous(said)


@pytest.mark.parametrize("said", HARMLESS)
def test_no_danger(said: str) -> None:
    assert sounds_dangerous(said) is None


@given(
    st.sampled_from(["喂", "你好，", "我家那个洗衣机 ", "救命！！", "姑娘啊"]),
    st.sampled_from(["冒烟了", "着火了", "漏电", "漏煤气", "刹车失灵", "困人了"]),
    st.sampled_from(["", "快来", "，怎么办", "😭"]),
)
def test_danger_in_any_company(before: str, danger: str, after: str) -> None:
    assert sounds_dangerous(before + danger + after)


@given(
    st.sampled_from(["没有", "没", "不是", "没看到", "没闻到"]),
    st.sampled_from(["冒烟", "着火", "漏电", "煤气味", "火花"]),
)
def test_denied_danger(denial: str, danger: str) -> None:
    assert sounds_dangerous(denial + danger) is None
    assert sounds_dangerous(f"{denial}{danger}，但是刚才冒烟了")


@given(st.text())
def test_never_fails(s: str) -> None:
    assert sounds_dangerous(s) in {None, *danger_words.KINDS}
