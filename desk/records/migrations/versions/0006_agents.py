"""agents: presence, groups, canned replies, internal notes

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from desk.records.base import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_groups",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("assignment", sa.String(12), nullable=False),
        sa.Column("skills", Json, nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("assignment IN ('pull', 'round_robin')", name=op.f("ck_agent_groups_assignment")),
        sa.CheckConstraint("idle_minutes > 0", name=op.f("ck_agent_groups_idle_minutes")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agent_groups")),
    )
    op.create_table(
        "staff_seen",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=True),
        _to("staff_seen", "staff_id", "staff", "id"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_seen")),
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("shortcut", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("group_code", sa.String(40), nullable=True),
        _to("canned_replies", "group_code", "agent_groups", "code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )
    op.create_index(op.f("ix_canned_replies_group_code"), "canned_replies", ["group_code"])
    op.create_table(
        "chat_reads",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        _to("chat_reads", "staff_id", "staff", "id"),
        _to("chat_reads", "conversation_id", "conversations", "id"),
        sa.PrimaryKeyConstraint("staff_id", "conversation_id", name=op.f("pk_chat_reads")),
    )
    op.create_index(op.f("ix_chat_reads_conversation_id"), "chat_reads", ["conversation_id"])
    op.create_table(
        "mentions",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(40), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        _to("mentions", "message_id", "messages", "id"),
        _to("mentions", "staff_id", "staff", "id"),
        _to("mentions", "conversation_id", "conversations", "id"),
        sa.PrimaryKeyConstraint("message_id", "staff_id", name=op.f("pk_mentions")),
    )
    op.create_index(op.f("ix_mentions_conversation_id"), "mentions", ["conversation_id"])
    op.create_index("ix_mentions_unseen", "mentions", ["staff_id", "seen_at"])
    op.create_table(
        "waits_told",
        sa.Column("conversation_id", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        _to("waits_told", "conversation_id", "conversations", "id"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_waits_told")),
    )
    op.create_index("ix_messages_author", "messages", ["conversation_id", "author", "seq"])
    op.create_index("ix_conversations_lively", "conversations", ["state", "last_message_at"])


def downgrade() -> None:
    op.drop_index("ix_conversations_lively", table_name="conversations")
    op.drop_index("ix_messages_author", table_name="messages")
    for table in ("waits_told", "mentions", "chat_reads", "canned_replies", "staff_seen", "agent_groups"):
        op.drop_table(table)


def _to(table: str, column: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=name, ondelete="CASCADE")
