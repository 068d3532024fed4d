"""tickets: what deadlines are computed from (changes of severity, milestones reached, a new start after reopening)

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from desk.records.base import Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("severity_changes", Json, nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("reached", Json, nullable=False, server_default=sa.text("'{}'")))
        batch_op.add_column(sa.Column("clock_from", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_column("clock_from")
        batch_op.drop_column("reached")
        batch_op.drop_column("severity_changes")
