"""Create blind keys."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_04"
down_revision = "20261122_03"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blind_key",
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("modulus", sa.LargeBinary(), nullable=False),
        sa.Column("exponent", sa.Integer(), nullable=False),
        sa.Column("wrapped_private", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("purpose", "holder", name=op.f("pk_blind_key")),
    )


def downgrade() -> None:
    op.drop_table("blind_key")
