"""Create surveys."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_05"
down_revision = "20261122_04"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_ko", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column(
            "cadence",
            sa.Enum(
                "monthly", "quarterly", "half_yearly", name="cadence", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "opening_rule",
            sa.Enum(
                "nth_working_day", "day_of_month", name="openingrule", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("opening_number", sa.Integer(), nullable=False),
        sa.Column("opens_at_time", sa.Time(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("length_working_days", sa.Integer(), nullable=False),
        sa.Column("reminder_days", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("message_ko", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("min_scores", sa.Integer(), nullable=False),
        sa.Column("burden_override", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "dimension",
            sa.Enum(
                "leadership",
                "communication",
                "participation",
                "growth",
                "innovation",
                "goals",
                "collaboration",
                "process",
                "wellbeing",
                "morale",
                "recommendation",
                name="dimension",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "agreement",
                "enps",
                "single_choice",
                "multiple_choice",
                "free_text",
                "service_gap",
                "kano",
                "provider_rating",
                name="questionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text_ko", sa.String(length=500), nullable=False),
        sa.Column("text_en", sa.String(length=500), nullable=False),
        sa.Column("reverse_keyed", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_question_code_version")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(
            "uq_question_one_current_version",
            ["code"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "program_audience",
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_program_audience_department_id_department"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_program_audience_program_id_program")
        ),
        sa.PrimaryKeyConstraint("program_id", "department_id", name=op.f("pk_program_audience")),
    )
    op.create_table(
        "program_question",
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("question_code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_program_question_program_id_program")
        ),
        sa.PrimaryKeyConstraint("program_id", "question_code", name=op.f("pk_program_question")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_reason", sa.JSON(), nullable=True),
        sa.Column("thresholds", sa.JSON(), nullable=True),
        sa.Column("questions_hash", sa.String(length=64), nullable=True),
        sa.Column("sealing_key", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_wave_closes_after_opening")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_wave_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("program_id", "period", name=op.f("uq_wave_program_id_period")),
    )
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.create_index("ix_wave_opens_at", ["opens_at"], unique=False)

    op.create_table(
        "wave_question",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "dimension",
            sa.Enum(
                "leadership",
                "communication",
                "participation",
                "growth",
                "innovation",
                "goals",
                "collaboration",
                "process",
                "wellbeing",
                "morale",
                "recommendation",
                name="dimension",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "agreement",
                "enps",
                "single_choice",
                "multiple_choice",
                "free_text",
                "service_gap",
                "kano",
                "provider_rating",
                name="questionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text_ko", sa.String(length=500), nullable=False),
        sa.Column("text_en", sa.String(length=500), nullable=False),
        sa.Column("reverse_keyed", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["wave.id"], name=op.f("fk_wave_question_wave_id_wave")
        ),
        sa.PrimaryKeyConstraint("wave_id", "code", name=op.f("pk_wave_question")),
    )


def downgrade() -> None:
    op.drop_table("wave_question")
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.drop_index("ix_wave_opens_at")

    op.drop_table("wave")
    op.drop_table("program_question")
    op.drop_table("program_audience")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_question_one_current_version",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.drop_table("question")
    op.drop_table("program")
