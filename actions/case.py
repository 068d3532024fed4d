"""The actions themselves: one for the open question of the form, one for each intent outside it.

All of them ask the service desk the same thing, what to answer to this turn; Rasa's rules and its form decide which
of them runs, and the desk's answer opens, keeps or ends the form.
"""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker import turn_of
from desk.cases.dialogue import Step, take

FORM = "case_form"
INTENTS = (
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "bot_challenge",
    "ask_capabilities",
    "restart",
    "out_of_scope",
    "report_fault",
    "report_emergency",
    "ask_how_to",
    "ask_warranty",
    "ask_policy",
    "request_return_exchange",
    "ask_price",
    "ask_service_info",
    "book_visit",
    "change_visit",
    "check_ticket",
    "urge_ticket",
    "add_to_ticket",
    "cancel_ticket",
    "report_unresolved",
    "complain",
    "rate_service",
    "talk_to_human",
    "request_callback",
    "inform",
    "dont_know",
    "ask_why",
)


class DeskAction(Action):
    """Asks the service desk for the answer to this turn."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        """The action's name in the domain."""
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say what the desk answers; the slots are the projection of its intake."""
        step = await asyncio.to_thread(take, turn_of(tracker))
        for reply in step.replies:
            dispatcher.utter_message(text=reply.text, buttons=reply.buttons or None)
        return self.events(step)

    def events(self, step: Step) -> list[EventType]:
        """The slots of the next turn, and whether a question is open."""
        loop = FORM if step.pending else None
        return [ActiveLoop(loop), *slots(step)]


class ValidateCaseForm(DeskAction):
    """Reads the answer to the open question; the next one, or none, is what the form goes on with."""

    def __init__(self) -> None:
        super().__init__(f"validate_{FORM}")

    def events(self, step: Step) -> list[EventType]:
        """Slots alone: the form itself ends when no question is left."""
        return slots(step)


def slots(step: Step) -> list[EventType]:
    """Rasa's slots: the open question and the intake, as projections."""
    return [SlotSet("intake", step.intake or None), SlotSet("requested_slot", step.pending)]


def all_actions() -> list[Action]:
    """Every custom action of the domain."""
    named = [DeskAction(f"action_{intent}") for intent in INTENTS]
    return [ValidateCaseForm(), DeskAction("action_default_fallback"), *named]
