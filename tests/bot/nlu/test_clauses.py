import pytest

from bot.nlu.clauses import places


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("空调不制冷，修一下多少钱？", ["空调不制冷", "修一下多少钱"]),
        ("屏幕碎了顺便问下几点关门", ["屏幕碎了", "顺便问下几点关门"]),
        ("评价 非常满意", ["评价", "非常满意"]),
        ("Dell P2419H monitor", ["Dell P2419H monitor"]),
        ("好，", ["好"]),
        ("", []),
    ],
)
def test_places(text, clauses):
    assert [text[start:end] for start, end in places(text)] == clauses
