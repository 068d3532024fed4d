"""The Rasa component that finds entities: tables, a trained tagger and the finders of `desk.language`."""

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
from bot.nlu.entity_model import EntityModel


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityExtractor(Component):
    """Sets `entities` of each message; spans never overlap and values stay as written."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"tables": "data/tables"}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._model: EntityModel | None = None

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EntityExtractor:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = EntityModel.load(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Train the tagger and keep it, with the tables, in Rasa's model storage."""
        with self._storage.write_to(self._resource) as folder:
            annotated = [each for each in data.from_rasa(training_data) if each.annotated]
            self._model = EntityModel.fit(annotated, self._config["tables"], folder, encoder.best())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the entities of the messages in place."""
        for message in messages:
            message.set("entities", self._find(message), add_to_output=True)
        return messages

    def _find(self, message: Message) -> list[dict[str, Any]]:
        assert self._model is not None
        found = self._model.find(sentence_of(message, self._model.encoder), asked(message))
        return [{**entity, "extractor": "EntityExtractor"} for entity in found]
