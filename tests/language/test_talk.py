"""Money, addresses, names, yes and no, choices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.language import addresses, choices, money, names, yesno


@pytest.mark.parametrize(
    ("said", "fen"),
    [
        ("超过500就不修了 没超就修", [50000]),
        ("两百块", [20000]),
        ("一千二", [120000]),
        ("1.5k", [150000]),
        ("八百五十元", [85000]),
        ("修个冰箱要我八百，隔壁小店一百五就搞定", [80000, 15000]),
        ("三块五", [350]),
        ("五毛", [50]),
        ("¥1,299", [129900]),
        ("500以内", [50000]),
        ("里面两万块的海鲜", [2000000]),
        ("两百来塊", [20000]),
        ("跑了八万多公里", []),
        ("4K电视", []),
        ("写篇800字的演讲稿", []),
        ("一百零五号", []),
        ("13800002020", []),
        ("毛病很多", []),
    ],
)
def test_money(said: str, fen: list[int]) -> None:
    assert [amount.fen for amount in money.find(said)] == fen


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("沈阳和平区南京南街二十八号三单元五零二", "沈阳和平区南京南街28号3单元502"),
        ("济南历下区经十路一百号三单元二零一", "济南历下区经十路100号3单元201"),
        ("郑州二七区五一路十二号", "郑州二七区五一路12号"),
        ("朝阳区三里屯路十九号院二号楼十二零一", "朝阳区三里屯路19号院2号楼1201"),
        ("地址是中山一路八十八号", "中山一路88号"),
        ("我住在八一路三百八十八弄五号二零二室", "八一路388弄5号202室"),
        ("送到苏州工业园区星湖街328号研发楼", "苏州工业园区星湖街328号研发楼"),
        ("杭州市余杭区文一西路998号", "杭州市余杭区文一西路998号"),
        ("十堰市三堰街三杠五零二", "十堰市三堰街3-502"),
        ("经开区第三大街六号", "经开区第三大街6号"),
        ("地址：北京市海淀区中关村大街１号", "北京市海淀区中关村大街1号"),
        ("我家在成都市武侯区一环路南二段十六号 谢谢", "成都市武侯区一环路南二段16号"),
        ("七里河区三一八国道旁", "七里河区三一八国道旁"),
    ],
)
def test_normalise(said: str, address: str) -> None:
    assert addresses.normalise(said) == address


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("我是冯志远，18600009972，南京市建邺区江东中路88号3栋1602", "南京市建邺区江东中路88号3栋1602"),
        ("最终用户为苏州工业园区星湖街328号研发楼", "苏州工业园区星湖街328号"),
        ("沈阳和平区南京南街二十八号三单元五零二", "沈阳和平区南京南街二十八号三单元五零二"),
        ("洗衣机坏了，明天上午九点来", None),
        ("第二个", None),
    ],
)
def test_find_address(said: str, address: str | None) -> None:
    span = addresses.find(said)
    assert (said[slice(*span)] if span else None) == address
    assert addresses.looks_like(said) is (address is not None)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("我叫陈静", ["陈静"]),
        ("免贵姓王", ["王"]),
        ("my name is Kevin Zhou，tel 13300005590", ["Kevin Zhou"]),
        ("联系人张伟", ["张伟"]),
        ("我是冯志远，18600009972", ["冯志远"]),
        ("贵司客服您好，我是采购部的林晓雯", ["林晓雯"]),
        ("姓名：欧阳修文", ["欧阳修文"]),
        ("她叫苏晴 这还不行吗", ["苏晴"]),
        ("我叫李明电话是幺三八", ["李明"]),
        ("我系陳大文", ["陳大文"]),
        ("王先生", ["王"]),
        ("我是上个月买的", []),
        ("我是黄山路的", []),
        ("我是安装师傅", []),
        ("我是你们的老客户", []),
    ],
)
def test_names(said: str, found: list[str]) -> None:
    assert [name.value for name in names.find(said)] == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("刘洋", ["刘洋"]),
        ("Kevin Zhou", ["Kevin Zhou"]),
        ("叫我欧阳娜娜吧", ["欧阳娜娜"]),
        ("都行", []),
        ("好的", []),
        ("方便的", []),
    ],
)
def test_names_when_asked(said: str, found: list[str]) -> None:
    assert [name.value for name in names.find(said, asked=True)] == found


YES = (
    "对 嗯 是的 没错 好 行 可以 中 得 要得 ok OK的 1 确认 嗯嗯嗯 行吧修吧 "
    "好吧修 没问题 不错 冇问题 行嘞 好的谢谢 👌 那就这样吧"
).split()
NO = "不 没有 不是 算了 别 没有没有 没解决 不用了谢谢 不行 唔使 不要 不是不是 no 可以但是先别来".split()


@pytest.mark.parametrize(
    "said", [*YES, "对 就新号", "对的对的麻烦你啊", "过保了啊 那行修吧", "哦对昨天我老公报过 那就那个"]
)
def test_yes(said: str) -> None:
    assert yesno.read(said) == "yes"


@pytest.mark.parametrize("said", [*NO, "不对，是13800001919"])
def test_no(said: str) -> None:
    assert yesno.read(said) == "no"


@pytest.mark.parametrize(
    "said",
    ["多少钱", "可以吗", "行 我想想", "中不中", "随便", "", "😭", "我的空调从上周开始就一直漏水而且声音很大怎么办"],
)
def test_neither_yes_nor_no(said: str) -> None:
    assert yesno.read(said) is None


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        *(
            (said, "yes")
            for said in ("好了", "可以了", "搞定", "解决了", "不漏了", "修好了谢谢", "试了可以了", "嗯", "works now")
        ),
        *(
            (said, "no")
            for said in (
                "没用",
                "还是不行",
                "试过了",
                "没解决",
                "还是一样",
                "没好",
                "又不转了",
                "不得行",
                "没有",
                "still not working",
            )
        ),
        ("多少钱", None),
    ],
)
def test_solved(said: str, answer: str | None) -> None:
    assert yesno.solved(said) == answer


OPTIONS = ["空调 KFR-35", "洗衣机 TG100", "冰箱 BCD-500"]


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ("第二个", 1),
        ("2", 1),
        ("３", 2),
        ("选3", 2),
        ("洗衣机", 1),
        ("冰箱那台", 2),
        ("那個空調", 0),
        ("bcd", 2),
        ("35", 0),
        ("最后一个", 2),
        ("前面那个", 0),
        ("中间那个", 1),
        ("B", 1),
        ("第九个", None),
        ("都行", None),
        ("后面那个", None),
    ],
)
def test_pick(said: str, index: int | None) -> None:
    assert choices.pick(said, OPTIONS) == index


def test_pick_of_two_and_of_none() -> None:
    assert choices.pick("后面那个", OPTIONS[:2]) == 1
    assert choices.pick("第一个", []) is None


@given(st.text())
def test_nothing_fails(s: str) -> None:
    yesno.read(s)
    yesno.solved(s)
    choices.pick(s, OPTIONS)
    addresses.normalise(s)
    addresses.find(s)
    assert all(s[amount.start : amount.end] == amount.raw for amount in money.find(s))
    assert all(s[name.start : name.end] == name.value for name in names.find(s))
