from bot.nlu.wordpiece import WordPiece

PIECES = {"[UNK]": 0, "空": 1, "调": 2, "lap": 3, "##top": 4, "，": 5, "e": 6}


def test_han_characters_are_words_and_latin_words_are_split():
    assert WordPiece(PIECES, 0, lowercase=True).ids("空调，Laptop") == [1, 2, 5, 3, 4]


def test_accents_fall_away_and_unknown_words_are_unknown():
    assert WordPiece(PIECES, 0, lowercase=True).ids("É xyz") == [6, 0]
