"""The Rasa component that names the intent of a message, and the second one if there are two."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import data, encoder
from bot.nlu.component import Component, asked, sentence_of
from bot.nlu.understanding import Thresholds, Understanding

_RANKED = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(Component):
    """Sets `intent`, `intent_ranking` and `secondary_intent` of each message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        usual = Thresholds()
        return {
            "emergency_threshold": usual.emergency,
            "danger_threshold": usual.danger,
            "second_threshold": usual.second,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._thresholds = Thresholds(*(config[f"{name}_threshold"] for name in ("emergency", "danger", "second")))
        self._understanding: Understanding | None = None

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._understanding = Understanding.load(folder, component._thresholds)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model and keep it in Rasa's model storage."""
        utterances = data.from_rasa(training_data)
        self._understanding = Understanding.fit(utterances, encoder.best(), self._thresholds)
        with self._storage.write_to(self._resource) as folder:
            self._understanding.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Label the messages in place."""
        for message in messages:
            self._label(message)
        return messages

    def _label(self, message: Message) -> None:
        assert self._understanding is not None
        sentence = sentence_of(message, self._understanding.model.encoder)
        reading = self._understanding.read(sentence, asked(message))
        ranking = [{"name": name, "confidence": chance} for name, chance in reading.ranking[:_RANKED]]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("secondary_intent", reading.second, add_to_output=True)
