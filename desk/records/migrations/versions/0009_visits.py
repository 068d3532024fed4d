"""visits in engineers' calendars, complaints, callbacks, search over advice

Revision 0009, after 0008.
"""

import json

import sqlalchemy as sa
from alembic import op

from desk.records.base import Json, UtcDateTime
from desk.records.care import INDEX, POSTGRESQL, SQLITE, index_article

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("plan_due", UtcDateTime(), nullable=False),
        sa.Column("plan_at", UtcDateTime(), nullable=True),
        sa.Column("head_due", UtcDateTime(), nullable=True),
        sa.Column("head_at", UtcDateTime(), nullable=True),
        sa.Column("supervisor_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("grade IN ('minor', 'important', 'major')", name=op.f("ck_complaints_grade")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_complaints_ticket_id_tickets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_plan_due"), "complaints", ["plan_due"])
    op.create_table(
        "engineer_leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engineer_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_engineer_leaves_order")),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["engineers.id"], name=op.f("fk_engineer_leaves_engineer_id_engineers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engineer_leaves")),
    )
    op.create_index(op.f("ix_engineer_leaves_engineer_id"), "engineer_leaves", ["engineer_id"])
    op.add_column("visits", sa.Column("place", sa.String(length=60), server_default="", nullable=False))
    op.add_column("visits", sa.Column("late_until", UtcDateTime(), nullable=True))
    op.add_column("callbacks", sa.Column("urge_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("callbacks", sa.Column("settled_at", UtcDateTime(), nullable=True))
    op.add_column("callbacks", sa.Column("apologised_at", UtcDateTime(), nullable=True))
    op.add_column("ratings", sa.Column("follow_up_due", UtcDateTime(), nullable=True))
    op.add_column("ratings", sa.Column("followed_up_at", UtcDateTime(), nullable=True))
    _index_articles()


def _index_articles() -> None:
    connection = op.get_bind()
    for statement in [SQLITE] if connection.dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    rows = connection.execute(
        sa.text("SELECT id, title, product_type, symptom, fault_code, steps, body FROM articles")
    ).all()
    for row in rows:
        steps = json.loads(row.steps) if isinstance(row.steps, str) else row.steps or []
        symptom = f"{row.product_type} {row.symptom} {row.fault_code}"
        index_article(connection, row.id, row.title, symptom, " ".join([*steps, row.body]))


def downgrade() -> None:
    op.execute(f"DROP TABLE {INDEX}")
    for table, columns in (
        ("ratings", ("followed_up_at", "follow_up_due")),
        ("callbacks", ("apologised_at", "settled_at", "urge_count")),
        ("visits", ("late_until", "place")),
    ):
        for column in columns:
            op.drop_column(table, column)
    op.drop_index(op.f("ix_engineer_leaves_engineer_id"), table_name="engineer_leaves")
    op.drop_table("engineer_leaves")
    op.drop_index(op.f("ix_complaints_plan_due"), table_name="complaints")
    op.drop_table("complaints")
