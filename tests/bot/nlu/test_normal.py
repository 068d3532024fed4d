from bot.nlu.normal import for_encoder, for_ngrams


def test_script_width_and_long_numbers_are_folded():
    words, places = for_encoder("電視壞了，  序號１２３４５６ok")
    assert words == "电视坏了， 序号00000ok"
    assert len(places) == len(words)
    assert [places[words.index(sign)] for sign in "序0o"] == [7, 9, 15]


def test_numbers_become_signs_and_pauses_fall_away():
    assert for_ngrams("我的电话，13800001234。") == "我的电话 ☎"
    assert for_ngrams("TK20261116-0329到哪了") == "№到哪了"


def test_danger_is_marked():
    assert for_ngrams("插座冒烟了").endswith("⚠")
    assert not for_ngrams("没有冒烟").endswith("⚠")
