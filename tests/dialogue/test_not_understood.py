"""What nobody labelled right is still met: wrongs as a complaint, curses calmly, data with the open question."""

from tests.dialogue.conftest import Talk


def test_a_wrong_that_is_told_is_a_complaint(world) -> None:
    talk = Talk()
    talk.say("你们师傅昨天来修 收了我三百 没给发票 也没修好", "nlu_fallback", confidence=0.2)
    assert "对不起" in talk.last
    assert talk.steps[-1].journey == "complaint"


def test_a_question_about_money_is_no_complaint(world) -> None:
    talk = Talk()
    talk.say("那个东西弄一下要钱吗你们", "nlu_fallback", confidence=0.2)
    assert talk.steps[-1].journey is None


def test_a_curse_is_met_calmly(world) -> None:
    talk = Talk()
    talk.say("滚", "nlu_fallback", confidence=0.2)
    assert "着急" in talk.last


def test_the_thing_named_again_keeps_the_question(world) -> None:
    talk = Talk()
    talk.say("灯不亮", "report_fault", product_type="灯", fault_symptom="不亮")
    asked = talk.steps[-1].pending
    talk.say("吸顶灯", product_type="吸顶灯")
    assert (talk.steps[-1].pending, talk.steps[-1].asks) == (asked, asked)


def test_what_a_phone_fell_into_is_not_broken(world) -> None:
    talk = Talk()
    talk.say("孩子把手机掉马桶了 开不了机", "report_fault", product_type=["手机", "马桶"], fault_symptom="开不了机")
    assert "手机" in talk.last
    assert "马桶" not in talk.last


def test_a_wish_for_a_repair_ends_the_question_about_the_cover(world) -> None:
    talk = Talk()
    talk.say("热水器不出热水了 还保不保", "ask_warranty", product_type="热水器", fault_symptom="不出热水")
    talk.say("那来修吧", "affirm")
    assert talk.steps[-1].journey == "fault"


def test_no_serial_number_is_heard_at_any_question(world) -> None:
    talk = Talk()
    told = {"product_type": "洗衣机", "fault_symptom": "漏水", "purchase_date": "买了八个月"}
    talk.say("洗衣机漏水 买了八个月", "report_fault", **told)
    talk.say("没有序列号", "dont_know")
    assert talk.steps[-1].pending == "phone"
    talk.say("不知道序列号在哪", "dont_know")
    assert "没有序列号也能办" in talk.last
    assert talk.steps[-1].pending == "phone"


def test_a_date_told_for_the_serial_number_is_taken(world) -> None:
    talk = Talk()
    talk.say("手机老是自动重启", "report_fault", product_type="手机", fault_symptom="自动重启")
    assert talk.steps[-1].pending == "serial_number"
    talk.say("大概前年")
    assert talk.steps[-1].intake["purchase_date"].startswith("2024")
    assert talk.steps[-1].pending != "purchase_date"


def test_the_cover_of_a_thing_bought_then_is_no_rule(world) -> None:
    talk = Talk()
    talk.say("三包凭证丢了还能保修吗", "ask_policy")
    talk.say("那国庆买的空调保到啥时候", "ask_warranty", product_type="空调", purchase_date="国庆买的")
    assert "您具体想了解哪一条" not in talk.last


def test_neighbours_learn_nothing(world) -> None:
    talk = Talk()
    talk.say("我是李女士的邻居 她家的空调你们修好了吗", "greet")
    assert "只能告诉本人" in talk.last
