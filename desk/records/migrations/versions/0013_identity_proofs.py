"""codes by text message that prove whose phone a customer holds

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from desk.records.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_identity_codes_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_codes")),
    )
    with op.batch_alter_table("identity_codes", schema=None) as batch_op:
        batch_op.create_index("ix_identity_codes_conversation_at", ["conversation_id", "asked_at"], unique=False)
        batch_op.create_index("ix_identity_codes_phone_at", ["phone", "asked_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("identity_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_identity_codes_phone_at")
        batch_op.drop_index("ix_identity_codes_conversation_at")
    op.drop_table("identity_codes")
