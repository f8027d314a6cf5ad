"""Runs migrations on the application's database."""

from alembic import context

from employee_pulse.foundation.db import Base, UtcDateTime, db


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our moment type as the plain type it stores."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise RuntimeError("migrations run on a database, not into a script")
run()
