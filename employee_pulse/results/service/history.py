"""Import the results of an earlier tool: all of a file or nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from employee_pulse.foundation.db import db
from employee_pulse.foundation.table_file import Table
from employee_pulse.org import queries as org
from employee_pulse.results import queries
from employee_pulse.results.models import EVERYONE, HistoryUpload, Publication
from employee_pulse.results.refusals import HistoryInvalid
from employee_pulse.results.rules.freezing import FrozenNode
from employee_pulse.results.rules.history import History, Known, PeriodHistory, read_history
from employee_pulse.results.rules.imported import frozen_history
from employee_pulse.results.rules.tree import wave_tree
from employee_pulse.results.service.writing import write_nodes, write_scores
from employee_pulse.surveys import queries as surveys
from employee_pulse.surveys import service as surveys_service
from employee_pulse.surveys.models import Program, Wave
from employee_pulse.surveys.rules.thresholds import Thresholds

UPLOAD_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    periods: tuple[str, ...]
    unchanged: tuple[str, ...]
    cells: int


def check_history(*, program_id: int, table: Table, thresholds: Thresholds) -> History:
    """Read the rows against the program as it stands; nothing is written."""
    return read_history(table, _known(db.session.get_one(Program, program_id), thresholds))


def import_history(
    *,
    program_id: int,
    table: Table,
    thresholds: Thresholds,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Imported:
    """Make a published wave of every period in the file that was not imported before.

    Raises ``HistoryInvalid`` with every error; then nothing is written. ``progress`` is told how
    many periods of how many are done.
    """
    program = db.session.scalars(
        select(Program).where(Program.id == program_id).with_for_update()
    ).one()
    known = _known(program, thresholds)
    history = read_history(table, known)
    if history.errors:
        raise HistoryInvalid(history.errors)
    for done, period in enumerate(history.periods, start=1):
        _import_period(program, period, known, now)
        progress(done, len(history.periods))
    return Imported(
        periods=tuple(period.period for period in history.periods),
        unchanged=tuple(history.unchanged),
        cells=sum(len(period.cells) for period in history.periods),
    )


def import_upload(
    upload: HistoryUpload, table: Table, *, thresholds: Thresholds, now: datetime
) -> Imported:
    """Import a file that was kept for confirmation, once."""
    imported = import_history(
        program_id=upload.program_id, table=table, thresholds=thresholds, now=now
    )
    upload.applied_at = now
    upload.content = b""  # Cells that were refused are not kept either.
    return imported


def keep_upload(
    *, program_id: int, filename: str, content: bytes, by_id: int, now: datetime
) -> HistoryUpload:
    """Keep a file until it is confirmed, a day at most; older ones go."""
    db.session.execute(
        delete(HistoryUpload).where(
            HistoryUpload.applied_at.is_(None), HistoryUpload.uploaded_at < now - UPLOAD_KEPT
        )
    )
    upload = HistoryUpload(
        program_id=program_id,
        filename=filename[-255:],
        content=content,
        uploaded_by_id=by_id,
        uploaded_at=now,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def _known(program: Program, thresholds: Thresholds) -> Known:
    thresholds = thresholds.with_scores(max(thresholds.scores, program.min_scores))
    departments = org.departments(with_closed=True)
    branches = wave_tree(
        [(each.id, each.parent_id) for each in departments],
        surveys.audience(program.id),
        everyone=EVERYONE,
    )
    inside = {branch.id for branch in branches}
    return Known(
        cadence=program.cadence,
        before=queries.first_own_period(program.id),
        branches=branches,
        departments=_codes(inside, {each.code: each.id for each in departments}),
        questions={asked.code: asked for asked in queries.bank()},
        thresholds=thresholds,
        imported=queries.imported_digests(program.id),
    )


def _codes(inside: Collection[int], codes: dict[str, int]) -> dict[str, int]:
    """A star stands for everybody, where no single department holds the whole audience."""
    known = {code: department for code, department in codes.items() if department in inside}
    return {"*": EVERYONE, **known} if EVERYONE in inside else known


def _import_period(program: Program, history: PeriodHistory, known: Known, now: datetime) -> None:
    wave: Wave = surveys_service.add_imported_wave(
        program, period=history.period, codes=history.codes, now=now
    )
    thresholds = known.thresholds
    db.session.add(
        Publication(
            wave_id=wave.id,
            claimed_at=now,
            published_at=now,
            keys_destroyed_at=now,
            import_digest=history.digest,
            min_scores=thresholds.scores,
            min_distributions=thresholds.distributions,
            min_comments=thresholds.comments,
        )
    )
    db.session.flush()
    nodes = [FrozenNode(branch.id, None, None, None, None) for branch in known.branches]
    write_nodes(wave.id, known.branches, nodes)
    write_scores(wave.id, frozen_history(history, known))
