"""Where personal data stand: every table that hangs on a customer, and what takes the place of what is personal.

The one list for export, erasure and retention. A test fails when a new column with free text is not named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GONE = "[已按个人信息保护要求删除]"


@dataclass(frozen=True)
class Place:
    """Rows of `table` whose `by` is one of the parent's ids. `personal`: columns and what stands in them afterwards.

    `harmless`: texts that tell nothing of a person (codes, numbers, states). `rows`: "keep", or "delete" to remove
    them wholly. `trim`: JSON columns of which only the named keys stay, at every depth;
    those in `blank` stay as empty texts.
    """

    table: str
    by: str
    personal: Mapping[str, Any] = field(default_factory=dict)
    harmless: frozenset[str] = frozenset()
    rows: str = "keep"
    trim: Mapping[str, frozenset[str]] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()


def _codes(names: str) -> frozenset[str]:
    return frozenset(names.split())


DECISION = _codes("options primary payer reason rule confidence coverage basis category policy_version start end")
EVENT = _codes("before after status severity kind priority engineer_id assignee_id")
FACTS = _codes("product_type model fault_code mode paid opened purchase_date brand")

CONVERSATION: tuple[Place, ...] = (
    Place("messages", "conversation_id", {"text": GONE, "payload": None, "buttons": None, "attachments": None},
          _codes("conversation_id author external_id turn_id")),
    Place("turns", "conversation_id", {"text": "", "outcome": None, "understood": None},
          _codes("id conversation_id state handled_by")),
    Place("intakes", "conversation_id", {"dialogue": {}, "decision": None}, _codes("conversation_id state kind"),
          trim={"facts": FACTS}),
    Place("dialogue_states", "conversation_id", {"data": {}}, rows="delete"),
    Place("identity_codes", "conversation_id", {"phone": "", "nonce": ""}, rows="delete"),
    Place("doubtful_messages", "conversation_id", {"text": ""}, _codes("turn_id asks predicted label second_label"),
          rows="delete"),
    Place("outbox", "conversation_id", {"error": None}, _codes("conversation_id channel state")),
    Place("callbacks", "conversation_id", {"phone": None}, _codes("conversation_id reason state")),
    Place("ratings", "conversation_id", {"reason": ""}, _codes("conversation_id")),
    Place("calls", "conversation_id", {"caller": None, "recording": None, "handled_note": ""},
          _codes("id conversation_id called danger next outcome")),
    Place("alarms", "conversation_id", {"summary": "", "reason": ""},
          _codes("key subject conversation_id kind state raised_by taken_by")),
    Place("follow_ups", "conversation_id", {"data": {}}, _codes("key kind conversation_id state result")),
)
TICKET: tuple[Place, ...] = (
    Place(
        "tickets", "id",
        {"symptom": GONE, "severity_reason": "", "contact_name": None, "contact_phone": None, "address": None,
         "visit_text": None, "order_number": None, "attachments": [], "resolution": None},
        _codes("number kind status severity conversation_id serial_number product_type product_model fault_code "
               "service_mode payer quote service_level deadlines pauses severity_changes reached linked_tickets"),
        trim={"decision": DECISION}, blank=frozenset({"sentence", "derivation"}),
    ),
    Place("ticket_events", "ticket_id", {"reason": ""}, _codes("kind actor"), trim={"data": EVENT}),
    Place("ticket_notes", "ticket_id", {"text": GONE}, _codes("author")),
    Place("service_reports", "ticket_id", {"text": GONE}, _codes("author")),
    Place("visits", "ticket_id", {"place": ""}, _codes("state")),
    Place("callbacks", "ticket_id", {"phone": None}, _codes("conversation_id reason state")),
    Place("ratings", "ticket_id", {"reason": ""}, _codes("conversation_id")),
    Place("alarms", "ticket_id", {"summary": "", "reason": ""},
          _codes("key subject conversation_id kind state raised_by taken_by")),
    Place("follow_ups", "ticket_id", {"data": {}}, _codes("key kind conversation_id state result")),
    Place("complaints", "ticket_id", {}, _codes("grade reasons")),
)
CUSTOMER: tuple[Place, ...] = (
    Place("identities", "customer_id", {"external_id": ""}, _codes("channel account proof"), rows="delete"),
    Place("devices", "customer_id", {"order_number": None, "invoice_no": None},
          _codes("serial_number serial_key model sale_channel contract_no region")),
    Place("contracts", "customer_id", {}, _codes("contract_no service_level start_basis exchange_rule coverage")),
)
OF_MESSAGE: tuple[Place, ...] = (
    Place("wechat_media", "message_id", {"media_id": "", "url": "", "file": None}, _codes("account state error"),
          rows="delete"),
)
OF_CALL: tuple[Place, ...] = (
    Place("call_turns", "call_id", {"text": ""}, _codes("call_id kind")),
    Place("voicemails", "call_id", {"file": None, "transcript": "", "handled_note": ""},
          _codes("call_id state danger")),
)
OF_NUMBER: tuple[Place, ...] = (
    Place("calls", "caller", {"caller": None, "recording": None, "handled_note": ""},
          _codes("id conversation_id called danger next outcome")),
    Place("identity_codes", "phone", {"phone": "", "nonce": ""}, rows="delete"),
)
OF_ALARM: tuple[Place, ...] = (
    Place("staff_notices", "alarm_id", {"title": "", "text": GONE},
          _codes("key purpose medium address link state error")),
)
OF_TURN: tuple[Place, ...] = (
    Place("turn_effects", "turn_id", {"result": {}}, _codes("turn_id use_case"), rows="delete"),
)
OF_OPENID: tuple[Place, ...] = (
    Place("wechat_inbound", "openid", {"openid": "", "reply": None}, _codes("account key conversation_id turn_id"),
          rows="delete"),
    Place("wechat_notices", "openid", {"openid": "", "data": {}},
          _codes("account purpose kind template_id msgid status"), rows="delete"),
    Place("wechat_consents", "openid", {"openid": ""}, _codes("account template_id"), rows="delete"),
)
EVERY = (*CONVERSATION, *TICKET, *CUSTOMER, *OF_MESSAGE, *OF_CALL, *OF_NUMBER, *OF_ALARM, *OF_TURN, *OF_OPENID)

# Written by hand in erase.py: their names are not simply emptied.
SPECIAL = {"customers", "conversations", "wechat_users"}
# About the firm and its people, or about nobody; the audit log is kept as the law asks of it.
NOT_ABOUT_CUSTOMERS = _codes(
    "agent_groups api_keys articles audit_log branches engineers oncall_shifts policy_versions prices products "
    "saved_settings signin_failures signing_keys staff ticket_counters wechat_accounts canned_replies engineer_leaves "
    "oncall_people password_links staff_seen staff_sessions chat_reads oncall_swaps privacy_notices waits_told "
    "mentions maintenance_plans repairs wechat_sent follow_plans alarm_steps"
)
