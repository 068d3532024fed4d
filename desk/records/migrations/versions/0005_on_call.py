"""on call: rota, alarms and their steps, notices to staff

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from desk.records.base import Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oncall_shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("days", sa.String(length=8), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("people", Json, nullable=False),
        sa.Column("turn", sa.String(length=4), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.CheckConstraint("days IN ('every', 'workday', 'restday', 'holiday')", name=op.f("ck_oncall_shifts_days")),
        sa.CheckConstraint("turn IN ('none', 'day', 'week')", name=op.f("ck_oncall_shifts_turn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_shifts")),
        sa.UniqueConstraint("name", name=op.f("uq_oncall_shifts_name")),
    )
    op.create_table(
        "oncall_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("engineer_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("mail", sa.String(length=120), nullable=False),
        sa.Column("wecom", sa.String(length=64), nullable=False),
        sa.Column("dingtalk", sa.String(length=64), nullable=False),
        sa.Column("duty_group", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_oncall_people_name")),
        sa.CheckConstraint("role IN ('engineer', 'supervisor', 'manager')", name=op.f("ck_oncall_people_role")),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_oncall_people_engineer_id_engineers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_oncall_people_staff_id_staff"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_people")),
        sa.UniqueConstraint("name", name=op.f("uq_oncall_people_name")),
    )
    op.create_table(
        "oncall_swaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("out_id", sa.Integer(), nullable=False),
        sa.Column("in_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_oncall_swaps_order")),
        sa.ForeignKeyConstraint(
            ["in_id"], ["oncall_people.id"], name=op.f("fk_oncall_swaps_in_id_oncall_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["out_id"], ["oncall_people.id"], name=op.f("fk_oncall_swaps_out_id_oncall_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_swaps")),
    )
    with op.batch_alter_table("oncall_swaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oncall_swaps_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_oncall_swaps_out_id"), ["out_id"], unique=False)

    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("raised_by", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.String(length=80), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('ringing', 'acknowledged', 'called_off')", name=op.f("ck_alarms_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_alarms_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["oncall_people.id"], name=op.f("fk_alarms_person_id_oncall_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_alarms_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("key", name=op.f("uq_alarms_key")),
        sa.UniqueConstraint("subject", name=op.f("uq_alarms_subject")),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarms_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_alarms_state", ["state", "raised_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alarms_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "alarm_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("people", Json, nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('person', 'leaders')", name=op.f("ck_alarm_steps_kind")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'skipped')", name=op.f("ck_alarm_steps_state")),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_steps_alarm_id_alarms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_steps")),
        sa.UniqueConstraint("alarm_id", "number", name=op.f("uq_alarm_steps_alarm_id_number")),
    )
    with op.batch_alter_table("alarm_steps", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_steps_due", ["state", "due_at"], unique=False)

    op.create_table(
        "staff_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("medium", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'sent', 'failed', 'cancelled')", name=op.f("ck_staff_notices_state")),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarms.id"], name=op.f("fk_staff_notices_alarm_id_alarms"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["oncall_people.id"],
            name=op.f("fk_staff_notices_person_id_oncall_people"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_notices_key")),
    )
    with op.batch_alter_table("staff_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_notices_alarm_id"), ["alarm_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_notices_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_staff_notices_due", ["state", "next_try_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("staff_notices", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_notices_due")
        batch_op.drop_index(batch_op.f("ix_staff_notices_created_at"))
        batch_op.drop_index(batch_op.f("ix_staff_notices_alarm_id"))

    op.drop_table("staff_notices")
    with op.batch_alter_table("alarm_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_alarm_steps_due")

    op.drop_table("alarm_steps")
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alarms_ticket_id"))
        batch_op.drop_index("ix_alarms_state")
        batch_op.drop_index(batch_op.f("ix_alarms_conversation_id"))

    op.drop_table("alarms")
    with op.batch_alter_table("oncall_swaps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_oncall_swaps_out_id"))
        batch_op.drop_index(batch_op.f("ix_oncall_swaps_ends_at"))

    op.drop_table("oncall_swaps")
    op.drop_table("oncall_people")
    op.drop_table("oncall_shifts")
