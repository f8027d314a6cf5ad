"""A copy of a database becomes traces: in rows, times, transactions, files, log and backups."""

from collections.abc import Sequence
from dataclasses import replace

from employee_pulse.linkage.rules.copies import (
    Copy,
    Entry,
    Envelope,
    Row,
    ballot_traces,
    person_traces,
)
from employee_pulse.linkage.rules.evidence import BallotTrace, PersonTrace, Source

EMPTY = Copy(
    tables={},
    files=b"",
    page_size=32,
    appends_pages=False,
    log=b"",
    log_page_size=None,
    stale=b"",
)


def row(place: int, *, transaction: int | None = None, moment: str | None = None) -> Row:
    return Row({}, (place,), transaction, (moment,) if moment else ())


def order(traces: Sequence[PersonTrace | BallotTrace], source: Source) -> list[str]:
    found = sorted((t for t in traces if t.source is source), key=lambda trace: trace.place)
    return [t.person if isinstance(t, PersonTrace) else t.ballot for t in found]


def of_people(copy: Copy, entries: Sequence[Entry]) -> list[PersonTrace]:
    """Without an earlier backup."""
    return list(person_traces([(EMPTY, []), (copy, entries)]))


def of_ballots(copy: Copy, envelopes: Sequence[Envelope]) -> list[BallotTrace]:
    return list(ballot_traces([(EMPTY, []), (copy, envelopes)]))


class TestPersonTraces:
    def test_tell_every_order_that_the_database_keeps(self) -> None:
        entries = [
            Entry("ann", b"mark-of-ann", row(2, transaction=9, moment="2026-11-02 10:00")),
            Entry("ben", b"mark-of-ben", row(1, transaction=11, moment="2026-11-02 09:00")),
        ]
        copy = replace(
            EMPTY,
            files=b"mark-of-ben".ljust(32) + b"mark-of-ann",
            log=b"mark-of-ann....mark-of-ben",
        )

        traces = of_people(copy, entries)

        assert order(traces, Source.ROWS) == ["ben", "ann"]
        assert order(traces, Source.TRANSACTIONS) == ["ann", "ben"]
        assert order(traces, Source.MOMENTS) == ["ben", "ann"]
        assert order(traces, Source.FILES) == ["ben", "ann"]
        assert order(traces, Source.LOG_AHEAD) == ["ann", "ben"]

    def test_a_later_change_of_the_rows_does_not_hide_who_came_first(self) -> None:
        """Somebody writes every row anew: old versions still tell."""
        entries = [
            Entry("ann", b"mark-of-ann", row(0, transaction=21)),
            Entry("ben", b"mark-of-ben", row(1, transaction=20)),
        ]
        versions = [
            (20, b"name: ben, mark-of-ben"),
            (21, b"name: ann, mark-of-ann"),
            (3, b"name: ann"),
            (9, b"mark-of-ben"),
            (7, b"mark-of-ann"),
        ]

        traces = of_people(replace(EMPTY, versions=versions), entries)

        assert order(traces, Source.TRANSACTIONS)[:2] == ["ann", "ben"]

    def test_what_the_database_does_not_keep_leaves_none(self) -> None:
        traces = of_people(EMPTY, [Entry("ann", b"mark-of-ann", row(0))])

        assert [trace.source for trace in traces] == [Source.ROWS]

    def test_a_page_is_filled_from_its_end(self) -> None:
        entries = [Entry("ann", b"mark-of-ann", row(0)), Entry("ben", b"mark-of-ben", row(1))]
        copy = replace(EMPTY, files=b"mark-of-ben mark-of-ann", log=b"mark-of-ben mark-of-ann")

        traces = of_people(replace(copy, log_page_size=32), entries)

        assert order(traces, Source.FILES) == ["ann", "ben"]
        assert order(traces, Source.LOG_AHEAD) == ["ann", "ben"]


