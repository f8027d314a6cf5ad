"""Remember since when an account has a password that somebody else gave it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_13"
down_revision = "20261122_12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account", sa.Column("password_given_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("account", "password_given_at")
