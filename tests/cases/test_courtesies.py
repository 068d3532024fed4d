"""What a customer says to end politely, and what only looks like it."""

import pytest

from desk.cases.courtesies import closing

TOLD, ASKED = "明天上午师傅会先给您打电话。", "明天上午方便吗？"


@pytest.mark.parametrize(
    "said",
    ["谢谢", "好的，谢谢您", "嗯嗯知道了", "好的谢谢王工", "OK", "收到，辛苦了", "没事了，谢谢", "[强]好的",
     "那就这样吧，拜拜", "👌"],
)
def test_courtesies_close(said: str) -> None:
    assert closing(said, TOLD)


@pytest.mark.parametrize("said", ["好的", "嗯", "可以", "ok"])
def test_all_right_answers_a_question(said: str) -> None:
    assert not closing(said, ASKED)
    assert closing(f"{said}，谢谢", ASKED)


@pytest.mark.parametrize(
    "said",
    ["谢谢，还有个问题", "好的，多少钱", "怎么还没来", "好了吗", "不行", "没有收到", "", "谢谢你啊还没修好",
     "好的我下午在家", "…"],
)
def test_what_waits_for_an_answer(said: str) -> None:
    assert not closing(said, TOLD)
