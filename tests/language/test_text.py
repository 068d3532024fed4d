import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import text

CHINESE = st.text(st.sampled_from("后後机機冒咽着伙人供服务平价一下师付露电漏了不治冷12aB，。 係關甚麼"), max_size=20)


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("ＴＫ２０２６－０３２９", "TK2026-0329"),
        ("你好\u200b，\u200d在吗\ufeff", "你好，在吗"),
        ("  空调\t\n 坏了　了 ", "空调 坏了 了"),
        ("第①个，Ⅱ代", "第1个，II代"),
        ("（急）冒烟！：，。？", "（急）冒烟！：，。？"),
        ("🙋\u200d♀️你好", "🙋\u200d♀️你好"),
        ("\u202e反了", "反了"),
        ("", ""),
    ],
)
def test_clean(written: str, clean: str) -> None:
    assert text.clean(written) == clean


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("想查詢報修進度，單號", "想查询报修进度，单号"),
        ("換過電池了，筆電依然撐不到一小時", "换过电池了，笔电依然撑不到一小时"),
        ("開著的時候，這是甚麼計畫", "开着的时候，这是什么计划"),
        ("著名品牌，沒關係", "著名品牌，没关系"),
        ("啱啱嗰張單，地址漏咗寫", "刚刚那张单，地址漏了写"),
        ("佢哋係唔係冇嚟", "他们是不是没来"),
        ("唔該畀我睇吓", "麻烦给我看吓"),
        ("乾衣機，乾隆通寶", "干衣机，乾隆通宝"),
        ("裏面 裡面 線路 綫路 説明", "里面 里面 线路 线路 说明"),
        ("洗衣机坏了，后面漏水", "洗衣机坏了，后面漏水"),
    ],
)
def test_to_simplified(traditional: str, simplified: str) -> None:
    assert text.to_simplified(traditional) == simplified


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("续列号VBX9", "序列号VBX9"),
        ("电脑总是兰屏", "电脑总是蓝屏"),
        ("我的工丹派给谁了", "我的工单派给谁了"),
        ("查一下位修进度", "查一下维修进度"),
        ("人供服务！", "人工服务！"),
        ("转人公", "转人工"),
        ("平价一下：师付很耐心", "评价一下：师傅很耐心"),
        ("师傅能晚典来吗", "师傅能晚点来吗"),
        ("催一吹师傅", "催一催师傅"),
        ("有没有授全维修站", "有没有授权维修站"),
        ("空调不治冷", "空调不制冷"),
        ("一直跳扎", "一直跳闸"),
        ("屋里冒咽", "屋里冒烟"),
        ("插座着伙了", "插座着火了"),
        ("洗衣机露电", "洗衣机漏电"),
        ("屏幕黑平了", "屏幕黑屏了"),
        ("上们修一下", "上门修一下"),
        ("我要投拆", "我要投诉"),
        ("热水气不出热水", "热水器不出热水"),
        ("摇控器没反应", "遥控器没反应"),
    ],
)
def test_fix_homophones(wrong: str, right: str) -> None:
    assert text.fix_homophones(wrong) == right


@pytest.mark.parametrize(
    "right",
    [
        "这个平价空调好用吗",
        "露营电器和露天电影",
        "老师付款了吗",
        "师付钱给我",
        "主人公是谁",
        "带着伙伴来",
        "一楼水管",
        "过宝马店",
        "热水气泡很多",
        "洗了衣服，洗衣几次了",
        "死几次了",
        "平时花平均价",
        "异想天开",
        "支付宝修改密码",
        "充电宝修一下",
        "这一典型故障",
        "字典在哪",
        "维修师傅上门安装，预约明天",
        "评价：五星",
        "工单编号和订单号",
        "推货车坏了",
        "腿发飘",
    ],
)
def test_right_text_is_left_alone(right: str) -> None:
    assert text.fix_homophones(right) == right


@given(st.text())
def test_same_length_for_any_text(s: str) -> None:
    assert len(text.to_simplified(s)) == len(s)
    assert len(text.fix_homophones(s)) == len(s)
    assert len(text.plain(s)) == len(s)
    assert len(text.half_width(s)) == len(s)


@given(CHINESE)
def test_repairs_are_stable(s: str) -> None:
    simplified = text.to_simplified(s)
    assert text.to_simplified(simplified) == simplified
    assert len(text.fix_homophones(simplified)) == len(s)


@given(st.text())
def test_clean_is_stable(s: str) -> None:
    assert text.clean(text.clean(s)) == text.clean(s)
