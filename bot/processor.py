"""Rasa's message processor, so that a turn is done wholly or leaves no trace."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import Action
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

from bot.form import OneCallForm
from bot.remote import LeanRemoteAction

_MOST_ACTIONS = 10  # an action may name the one that follows it; so many in a row are a circle


class TurnProcessor(MessageProcessor):
    """Raises what Rasa would log and forget, and skips slot extraction (every slot is set by actions).

    Knows what bot.policy.CasePolicy makes of a message: one action, then the assistant listens.

    The tracker is saved once, at the end; so an exception on the way leaves the stored one as it
    was, and the same message can be handled again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Rasa wraps the store so that a failing database is silently replaced by an empty memory: no.
        self.tracker_store = getattr(self.tracker_store, "_tracker_store", self.tracker_store)
        self._actions: dict[str, Action] = {}

    async def _update_tracker_session(
        self, tracker: DialogueStateTracker, output_channel: OutputChannel, metadata: dict[str, Any] | None = None
    ) -> None:
        if not tracker.events:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)

    async def take(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        """Handle a message of this tracker's conversation and save the tracker."""
        await self._update_tracker_session(tracker, message.output_channel)
        await self._handle_message_with_tracker(message, tracker)
        await self._run_prediction_loop(message.output_channel, tracker)
        await self.save_tracker(tracker)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Intents and entities are the model's own; Rasa would build an empty domain for each message to compare."""

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        return tracker

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """As Rasa's, without the copies of text and entities that it makes for its log of what customers say."""
        if tracker is None or self.http_interpreter:
            return await super().parse_message(message, tracker, only_output_properties)
        parsed: dict[str, Any] = self._parse_message_with_graph(message, tracker, only_output_properties)
        return parsed

    async def _run_prediction_loop(self, output_channel: OutputChannel, tracker: DialogueStateTracker) -> None:
        """One action, and what it asks for by name; then the assistant listens, for which no policy need be asked."""
        for _ in range(_MOST_ACTIONS):
            if not self._should_handle_message(tracker):
                return
            action, prediction = self.predict_next_with_tracker_if_should(tracker)
            if not await self._run_action(action, tracker, output_channel, self.nlg, prediction):
                return
            if tracker.followup_action is None:
                break
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        prediction = self._predict_next_with_tracker(tracker)
        return self._get_action(self.domain.action_names_or_texts[prediction.max_confidence_index]), prediction

    def _get_action(self, action_name: str) -> Action:
        if action_name not in self._actions:
            self._actions[action_name] = self._make_action(action_name)
        return self._actions[action_name]

    def _make_action(self, name: str) -> Action:
        if name in self.domain.form_names:
            return OneCallForm(name, self.action_endpoint)
        if name in self.domain.user_actions and not name.startswith("utter_"):
            return LeanRemoteAction(name, self.action_endpoint)
        action = super()._get_action(name)
        assert action is not None
        return action

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        tracker.update_with_events(prediction.events, self.domain)
        events = await action.run(output_channel, nlg, tracker, self.domain)
        tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)
        await self.execute_side_effects(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())
