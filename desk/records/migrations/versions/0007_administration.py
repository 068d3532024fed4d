"""administration: one-time links, forced change of passwords, saved settings, versions of policies, erased customers

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from desk.records.base import Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_password_links_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_links_token_hash")),
    )
    op.create_index(op.f("ix_password_links_staff_id"), "password_links", ["staff_id"])
    op.create_table(
        "saved_settings",
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_saved_settings")),
    )
    op.create_table(
        "policy_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(80), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("saved_by", sa.String(80), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
    )
    op.create_index(op.f("ix_policy_versions_path"), "policy_versions", ["path"])
    op.add_column(
        "staff", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("customers", sa.Column("erased_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("customers", "erased_at")
    op.drop_column("staff", "must_change_password")
    op.drop_index(op.f("ix_policy_versions_path"), "policy_versions")
    op.drop_table("policy_versions")
    op.drop_table("saved_settings")
    op.drop_index(op.f("ix_password_links_staff_id"), "password_links")
    op.drop_table("password_links")
