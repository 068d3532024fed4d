"""Full-text search over advice, on both databases."""

import pytest
from sqlalchemy import delete

from desk.cases import articles
from desk.records.db import transaction
from desk.records.models import Article

KNOWN = [
    ("空调遥控器没反应", "空调", "遥控器没反应、遥控失灵", ["换两节新电池", "按应急开关看能不能开机"]),
    ("空调不制冷", "空调", "不制冷、不凉", ["看是不是制冷模式", "清洗滤网"]),
    ("洗碗机显示 E24", "洗碗机", "E24、不排水", ["清理滤网", "看排水管有没有压弯"]),
    ("路由器连不上", "路由器", "连不上、WiFi没信号", ["重启光猫", "忘记此网络后重新输密码"]),
]


@pytest.fixture
def library(database: str) -> str:
    with transaction() as session:
        for title, product, symptom, steps in KNOWN:
            session.add(Article(title=title, product_type=product, symptom=symptom, steps=steps))
    return database


def titles(text: str, limit: int = 5) -> list[str]:
    with transaction() as session:
        return [one.title for one in articles.search(session, text, limit)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("遥控器按了没反应咋办", "空调遥控器没反应"),
        ("空调一点都不制冷", "空调不制冷"),
        ("e24是什么意思", "洗碗机显示 E24"),
        ("wifi连不上了", "路由器连不上"),
        ("滤网怎么洗", "空调不制冷"),
    ],
)
def test_the_best_one_comes_first(library: str, text: str, first: str) -> None:
    assert titles(text)[0] == first


def test_nothing_in_common_finds_nothing(library: str) -> None:
    assert titles("今晚吃啥") == []
    assert titles("") == []
    assert titles('"; DROP TABLE articles; -- OR *') == []


def test_the_limit(library: str) -> None:
    assert len(titles("空调 洗碗机 路由器 没反应", 2)) == 2


def test_a_changed_article_is_found_by_its_new_words(library: str) -> None:
    with transaction() as session:
        session.query(Article).filter_by(title="路由器连不上").one().title = "网络掉线"
    assert titles("网络老掉线")[0] == "网络掉线"


def test_a_deleted_article_is_found_no_more(library: str) -> None:
    with transaction() as session:
        session.delete(session.query(Article).filter_by(title="路由器连不上").one())
    assert "路由器连不上" not in titles("路由器连不上")


def test_what_was_emptied_takes_no_place(library: str) -> None:
    with transaction() as session:
        session.execute(delete(Article).where(Article.title != "路由器连不上"))
    assert titles("空调 洗碗机 没反应 连不上", 1) == ["路由器连不上"]
