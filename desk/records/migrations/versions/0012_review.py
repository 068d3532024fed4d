"""messages that were doubtful and how a person labelled them

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from desk.records.base import Json, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "doubtful_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("turn_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asks", sa.String(length=40), nullable=True),
        sa.Column("predicted", Json, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=True),
        sa.Column("second_label", sa.String(length=40), nullable=True),
        sa.Column("labelled_by", sa.Integer(), nullable=True),
        sa.Column("labelled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_doubtful_messages_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["labelled_by"], ["staff.id"], name=op.f("fk_doubtful_messages_labelled_by_staff"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubtful_messages")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_doubtful_messages_turn_id")),
    )
    op.create_index(op.f("ix_doubtful_messages_conversation_id"), "doubtful_messages", ["conversation_id"])
    op.create_index("ix_doubtful_messages_open", "doubtful_messages", ["labelled_at", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_doubtful_messages_open", table_name="doubtful_messages")
    op.drop_index(op.f("ix_doubtful_messages_conversation_id"), table_name="doubtful_messages")
    op.drop_table("doubtful_messages")
