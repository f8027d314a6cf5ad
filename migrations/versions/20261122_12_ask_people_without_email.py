"""Ask people without e-mail: letters or paper codes for a group."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_12"
down_revision = "20261122_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: on SQLite that would write roll_entry anew, with its rows numbered.
    op.add_column("reporting_group", sa.Column("way", sa.String(length=40), nullable=True))
    op.add_column("roll_entry", sa.Column("draws_paper", sa.Boolean(), nullable=True))
    op.create_table(
        "paper_box",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_paper_box_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "group_id", name=op.f("pk_paper_box")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "paper_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id", "group_id"],
            ["paper_box.wave_id", "paper_box.group_id"],
            name=op.f("fk_paper_code_wave_id_group_id_paper_box"),
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_paper_code")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_paper_code_wave_id"), "paper_code", ["wave_id"], unique=False)


def downgrade() -> None:
    op.drop_table("paper_code")
    op.drop_table("paper_box")
    op.drop_column("roll_entry", "draws_paper")
    op.drop_column("reporting_group", "way")
