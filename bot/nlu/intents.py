"""The Rasa component that names the intent of a message, and the second one if there are two."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import data
from bot.nlu.intent_model import IntentModel

_RANKED = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Sets `intent`, `intent_ranking` and `secondary_intent` of each message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    def __init__(self, storage: ModelStorage, resource: Resource, model: IntentModel | None = None) -> None:
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model and keep it in Rasa's model storage."""
        utterances = data.from_rasa(training_data)
        self._model = IntentModel.fit([each.text for each in utterances], [each.intent for each in utterances])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Label the messages in place."""
        for message in messages:
            self._label(message)
        return messages

    def _label(self, message: Message) -> None:
        assert self._model is not None
        text = message.get("text") or ""
        row = self._model.probabilities([text])[0]
        best = row.argsort()[::-1][:_RANKED]
        ranking = [{"name": self._model.labels[at], "confidence": float(row[at])} for at in best]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("secondary_intent", None, add_to_output=True)
