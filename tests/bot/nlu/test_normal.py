from bot.nlu.normal import for_encoder, for_ngrams


def test_script_width_and_long_numbers_are_folded():
    assert for_encoder("電視壞了，序號１２３４５６") == "电视坏了，序号00000"


def test_numbers_become_signs_and_pauses_fall_away():
    assert for_ngrams("我的电话，13800001234。") == "我的电话 ☎"
    assert for_ngrams("TK20261116-0329到哪了") == "№到哪了"


def test_danger_is_marked():
    assert for_ngrams("插座冒烟了").endswith("⚠")
    assert not for_ngrams("没有冒烟").endswith("⚠")
