"""What comes next: the open form, else the rule of the intent, and after any action the assistant listens."""

from __future__ import annotations

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import LOOP_RULES, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

_AFTER_ACTION = "one action a message"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class CasePolicy(RulePolicy):
    """RulePolicy with one action for each message.

    Rasa would run a form again right after a custom action has opened it, would answer the intent `restart` over the
    head of an open form, and would look for rules on the wording of a message. None of that is wanted here.
    """

    def _predict(self, tracker: DialogueStateTracker, domain: Domain) -> tuple[PolicyPrediction, str | None]:
        action, source = self._next_action(tracker, domain)
        if action is None:
            return self._rule_prediction(self._default_predictions(domain), source), source
        return self._rule_prediction(self._prediction_result(action, tracker, domain), source), source

    def _next_action(self, tracker: DialogueStateTracker, domain: Domain) -> tuple[str | None, str]:
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            return ACTION_LISTEN_NAME, _AFTER_ACTION
        if tracker.active_loop_name:
            return tracker.active_loop_name, LOOP_RULES + tracker.active_loop_name
        action, source, _ = self._find_action_from_rules(tracker, domain, use_text_for_last_user_input=False)
        return action, source or _AFTER_ACTION
