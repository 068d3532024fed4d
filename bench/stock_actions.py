"""Actions of the stock project, as Rasa's documentation teaches them; run by `rasa_sdk` in its own environment."""

import itertools
import re
from datetime import date
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

_YEARS = 3
_numbers = itertools.count(1)
_tickets: dict[str, dict[str, Any]] = {}


class ValidateFaultForm(FormValidationAction):
    """Checks each answer of the form."""

    def name(self) -> str:
        return "validate_fault_form"

    def validate_product_model(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        found = re.search(r"[A-Za-z]+[- ]?\d+", str(value))
        return {"product_model": found.group().upper() if found else str(value)[:60]}

    def validate_purchase_date(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return {"purchase_date": _bought(str(value)).isoformat()}

    def validate_phone(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        found = re.search(r"1[3-9]\d{9}", re.sub(r"[ -]", "", str(value)))
        if found is None:
            dispatcher.utter_message(text="手机号应是 11 位数字。")
        return {"phone": found.group() if found else None}


class CheckWarranty(Action):
    """Says whether the device is under warranty."""

    def name(self) -> str:
        return "action_check_warranty"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        bought = tracker.get_slot("purchase_date")
        if bought is None:
            dispatcher.utter_message(text="知道购买日期后告诉您。")
        elif (date.today() - date.fromisoformat(bought)).days <= 365 * _YEARS:
            dispatcher.utter_message(text="还在保修期内。")
        else:
            dispatcher.utter_message(text="已过保修期。")
        return []


class OpenTicket(Action):
    """Opens a ticket in memory."""

    def name(self) -> str:
        return "action_open_ticket"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        number = f"TK{date.today():%Y%m%d}-{next(_numbers):04}"
        _tickets[number] = {name: tracker.get_slot(name) for name in ("product_model", "purchase_date", "phone")}
        dispatcher.utter_message(text=f"工单 {number} 已登记。")
        return [SlotSet("ticket", number)]


def _bought(text: str) -> date:
    year = re.search(r"(20\d\d)", text)
    ago = {"今年": 0, "去年": 1, "前年": 2}
    years = next((back for word, back in ago.items() if word in text), 0)
    return date(int(year.group(1)) if year else date.today().year - years, 11, 11)
