"""What our two Rasa components share: how they are made, and one encoding of a message for both."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from typing_extensions import Self

from bot.nlu import sentences
from bot.nlu.encoder import Encoder
from bot.nlu.sentences import Sentence

_SENTENCE = "sentence"


class Component(GraphComponent):
    """A component with its configuration and its place in Rasa's model storage."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(config, model_storage, resource)


def asked(message: Message) -> str | None:
    """The question that was pending when the message came."""
    return (message.get("metadata") or {}).get("asks")


def sentence_of(message: Message, encoder: Encoder) -> Sentence:
    """The message, encoded; kept with it, so that the next component finds it."""
    known: Sentence | None = message.get(_SENTENCE)
    if known is None:
        known = sentences.read(encoder, message.get("text") or "")
        message.set(_SENTENCE, known)
    return known
