"""A copy of a database with everything physical about it, and the traces it holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


def person_traces(copy: Copy, entries: Sequence[Entry]) -> Iterator[PersonTrace]:
    places = {entry.person: [entry.mark] for entry in entries}
    for source, place, person in _traces(copy, [(e.person, e.row) for e in entries], places):
        yield PersonTrace(source, place, person)


def ballot_traces(copy: Copy, envelopes: Sequence[Envelope]) -> Iterator[BallotTrace]:
    by_name = {envelope.ballot: envelope for envelope in envelopes}
    marks = {name: list(_marks(copy, envelope)) for name, envelope in by_name.items()}
    for source, place, name in _traces(copy, [(e.ballot, e.row) for e in envelopes], marks):
        envelope = by_name[name]
        yield BallotTrace(source, place, name, envelope.says, envelope.size)


def backup_people(
    copies: Sequence[tuple[Copy, Sequence[Entry]]],
) -> Iterator[PersonTrace]:
    """Each new copy tells who came since the last one, and lines up those by place in the file."""
    known: set[str] = set()
    for number, (copy, entries) in enumerate(copies):
        for trace in person_traces(copy, entries):
            if trace.source is Source.FILES and trace.person not in known:
                yield PersonTrace(Source.BACKUP, (number, *trace.place), trace.person)
        known.update(entry.person for entry in entries)


def backup_ballots(
    copies: Sequence[tuple[Copy, Sequence[Envelope]]],
) -> Iterator[BallotTrace]:
    known: set[str] = set()
    for number, (copy, envelopes) in enumerate(copies):
        for trace in ballot_traces(copy, envelopes):
            if trace.source is Source.FILES and trace.ballot not in known:
                yield BallotTrace(
                    Source.BACKUP, (number, *trace.place), trace.ballot, trace.says, trace.size
                )
        known.update(envelope.ballot for envelope in envelopes)


_Place = tuple[Source, tuple[float, ...], str]


def _traces(
    copy: Copy, rows: Sequence[tuple[str, Row]], marks: Mapping[str, Sequence[bytes]]
) -> Iterator[_Place]:
    """``marks``: what to look for in raw bytes, the best first."""
    for name, row in rows:
        yield Source.ROWS, row.place, name
        if row.transaction is not None:
            yield Source.TRANSACTIONS, (row.transaction, *row.place), name
    by_moment = sorted((moment, name) for name, row in rows for moment in row.moments[:1])
    for index, (_, name) in enumerate(by_moment):
        yield Source.MOMENTS, (index,), name
    every = [mark for some in marks.values() for mark in some]
    for name, place in _found(first_places(copy.files, every), marks):
        yield Source.FILES, place_in_page(place, copy.page_size), name
    for name, place in _found(first_places(copy.log, every), marks):
        size = copy.log_page_size
        yield Source.LOG_AHEAD, place_in_page(place, size) if size else (place,), name


def _found(
    places: Mapping[bytes, int], marks: Mapping[str, Sequence[bytes]]
) -> Iterable[tuple[str, int]]:
    for name, some in marks.items():
        here = [places[mark] for mark in some if mark in places]
        if here:
            yield name, here[0]


def _marks(copy: Copy, envelope: Envelope) -> Iterator[bytes]:
    if copy.appends_pages and envelope.end:
        yield envelope.end
    yield envelope.mark
