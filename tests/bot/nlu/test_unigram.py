from bot.nlu.unigram import Unigram

PIECES = {
    "▁": (4, -3.0),
    "▁空调": (5, -5.0),
    "空": (6, -4.0),
    "调": (7, -4.0),
    "不制冷": (8, -6.0),
    "不": (9, -2.0),
    "a": (10, -3.0),
}


def tokenizer() -> Unigram:
    return Unigram(PIECES, unknown=3, unknown_score=-20.0, replacements={"Ａ": "a", "\u3000": " ", "\u200b": ""})


def test_takes_the_best_path():
    assert tokenizer().ids("空调不制冷") == [5, 8]


def test_a_character_without_a_piece_is_unknown():
    assert tokenizer().ids("空调鑫") == [5, 3]


def test_replaces_characters_and_joins_spaces():
    assert tokenizer().ids("\u3000空调\u200b  Ａ ") == [5, 4, 10]


def test_pieces_say_where_they_stand():
    assert [(each.start, each.end) for each in tokenizer().split("空调\u200b  Ａ")] == [(0, 2), (5, 6), (5, 6)]


def test_nothing_gives_nothing():
    assert tokenizer().ids("") == tokenizer().ids("  ") == []
