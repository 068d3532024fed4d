import pytest

from bot.nlu import sentences
from bot.nlu.encoder import HashedEncoder, best
from bot.nlu.entity_model import EntityModel


@pytest.fixture(scope="module", params=[HashedEncoder, best], ids=["without an encoder", "with one"])
def folder(request, utterances, tmp_path_factory):
    folder = tmp_path_factory.mktemp("entities")
    EntityModel.fit(utterances, "data/tables", folder, request.param())
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return EntityModel.load(folder)


def entities(model, text, asks=None):
    return model.find(sentences.read(model.encoder, text), asks)


def found(model, text, asks=None):
    return [(each["entity"], each["value"]) for each in entities(model, text, asks)]


def test_learned_and_listed_entities_are_found(model):
    assert found(model, "我家扫地机漏水") == [("product_type", "扫地机"), ("fault_symptom", "漏水")]


def test_values_stay_as_written_with_their_stored_form_beside(model):
    text = "電視坏了，電話 138 0000 1234"
    phone = entities(model, text)[-1]
    assert phone["value"] == text[phone["start"] : phone["end"]] == "138 0000 1234"
    assert phone["normal"] == "13800001234"


def test_a_product_inside_another_word_is_none(model):
    assert found(model, "手机号是13800001234") == [("phone", "13800001234")]


@pytest.mark.parametrize("text", ["", " ", "😡😡", "{{7*7}} ${jndi:ldap://a}", "啊" * 3000, "\x00\u200b", "1" * 500])
def test_spans_never_overlap_and_match_the_text(model, text):
    end = 0
    for entity in entities(model, text):
        assert end <= entity["start"] < entity["end"] <= len(text)
        assert text[entity["start"] : entity["end"]] == entity["value"]
        end = entity["end"]
