from bot.nlu import finders
from bot.nlu.data import Span


def test_numbers_are_found_in_their_stored_form():
    found = finders.find("TK20261116-0329，电话幺三八零零零零幺二三四")
    assert [(each.span.entity, each.normal) for each in found] == [
        ("ticket_number", "TK20261116-0329"),
        ("phone", "13800001234"),
    ]


def test_plain_words_hold_no_numbers():
    assert finders.find("空调不制冷") == ()


def test_names_and_addresses_are_likely():
    text = "我叫陈静，住杭州市余杭区文一西路998号"
    spans = {(span.entity, text[span.start : span.end]) for span in finders.find_loose(text)}
    assert spans == {("person_name", "陈静"), ("address", "杭州市余杭区文一西路998号")}


def test_overlap():
    assert finders.overlap(Span("a", 0, 2), Span("b", 1, 3))
    assert not finders.overlap(Span("a", 0, 2), Span("b", 2, 3))
