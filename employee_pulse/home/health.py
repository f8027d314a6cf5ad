"""Whether this process can do its work: database, migrations, outbox.

The key folder is the worker's alone; a web process that asked for it would have to be given it.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from flask import current_app

from employee_pulse.foundation import clock
from employee_pulse.home.queries import health as queries


@dataclass(frozen=True)
class Health:
    """What a load balancer and a person on call want to know."""

    database: bool
    migrations: bool
    outbox_waits_s: int | None
    """Age of the oldest undelivered message. It makes nobody unready: mail may be down."""

    @property
    def ready(self) -> bool:
        return self.database and self.migrations

    def as_json(self) -> dict[str, object]:
        return {"ready": self.ready, **asdict(self)}


def examine() -> Health:
    """Look at everything; a database that is away leaves the rest unknown."""
    if not queries.database_answers():
        return Health(database=False, migrations=False, outbox_waits_s=None)
    newest = _newest_migration(Path(current_app.root_path).parent / "migrations")
    migrated = queries.schema_revision() == newest
    waits = int(queries.longest_wait(clock.now()).total_seconds()) if migrated else None
    return Health(database=True, migrations=migrated, outbox_waits_s=waits)


@cache
def _newest_migration(directory: Path) -> str | None:
    from alembic.script import ScriptDirectory  # 14 MB that a web worker need not have

    return ScriptDirectory(str(directory)).get_current_head()
