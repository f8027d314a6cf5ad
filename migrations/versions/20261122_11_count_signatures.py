"""Count signatures beside the ballots of departments."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_11"
down_revision = "20261122_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("result_node", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issued", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("result_node", schema=None) as batch_op:
        batch_op.drop_column("issued")
