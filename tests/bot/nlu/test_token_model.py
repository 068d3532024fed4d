import numpy as np
import pytest

from bot.nlu import sentences as sentence_module
from bot.nlu import token_model
from bot.nlu.token_model import OUTSIDE, TokenModel


@pytest.fixture(scope="module")
def encoded(sentences, utterances):
    return sentence_module.read_all(sentences, [each.text for each in utterances])


@pytest.fixture(scope="module")
def model(encoded, utterances):
    return TokenModel.fit(encoded * 60, utterances * 60)


def test_every_character_has_chances_that_sum_to_one(model, encoded):
    chances = model.chances(encoded[0])
    assert chances.shape == (len(encoded[0].text), len(model.labels))
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)


def test_a_product_that_was_never_named_is_likelier_one_than_the_words_before_it(model, sentences):
    chances = model.chances(sentence_module.read(sentences, "我家烘干机漏水"))[:, model.labels.index("product_type")]
    assert chances[2:5].min() > chances[:2].max()


def test_saved_and_loaded_it_says_the_same(model, encoded, tmp_path):
    model.save(tmp_path / "tokens.npz")
    loaded = TokenModel.load(tmp_path / "tokens.npz")
    assert loaded.labels == model.labels
    assert np.array_equal(loaded.chances(encoded[3]), model.chances(encoded[3]))


def test_no_tokens_belong_to_nothing(model):
    blank = sentence_module.Sentence("空调", np.zeros(768, np.float32), np.zeros((0, 768), np.float32))
    assert (model.chances(blank)[:, model.labels.index(OUTSIDE)] == 1).all()


def test_each_utterance_is_judged_by_a_model_that_has_not_seen_it(encoded, utterances, model):
    unseen = token_model.unseen_chances(encoded, utterances, model.labels)
    assert [each.shape for each in unseen] == [(len(each.text), len(model.labels)) for each in utterances]
