"""Create the demo mailbox."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_10"
down_revision = "20261122_09"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demo_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_mail")),
    )
    with op.batch_alter_table("demo_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demo_mail_recipient"), ["recipient"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("demo_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demo_mail_recipient"))

    op.drop_table("demo_mail")
