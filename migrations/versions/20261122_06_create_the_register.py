"""Create the register."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_06"
down_revision = "20261122_05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roll",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("without_email", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sheet_hash", sa.String(length=64), nullable=False),
        sa.Column("wrapped_token_key", sa.LargeBinary(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_roll_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_roll")),
        sa.UniqueConstraint("sheet_hash", name=op.f("uq_roll_sheet_hash")),
    )
    op.create_table(
        "reminder_round",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["roll.wave_id"], name=op.f("fk_reminder_round_wave_id_roll")
        ),
        sa.PrimaryKeyConstraint("wave_id", "day", name=op.f("pk_reminder_round")),
    )
    op.create_table(
        "reporting_group",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("label_ko", sa.String(length=200), nullable=False),
        sa.Column("label_en", sa.String(length=200), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_reporting_group_department_id_department"),
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["roll.wave_id"], name=op.f("fk_reporting_group_wave_id_roll")
        ),
        sa.PrimaryKeyConstraint("wave_id", "department_id", name=op.f("pk_reporting_group")),
    )
    op.create_table(
        "roll_entry",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("blinded_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_roll_entry_employee_id_employee")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id", "group_id"],
            ["reporting_group.wave_id", "reporting_group.department_id"],
            name=op.f("fk_roll_entry_wave_id_group_id_reporting_group"),
        ),
        sa.PrimaryKeyConstraint("wave_id", "employee_id", name=op.f("pk_roll_entry")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_roll_entry_token_hash")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("roll_entry")
    op.drop_table("reporting_group")
    op.drop_table("reminder_round")
    op.drop_table("roll")
