"""A copy of a database with everything physical about it, and the traces it holds."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from employee_pulse.linkage.rules.evidence import BallotTrace, PersonTrace, Says, Source
from employee_pulse.linkage.rules.raw import first_places, place_in_page


@dataclass(frozen=True)
class Row:
    """A row as it is stored."""

    values: Mapping[str, Any]
    place: tuple[int, ...]
    """Where it comes when the table is read in storage order."""
    transaction: int | None
    """Number of the transaction that wrote it, where the database keeps one."""
    moments: tuple[str, ...]
    """Every column that holds a moment or a day."""


@dataclass(frozen=True)
class Copy:
    """Tables in storage order, files with their free space, the write-ahead log."""

    tables: Mapping[str, Sequence[Row]]
    files: bytes
    page_size: int
    appends_pages: bool
    """Long values go to new pages at the end of the file, whatever the order of the rows is."""
    log: bytes
    """In the order of writing."""
    stale: bytes
    """What files hold that the log will overwrite."""
    log_page_size: int | None
    """Of a log that holds whole pages; None: it holds records."""
    versions: Sequence[tuple[int, bytes]] = ()
    """Rows with the numbers of the transactions that wrote them, also rows replaced since."""


@dataclass(frozen=True)
class Entry:
    """A row that exists, or was changed, because somebody took a ballot."""

    person: str
    mark: bytes
    """Bytes that got into the database at that moment."""
    row: Row


@dataclass(frozen=True)
class Envelope:
    """A row that holds a ballot, or a part of one."""

    ballot: str
    mark: bytes
    """Bytes that belong to no other."""
    says: Says | None
    row: Row
    size: int = 0
    """Stored bytes of a whole ballot; 0 of a part of one."""
    end: bytes = b""
    """How a long value ends: long values lie elsewhere than their rows."""


def person_traces(copies: Sequence[tuple[Copy, Sequence[Entry]]]) -> Iterator[PersonTrace]:
    """From copies in the order of time, the first one a backup from earlier."""
    marked = [
        (copy, [(e.person, e.row) for e in entries], {e.person: [e.mark] for e in entries})
        for copy, entries in copies
    ]
    for source, place, person in _over_time(marked):
        yield PersonTrace(source, place, person)


def ballot_traces(copies: Sequence[tuple[Copy, Sequence[Envelope]]]) -> Iterator[BallotTrace]:
    """Likewise."""
    by_name = {envelope.ballot: envelope for _, envelopes in copies for envelope in envelopes}
    marked = [
        (
            copy,
            [(e.ballot, e.row) for e in envelopes],
            {e.ballot: list(_marks(copy, e)) for e in envelopes},
        )
        for copy, envelopes in copies
    ]
    for source, place, name in _over_time(marked):
        envelope = by_name[name]
        yield BallotTrace(source, place, name, envelope.says, envelope.size)


_Place = tuple[Source, tuple[float, ...], str]
_Rows = Sequence[tuple[str, Row]]
_Marked = Mapping[str, Sequence[bytes]]
"""What to look for in raw bytes, the best first."""


def _over_time(copies: Sequence[tuple[Copy, _Rows, _Marked]]) -> Iterator[_Place]:
    """Each copy tells who came since the one before; a log that was overwritten still counts."""
    known: set[str] = set()
    for number, (copy, rows, marks) in enumerate(copies):
        for source, place, name in _traces(copy, rows, marks):
            since = (number, *place)
            if source is Source.FILES and name not in known:
                yield Source.BACKUP, since, name
            if source is Source.LOG_AHEAD and name not in known:
                yield Source.LOG_AHEAD, since, name
            if source is not Source.LOG_AHEAD and number:
                yield source, place, name
        known.update(name for name, _ in rows)


def _traces(copy: Copy, rows: _Rows, marks: _Marked) -> Iterator[_Place]:
    for name, row in rows:
        yield Source.ROWS, row.place, name
        if row.transaction is not None:
            yield Source.TRANSACTIONS, (row.transaction, *row.place), name
    every = [mark for some in marks.values() for mark in some]
    for name, number in _transactions(copy, every, marks):
        yield Source.TRANSACTIONS, (number,), name
    by_moment = sorted((moment, name) for name, row in rows for moment in row.moments[:1])
    for index, (_, name) in enumerate(by_moment):
        yield Source.MOMENTS, (index,), name
    for name, place in _found(first_places(copy.files, every), marks):
        yield Source.FILES, place_in_page(place, copy.page_size), name
    for name, place in _found(first_places(copy.log, every), marks):
        size = copy.log_page_size
        yield Source.LOG_AHEAD, place_in_page(place, size) if size else (place,), name


def _transactions(copy: Copy, every: Sequence[bytes], marks: _Marked) -> Iterator[tuple[str, int]]:
    """Who wrote the first version that bears a mark, whatever became of the row since."""
    versions = sorted(copy.versions)
    starts = list(accumulate((len(data) for _, data in versions), initial=0))
    data = b"".join(data for _, data in versions)
    for name, place in _found(first_places(data, every), marks):
        yield name, versions[bisect_right(starts, place) - 1][0]


def _found(places: Mapping[bytes, int], marks: _Marked) -> Iterable[tuple[str, int]]:
    for name, some in marks.items():
        here = [places[mark] for mark in some if mark in places]
        if here:
            yield name, here[0]


def _marks(copy: Copy, envelope: Envelope) -> Iterator[bytes]:
    if copy.appends_pages and envelope.end:
        yield envelope.end
    yield envelope.mark
