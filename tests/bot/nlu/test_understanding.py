import numpy as np
import pytest

from bot.nlu import sentences
from bot.nlu.encoder import HashedEncoder
from bot.nlu.understanding import Thresholds, Understanding


@pytest.fixture(scope="module")
def understanding(utterances):
    return Understanding.fit(utterances, HashedEncoder(), Thresholds())


def sentence(text):
    return sentences.read(HashedEncoder(), text)


def test_the_likeliest_intent_comes_first_and_confidences_sum_to_one(understanding):
    ranking = understanding.read(sentence("加氟多少钱")).ranking
    assert ranking[0][0] == "ask_price"
    assert sum(chance for _, chance in ranking) == pytest.approx(1)
    assert [chance for _, chance in ranking] == sorted((chance for _, chance in ranking), reverse=True)


def test_danger_comes_first_even_when_another_intent_is_likelier(understanding):
    labels = understanding.model.labels
    whole = np.log(np.array([0.9 if label == "ask_price" else 0.05 for label in labels]))
    assert understanding.decide("插座冒烟了，修要多少钱", whole[None]).ranking[0][0] == "report_emergency"
    assert understanding.decide("没有冒烟", whole[None]).ranking[0][0] == "ask_price"


def test_a_clear_contradiction_outweighs_dangerous_words(understanding):
    labels = understanding.model.labels
    whole = np.log(np.array([0.001 if label == "report_emergency" else 0.4995 for label in labels]))
    assert understanding.decide("插座冒烟了", whole[None]).ranking[0][0] != "report_emergency"


def test_the_second_wish_is_found(understanding):
    reading = understanding.read(sentence("我家电视漏水，修一下多少钱"))
    assert (reading.ranking[0][0], reading.second) == ("report_fault", "ask_price")


def test_a_fault_comes_before_the_question_about_it(understanding):
    whole = {"ask_price": 0.6, "report_fault": 0.39, "report_emergency": 0.01}
    news = {"ask_price": 0.01, "report_fault": 0.98, "report_emergency": 0.01}
    question = {"ask_price": 0.98, "report_fault": 0.01, "report_emergency": 0.01}
    chances = np.log([[likely[label] for label in understanding.model.labels] for likely in (whole, news, question)])
    reading = understanding.decide("我家电视漏水，修一下多少钱", chances)
    assert (reading.ranking[0], reading.second) == (("report_fault", pytest.approx(0.6)), "ask_price")


def test_one_clause_has_no_second_wish(understanding):
    assert understanding.read(sentence("我家电视黑屏")).second is None


def test_saved_and_loaded_it_reads_the_same(understanding, tmp_path):
    understanding.save(tmp_path)
    loaded = Understanding.load(tmp_path, Thresholds())
    for text in ("空调不制冷，多少钱", "插座冒烟了", "？", ""):
        assert loaded.read(sentence(text)) == understanding.read(sentence(text))
