import pytest

from bot.nlu import build_encoder, encoder
from bot.nlu.data import Span, Utterance


@pytest.fixture(scope="session")
def sentences() -> encoder.OnnxEncoder:
    """The encoder as it is served; built on first use."""
    return encoder.OnnxEncoder(build_encoder.build())


@pytest.fixture(scope="session")
def utterances() -> list[Utterance]:
    """A small training set: three intents, some with entities, some with a second wish."""
    faults = [
        ("空调", "不制冷"), ("冰箱", "不制冷"), ("洗衣机", "漏水"), ("电视", "黑屏"), ("热水器", "不出水"),
        ("打印机", "卡纸"), ("微波炉", "不加热"), ("空调", "漏水"), ("路由器", "掉线"), ("冰箱", "噪音大"),
    ]  # fmt: skip
    prices = [
        "换个压缩机多少钱",
        "上门费怎么收",
        "修一下要多少钱",
        "滤芯多少钱一个",
        "收费标准发我",
        "换屏什么价",
        "清洗一次多少钱",
        "加氟贵不贵",
    ]
    dangers = [
        "插座冒烟了",
        "热水器漏电电到人了",
        "燃气灶漏气，屋里全是煤气味",
        "电池着火了",
        "电梯困人了",
        "充电器烧起来了",
        "空调起火了",
        "有人触电了",
    ]
    training = [_fault(product, symptom, "") for product, symptom in faults]
    training += [_fault(product, symptom, "，修一下多少钱") for product, symptom in faults]
    training += [Utterance(text, "ask_price") for text in prices]
    return training + [Utterance(text, "report_emergency") for text in dangers]


def _fault(product: str, symptom: str, tail: str) -> Utterance:
    text = f"我家{product}{symptom}{tail}"
    middle = 2 + len(product)
    spans = (Span("product_type", 2, middle), Span("fault_symptom", middle, middle + len(symptom)))
    return Utterance(text, "report_fault", spans, "ask_price" if tail else None)
