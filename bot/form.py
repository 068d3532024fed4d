"""The form: one call of its validation action for each message, and nothing else."""

from __future__ import annotations

from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.remote import LeanRemoteAction


class OneCallForm(FormAction):
    """`validate_<form>` hears every message while the form is open.

    The action says what there is to say, sets `requested_slot` to the next question, and ends the form by setting it
    to null or by an `ActiveLoop(None)`. Rasa's own form would also extract slots, ask by `utter_ask_…`, and reject a
    message that fills nothing; here the action decides all that.
    """

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        validate = LeanRemoteAction(f"validate_{self.name()}", self.action_endpoint)
        events = await validate.run(output_channel, nlg, tracker, domain)
        opened: list[Event] = [] if tracker.active_loop_name == self.name() else [ActiveLoop(self.name())]
        return [*opened, *events, *_closing(events)]


def _closing(events: list[Event]) -> list[Event]:
    asked = [event.value for event in events if isinstance(event, SlotSet) and event.key == REQUESTED_SLOT]
    loops = [event.name for event in events if isinstance(event, ActiveLoop)]
    if loops and loops[-1] is None:
        return [SlotSet(REQUESTED_SLOT, None)]
    if asked and asked[-1] is None and not loops:
        return [ActiveLoop(None)]
    return []