class TestBallotTraces:
    ENVELOPES = [
        Envelope("x", b"mark-of-x", None, row(0), size=9, end=b"the-end-of-x"),
        Envelope("y", b"mark-of-y", "said y", row(1), size=7, end=b"the-end-of-y"),
        Envelope("z", b"mark-of-z", "said z", row(2)),
    ]
    FILES = b"mark-of-x".ljust(32) + b"mark-of-y".ljust(32) + b"mark-of-z".ljust(32)

    def test_carry_what_was_read_and_how_long_it_is(self) -> None:
        traces = of_ballots(EMPTY, self.ENVELOPES)

        assert traces == [
            BallotTrace(Source.ROWS, (0,), "x", None, 9),
            BallotTrace(Source.ROWS, (1,), "y", "said y", 7),
            BallotTrace(Source.ROWS, (2,), "z", "said z", 0),
        ]

    def test_long_values_lie_where_they_end_if_pages_are_appended(self) -> None:
        files = self.FILES + b"the-end-of-y".ljust(32) + b"the-end-of-x".ljust(32)
        copy = replace(EMPTY, files=files)

        with_rows = of_ballots(copy, self.ENVELOPES)
        appended = of_ballots(replace(copy, appends_pages=True), self.ENVELOPES)

        assert order(with_rows, Source.FILES) == ["x", "y", "z"]
        assert order(appended, Source.FILES) == ["z", "y", "x"]

    def test_what_does_not_end_anywhere_lies_where_its_mark_is(self) -> None:
        copy = replace(EMPTY, files=self.FILES, appends_pages=True)

        traces = of_ballots(copy, self.ENVELOPES)

        assert order(traces, Source.FILES) == ["x", "y", "z"]


class TestBackups:
    NAMES = ("ann", "ben", "cho")
    EARLIER = replace(EMPTY, files=b"mark-of-cho", log=b"mark-of-cho")
    LATER = replace(
        EMPTY,
        files=b"".join(f"mark-of-{name}".encode().ljust(32) for name in NAMES),
        log=b"mark-of-ben, mark-of-ann, mark-of-cho",
    )

    def test_whoever_is_new_comes_after_everybody_known(self) -> None:
        entries = [
            Entry(name, f"mark-of-{name}".encode(), row(place))
            for place, name in enumerate(self.NAMES)
        ]

        traces = list(person_traces([(self.EARLIER, entries[2:]), (self.LATER, entries)]))

        assert order(traces, Source.BACKUP) == ["cho", "ann", "ben"]

    def test_so_do_ballots(self) -> None:
        envelopes = [
            Envelope(name, f"mark-of-{name}".encode(), name, row(place), size=4)
            for place, name in enumerate(self.NAMES)
        ]

        traces = list(ballot_traces([(self.EARLIER, envelopes[2:]), (self.LATER, envelopes)]))

        assert order(traces, Source.BACKUP) == ["cho", "ann", "ben"]
        assert {(trace.says, trace.size) for trace in traces} == {
            ("ann", 4),
            ("ben", 4),
            ("cho", 4),
        }

    def test_a_log_that_was_overwritten_since_still_counts(self) -> None:
        entries = [
            Entry(name, f"mark-of-{name}".encode(), row(place))
            for place, name in enumerate(self.NAMES)
        ]

        traces = list(person_traces([(self.EARLIER, entries[2:]), (self.LATER, entries)]))

        assert order(traces, Source.LOG_AHEAD) == ["cho", "ben", "ann"]

    def test_rows_of_the_backup_itself_are_outdated(self) -> None:
        entries = [
            Entry(name, f"mark-of-{name}".encode(), row(place))
            for place, name in enumerate(self.NAMES)
        ]
        moved = [replace(entries[2], row=row(-1))]

        traces = list(person_traces([(self.EARLIER, moved), (self.LATER, entries)]))

        assert order(traces, Source.ROWS) == ["ann", "ben", "cho"]
