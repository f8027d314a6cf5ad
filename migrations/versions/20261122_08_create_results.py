"""Create results."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_08"
down_revision = "20261122_07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_score",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("favorable", sa.Double(), nullable=True),
        sa.Column("favorable_sd", sa.Double(), nullable=True),
        sa.Column("mean", sa.Double(), nullable=True),
        sa.Column("sd", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("band", sa.JSON(), nullable=True),
        sa.Column("histogram", sa.JSON(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "below_minimum",
                "complementary",
                "no_data",
                name="reason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint(
            "wave_id", "department_id", "measure", name=op.f("pk_published_score")
        ),
    )
    with op.batch_alter_table("published_score", schema=None) as batch_op:
        batch_op.create_index(
            "ix_published_score_measure_department",
            ["measure", "department_id", "wave_id"],
            unique=False,
        )

    op.create_table(
        "history_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_history_upload_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_upload")),
    )
    op.create_table(
        "publication",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keys_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halt_reason", sa.JSON(), nullable=True),
        sa.Column("eligible", sa.Integer(), nullable=True),
        sa.Column("ballots", sa.Integer(), nullable=True),
        sa.Column("import_digest", sa.String(length=64), nullable=True),
        sa.Column("min_scores", sa.Integer(), nullable=True),
        sa.Column("min_distributions", sa.Integer(), nullable=True),
        sa.Column("min_comments", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_publication_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_publication")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("question_code", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["publication.wave_id"], name=op.f("fk_comment_wave_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "company_moments",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["publication.wave_id"],
            name=op.f("fk_company_moments_wave_id_publication"),
        ),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_company_moments")),
    )
    op.create_table(
        "moments",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("square", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["publication.wave_id"], name=op.f("fk_moments_wave_id_publication")
        ),
        sa.PrimaryKeyConstraint("wave_id", "department_id", "measure", name=op.f("pk_moments")),
    )
    op.create_table(
        "receipt",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["publication.wave_id"], name=op.f("fk_receipt_wave_id_publication")
        ),
        sa.PrimaryKeyConstraint("wave_id", "receipt", name=op.f("pk_receipt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "result_node",
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name_ko", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=True),
        sa.Column("ballots", sa.Integer(), nullable=True),
        sa.Column("participation", sa.Double(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "below_minimum",
                "complementary",
                "no_data",
                name="reason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["publication.wave_id"], name=op.f("fk_result_node_wave_id_publication")
        ),
        sa.PrimaryKeyConstraint("wave_id", "department_id", name=op.f("pk_result_node")),
    )
    with op.batch_alter_table("result_node", schema=None) as batch_op:
        batch_op.create_index(
            "ix_result_node_department", ["department_id", "wave_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("result_node", schema=None) as batch_op:
        batch_op.drop_index("ix_result_node_department")

    op.drop_table("result_node")
    op.drop_table("receipt")
    op.drop_table("moments")
    op.drop_table("company_moments")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_wave_id"))

    op.drop_table("comment")
    op.drop_table("publication")
    op.drop_table("history_upload")
    with op.batch_alter_table("published_score", schema=None) as batch_op:
        batch_op.drop_index("ix_published_score_measure_department")

    op.drop_table("published_score")
