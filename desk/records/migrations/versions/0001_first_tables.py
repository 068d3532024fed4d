"""First tables

Revision 0001: the first.
"""

import sqlalchemy as sa
from alembic import op

from desk.records.base import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("product_type", sa.String(length=60), nullable=False),
        sa.Column("symptom", sa.String(length=200), nullable=False),
        sa.Column("fault_code", sa.String(length=40), nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("safe", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("title", "product_type", name="uq_articles_title_product_type"),
    )
    op.create_index("ix_articles_product_type", "articles", ["product_type"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"], unique=False)
    op.create_index("ix_audit_log_subject", "audit_log", ["subject", "subject_id"], unique=False)
    op.create_table(
        "branches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("hours", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_branches"),
        sa.UniqueConstraint("name", name="uq_branches_name"),
    )
    op.create_index("ix_branches_city", "branches", ["city"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_no", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("notices_off", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("customer_no <> ''", name=op.f("ck_customers_customer_no")),
        sa.CheckConstraint("phone <> ''", name=op.f("ck_customers_phone")),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("customer_no", name="uq_customers_customer_no"),
    )
    op.create_index("ix_customers_phone", "customers", ["phone"], unique=False)
    op.create_table(
        "engineers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("skills", Json, nullable=False),
        sa.Column("regions", Json, nullable=False),
        sa.Column("shift", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_engineers"),
        sa.UniqueConstraint("phone", name="uq_engineers_phone"),
    )
    op.create_table(
        "prices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_prices_amount")),
        sa.PrimaryKeyConstraint("id", name="pk_prices"),
        sa.UniqueConstraint("item", "kind", "category", name="uq_prices_item_kind_category"),
    )
    op.create_table(
        "products",
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("product_type", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("brand", sa.String(length=60), nullable=False),
        sa.Column("main_parts", Json, nullable=False),
        sa.Column("promised_months", sa.Integer(), nullable=True),
        sa.Column("service_level", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "category IN ('home_appliance', 'micro_computer', 'mobile_phone', 'car', 'agricultural', 'contract', 'other')",  # noqa: E501
            name=op.f("ck_products_category"),
        ),
        sa.CheckConstraint("model <> ''", name=op.f("ck_products_model")),
        sa.CheckConstraint("promised_months > 0", name=op.f("ck_products_promised_months")),
        sa.PrimaryKeyConstraint("model", name="pk_products"),
    )
    op.create_index("ix_products_product_type", "products", ["product_type"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("groups", Json, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("presence", sa.String(length=8), nullable=False),
        sa.Column("chat_limit", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name=op.f("ck_staff_role")),
        sa.CheckConstraint("chat_limit >= 0", name=op.f("ck_staff_chat_limit")),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("login", name="uq_staff_login"),
    )
    op.create_table(
        "ticket_counters",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_ticket_counters"),
    )
    op.create_table(
        "turn_effects",
        sa.Column("turn_id", sa.String(length=40), nullable=False),
        sa.Column("use_case", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("result", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "use_case", "ordinal", name="pk_turn_effects"),
    )
    op.create_table(
        "contracts",
        sa.Column("contract_no", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("service_level", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("start_basis", sa.String(length=20), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("exchange_rule", sa.String(length=20), nullable=True),
        sa.Column("coverage", sa.String(length=300), nullable=False),
        sa.CheckConstraint("contract_no <> ''", name=op.f("ck_contracts_contract_no")),
        sa.CheckConstraint(
            "start_basis IN ('acceptance', 'signing', 'shipment', 'invoice', 'completion')",
            name=op.f("ck_contracts_start_basis"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contracts_order")),
        sa.CheckConstraint("months > 0", name=op.f("ck_contracts_months")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_contracts_customer_id_customers"),
        sa.PrimaryKeyConstraint("contract_no", name="pk_contracts"),
    )
    op.create_index("ix_contracts_customer_id", "contracts", ["customer_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=128), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", UtcDateTime(), nullable=True),
        sa.Column("queue_group", sa.String(length=40), nullable=True),
        sa.Column("handoff_reason", sa.String(length=32), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_message_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state <> 'agent' OR agent_id IS NOT NULL", name=op.f("ck_conversations_agent")),
        sa.CheckConstraint("state IN ('bot', 'queued', 'agent', 'closed')", name=op.f("ck_conversations_state")),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name="fk_conversations_agent_id_staff"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_conversations_customer_id_customers", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("channel", "account", "sender", name="uq_conversations_channel_account_sender"),
    )
    op.create_index("ix_conversations_agent_id", "conversations", ["agent_id"], unique=False)
    op.create_index("ix_conversations_customer_id", "conversations", ["customer_id"], unique=False)
    op.create_index("ix_conversations_last_message_at", "conversations", ["last_message_at"], unique=False)
    op.create_index("ix_conversations_queue", "conversations", ["state", "priority", "queued_at"], unique=False)
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("proof", sa.String(length=32), nullable=False),
        sa.Column("proved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_identities_customer_id_customers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("channel", "account", "external_id", name="uq_identities_channel_account_external_id"),
    )
    op.create_index("ix_identities_customer_id", "identities", ["customer_id"], unique=False)
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("serial_number", sa.String(length=80), nullable=False),
        sa.Column("serial_key", sa.String(length=80), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("order_number", sa.String(length=64), nullable=True),
        sa.Column("purchase_date", sa.Date(), nullable=True),
        sa.Column("invoice_date", sa.Date(), nullable=True),
        sa.Column("invoice_no", sa.String(length=64), nullable=True),
        sa.Column("sale_channel", sa.String(length=16), nullable=True),
        sa.Column("price_fen", sa.Integer(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("manufactured_on", sa.Date(), nullable=True),
        sa.Column("exchanged_on", sa.Date(), nullable=True),
        sa.Column("contract_no", sa.String(length=64), nullable=True),
        sa.Column("promised_until", sa.Date(), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=True),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "sale_channel IN ('store', 'online', 'tv', 'phone', 'mail')", name=op.f("ck_devices_sale_channel")
        ),
        sa.CheckConstraint("serial_number <> ''", name=op.f("ck_devices_serial_number")),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_devices_price")),
        sa.ForeignKeyConstraint(["contract_no"], ["contracts.contract_no"], name="fk_devices_contract_no_contracts"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_devices_customer_id_customers"),
        sa.ForeignKeyConstraint(["model"], ["products.model"], name="fk_devices_model_products"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("serial_number", name="uq_devices_serial_number"),
    )
    op.create_index("ix_devices_contract_no", "devices", ["contract_no"], unique=False)
    op.create_index("ix_devices_customer_id", "devices", ["customer_id"], unique=False)
    op.create_index("ix_devices_model", "devices", ["model"], unique=False)
    op.create_index("ix_devices_order", "devices", ["order_number"], unique=False)
    op.create_index("ix_devices_serial_key", "devices", ["serial_key"], unique=False)
    op.create_table(
        "dialogue_states",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_dialogue_states_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_dialogue_states"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=8), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=128), nullable=True),
        sa.Column("turn_id", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("buttons", Json, nullable=True),
        sa.Column("attachments", Json, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("author IN ('customer', 'bot', 'agent', 'system', 'note')", name=op.f("ck_messages_author")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_messages_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_messages_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("conversation_id", "external_id", name="uq_messages_conversation_id_external_id"),
        sa.UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_id_seq"),
    )
    op.create_index("ix_messages_turn_id", "messages", ["turn_id"], unique=False)
    op.create_table(
        "turns",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.String(length=8), nullable=True),
        sa.Column("outcome", Json, nullable=True),
        sa.Column("understood", Json, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("notice_sent", sa.Boolean(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'asked', 'answered', 'dropped')", name=op.f("ck_turns_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id_conversations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("conversation_id", "seq", name="uq_turns_conversation_id_seq"),
    )
    op.create_index("ix_turns_state", "turns", ["state", "next_try_at"], unique=False)
    op.create_table(
        "intakes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("dialogue", Json, nullable=False),
        sa.Column("decision", Json, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'ticketed', 'refused', 'closed')", name=op.f("ck_intakes_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_intakes_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name="fk_intakes_device_id_devices", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_intakes"),
    )
    op.create_index("ix_intakes_device_id", "intakes", ["device_id"], unique=False)
    op.create_index("ix_intakes_open", "intakes", ["conversation_id", "state"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'sent', 'failed', 'held')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_outbox_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_outbox_message_id_messages", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    )
    op.create_index("ix_outbox_conversation_id", "outbox", ["conversation_id"], unique=False)
    op.create_index("ix_outbox_due", "outbox", ["state", "next_try_at"], unique=False)
    op.create_table(
        "repairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("same_fault_key", sa.String(length=60), nullable=True),
        sa.Column("parts", Json, nullable=False),
        sa.Column("delay", sa.String(length=16), nullable=True),
        sa.CheckConstraint("delay IN ('parts', 'repairer')", name=op.f("ck_repairs_delay")),
        sa.CheckConstraint("returned_on >= received_on", name=op.f("ck_repairs_order")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_repairs_device_id_devices", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_repairs"),
        sa.UniqueConstraint("device_id", "received_on", "fault", name="uq_repairs_device_id_received_on_fault"),
    )
    op.create_index("ix_repairs_device_id", "repairs", ["device_id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("severity", sa.String(length=1), nullable=False),
        sa.Column("severity_reason", sa.String(length=200), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("intake_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("serial_number", sa.String(length=80), nullable=True),
        sa.Column("product_type", sa.String(length=60), nullable=True),
        sa.Column("product_model", sa.String(length=80), nullable=True),
        sa.Column("symptom", sa.String(length=500), nullable=False),
        sa.Column("fault_code", sa.String(length=40), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=True),
        sa.Column("contact_phone", sa.String(length=32), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("service_mode", sa.String(length=10), nullable=True),
        sa.Column("visit_start", UtcDateTime(), nullable=True),
        sa.Column("visit_end", UtcDateTime(), nullable=True),
        sa.Column("visit_text", sa.String(length=120), nullable=True),
        sa.Column("payer", sa.String(length=24), nullable=True),
        sa.Column("decision", Json, nullable=True),
        sa.Column("quote", Json, nullable=True),
        sa.Column("service_level", sa.String(length=40), nullable=True),
        sa.Column("deadlines", Json, nullable=False),
        sa.Column("pauses", Json, nullable=False),
        sa.Column("urge_count", sa.Integer(), nullable=False),
        sa.Column("repeat_repair", sa.Boolean(), nullable=False),
        sa.Column("linked_tickets", Json, nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=True),
        sa.Column("attachments", Json, nullable=False),
        sa.Column("engineer_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('repair', 'return', 'exchange', 'complaint', 'inquiry', 'installation', 'maintenance')",
            name=op.f("ck_tickets_kind"),
        ),
        sa.CheckConstraint(
            "service_mode IS NULL OR service_mode IN ('on_site', 'carry_in', 'mail_in', 'pickup')",
            name=op.f("ck_tickets_service_mode"),
        ),
        sa.CheckConstraint("severity IN ('A', 'B', 'C')", name=op.f("ck_tickets_severity")),
        sa.CheckConstraint(
            "status IN ('new', 'accepted', 'scheduled', 'in_progress', 'resolved', 'closed', 'cancelled', 'reopened')",
            name=op.f("ck_tickets_status"),
        ),
        sa.CheckConstraint("urge_count >= 0", name=op.f("ck_tickets_urge_count")),
        sa.CheckConstraint("visit_end >= visit_start", name=op.f("ck_tickets_visit_order")),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name="fk_tickets_assignee_id_staff"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_tickets_conversation_id_conversations",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_tickets_customer_id_customers", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name="fk_tickets_device_id_devices", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["engineer_id"], ["engineers.id"], name="fk_tickets_engineer_id_engineers"),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intakes.id"], name="fk_tickets_intake_id_intakes", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("number", name="uq_tickets_number"),
    )
    op.create_index("ix_tickets_assignee_id", "tickets", ["assignee_id"], unique=False)
    op.create_index("ix_tickets_contact_phone", "tickets", ["contact_phone"], unique=False)
    op.create_index("ix_tickets_conversation_id", "tickets", ["conversation_id"], unique=False)
    op.create_index("ix_tickets_customer_id", "tickets", ["customer_id"], unique=False)
    op.create_index("ix_tickets_device_id", "tickets", ["device_id"], unique=False)
    op.create_index("ix_tickets_engineer_id", "tickets", ["engineer_id"], unique=False)
    op.create_index("ix_tickets_intake_id", "tickets", ["intake_id"], unique=False)
    op.create_index("ix_tickets_serial_number", "tickets", ["serial_number"], unique=False)
    op.create_index("ix_tickets_status_opened", "tickets", ["status", "opened_at"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('promised', 'kept', 'missed', 'cancelled')", name=op.f("ck_callbacks_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_callbacks_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_callbacks_ticket_id_tickets", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_conversation_id", "callbacks", ["conversation_id"], unique=False)
    op.create_index("ix_callbacks_due", "callbacks", ["state", "due_at"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_ratings_score")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_ratings_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ratings_ticket_id_tickets", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_conversation_id", "ratings", ["conversation_id"], unique=False)
    op.create_table(
        "ticket_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ticket_events_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_events"),
    )
    op.create_index("ix_ticket_events_ticket_id", "ticket_events", ["ticket_id"], unique=False)
    op.create_table(
        "ticket_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ticket_notes_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_notes"),
    )
    op.create_index("ix_ticket_notes_ticket_id", "ticket_notes", ["ticket_id"], unique=False)
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("intake_id", sa.Integer(), nullable=True),
        sa.Column("engineer_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('held', 'booked', 'cancelled', 'done')", name=op.f("ck_visits_state")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visits_order")),
        sa.ForeignKeyConstraint(["engineer_id"], ["engineers.id"], name="fk_visits_engineer_id_engineers"),
        sa.ForeignKeyConstraint(["intake_id"], ["intakes.id"], name="fk_visits_intake_id_intakes", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_visits_ticket_id_tickets", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )
    op.create_index("ix_visits_engineer_id", "visits", ["engineer_id"], unique=False)
    op.create_index("ix_visits_intake_id", "visits", ["intake_id"], unique=False)
    op.create_index("ix_visits_ticket_id", "visits", ["ticket_id"], unique=False)
    op.create_index(
        "uq_visits_engineer_id_starts_at",
        "visits",
        ["engineer_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("state IN ('held', 'booked')"),
        postgresql_where=sa.text("state IN ('held', 'booked')"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_visits_engineer_id_starts_at",
        table_name="visits",
        sqlite_where=sa.text("state IN ('held', 'booked')"),
        postgresql_where=sa.text("state IN ('held', 'booked')"),
    )
    op.drop_index("ix_visits_ticket_id", table_name="visits")
    op.drop_index("ix_visits_intake_id", table_name="visits")
    op.drop_index("ix_visits_engineer_id", table_name="visits")
    op.drop_table("visits")
    op.drop_index("ix_ticket_notes_ticket_id", table_name="ticket_notes")
    op.drop_table("ticket_notes")
    op.drop_index("ix_ticket_events_ticket_id", table_name="ticket_events")
    op.drop_table("ticket_events")
    op.drop_index("ix_ratings_conversation_id", table_name="ratings")
    op.drop_table("ratings")
    op.drop_index("ix_callbacks_due", table_name="callbacks")
    op.drop_index("ix_callbacks_conversation_id", table_name="callbacks")
    op.drop_table("callbacks")
    op.drop_index("ix_tickets_status_opened", table_name="tickets")
    op.drop_index("ix_tickets_serial_number", table_name="tickets")
    op.drop_index("ix_tickets_intake_id", table_name="tickets")
    op.drop_index("ix_tickets_engineer_id", table_name="tickets")
    op.drop_index("ix_tickets_device_id", table_name="tickets")
    op.drop_index("ix_tickets_customer_id", table_name="tickets")
    op.drop_index("ix_tickets_conversation_id", table_name="tickets")
    op.drop_index("ix_tickets_contact_phone", table_name="tickets")
    op.drop_index("ix_tickets_assignee_id", table_name="tickets")
    op.drop_table("tickets")
    op.drop_index("ix_repairs_device_id", table_name="repairs")
    op.drop_table("repairs")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.drop_index("ix_outbox_conversation_id", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_intakes_open", table_name="intakes")
    op.drop_index("ix_intakes_device_id", table_name="intakes")
    op.drop_table("intakes")
    op.drop_index("ix_turns_state", table_name="turns")
    op.drop_table("turns")
    op.drop_index("ix_messages_turn_id", table_name="messages")
    op.drop_table("messages")
    op.drop_table("dialogue_states")
    op.drop_index("ix_devices_serial_key", table_name="devices")
    op.drop_index("ix_devices_order", table_name="devices")
    op.drop_index("ix_devices_model", table_name="devices")
    op.drop_index("ix_devices_customer_id", table_name="devices")
    op.drop_index("ix_devices_contract_no", table_name="devices")
    op.drop_table("devices")
    op.drop_index("ix_identities_customer_id", table_name="identities")
    op.drop_table("identities")
    op.drop_index("ix_conversations_queue", table_name="conversations")
    op.drop_index("ix_conversations_last_message_at", table_name="conversations")
    op.drop_index("ix_conversations_customer_id", table_name="conversations")
    op.drop_index("ix_conversations_agent_id", table_name="conversations")
    op.drop_table("conversations")
    op.drop_index("ix_contracts_customer_id", table_name="contracts")
    op.drop_table("contracts")
    op.drop_table("turn_effects")
    op.drop_table("ticket_counters")
    op.drop_table("staff")
    op.drop_index("ix_products_product_type", table_name="products")
    op.drop_table("products")
    op.drop_table("prices")
    op.drop_table("engineers")
    op.drop_index("ix_customers_phone", table_name="customers")
    op.drop_table("customers")
    op.drop_index("ix_branches_city", table_name="branches")
    op.drop_table("branches")
    op.drop_index("ix_audit_log_subject", table_name="audit_log")
    op.drop_index("ix_audit_log_at", table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_index("ix_articles_product_type", table_name="articles")
    op.drop_table("articles")
    op.drop_table("api_keys")
