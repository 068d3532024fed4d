import pytest
import spacy

from bot.nlu.data import Span
from bot.nlu.gazetteer import Gazetteer, read_tables


@pytest.fixture(scope="module")
def gazetteer():
    nlp = spacy.blank("zh")
    tables = {"product_type": ["洗衣机", "滚筒洗衣机", "AC", "coffee machine"], "brand": ["美的"]}
    return lambda text: Gazetteer(nlp, tables).find(nlp.make_doc(text))


def test_the_longest_name_wins(gazetteer):
    assert gazetteer("美的滚筒洗衣机") == [Span("brand", 0, 2), Span("product_type", 2, 7)]


def test_case_does_not_matter_and_words_are_whole(gazetteer):
    assert gazetteer("ac") == [Span("product_type", 0, 2)]
    assert gazetteer("place") == []


def test_tables_are_read_without_comments(tmp_path):
    (tmp_path / "products.txt").write_text("# kitchen\n冰箱\n\n烤箱\n", encoding="utf-8")
    assert read_tables(tmp_path)["product_type"] == ["冰箱", "烤箱"]
    assert read_tables(tmp_path)["brand"] == []


def test_the_shipped_tables_are_rich():
    tables = read_tables("data/tables")
    assert len(tables["product_type"]) > 500
    assert len(tables["part"]) > 400
    assert len(tables["brand"]) > 300
    assert all(len(names) == len({name.lower() for name in names}) for names in tables.values())
