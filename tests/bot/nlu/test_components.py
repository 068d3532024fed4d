"""The graph components, trained and loaded through Rasa's model storage."""

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import encoder
from bot.nlu.entities import EntityExtractor
from bot.nlu.intents import IntentClassifier
from bot.nlu.tokenizer import CharacterTokenizer


@pytest.fixture(scope="module")
def parse(utterances, tmp_path_factory):
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("storage"))
    context = ExecutionContext(GraphSchema({}))
    examples = [_example(each) for each in utterances]
    loaded = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder, "best", encoder.HashedEncoder)
        for kind in (IntentClassifier, EntityExtractor):
            place = Resource(kind.__name__)
            kind.create(kind.get_default_config(), storage, place, context).train(TrainingData(examples))
            loaded.append(kind.load(kind.get_default_config(), storage, place, context))

    def parse(text, **metadata):
        message = Message(data={"text": text, "metadata": metadata or None})
        for component in loaded:
            component.process([message])
        return message.as_dict(only_output_properties=True)

    return parse


def test_the_output_has_everything(parse):
    result = parse("我家洗衣机漏水，电话13800001234")
    assert result["intent"] == result["intent_ranking"][0]
    assert set(result["intent"]) == {"name", "confidence"}
    assert [each["entity"] for each in result["entities"]] == ["product_type", "fault_symptom", "phone"]
    assert result["entities"][-1]["normal"] == "13800001234"
    assert "secondary_intent" in result


def test_metadata_may_be_missing_or_name_a_question(parse):
    assert parse("13800001234")["entities"] == parse("13800001234", asks="phone")["entities"]


def test_an_empty_message_is_understood_as_something(parse):
    assert parse("")["intent"]["name"]


def test_tokens_are_characters():
    tokens = CharacterTokenizer(CharacterTokenizer.get_default_config()).tokenize(
        Message(data={"text": "空调 E1"}), "text"
    )
    assert [(token.text, token.start) for token in tokens] == [("空", 0), ("调", 1), ("E", 3), ("1", 4)]


def _example(utterance):
    entities = [
        {"entity": span.entity, "start": span.start, "end": span.end, "value": utterance.text[span.start : span.end]}
        for span in utterance.entities
    ]
    metadata = {"example": {"secondary": utterance.secondary}} if utterance.secondary else None
    data = {"text": utterance.text, "intent": utterance.intent, "entities": entities, "metadata": metadata}
    return Message(data=data)
