"""Looking for what only a device should know."""

from employee_pulse.linkage.rules.contents import Needles, traces_in
from employee_pulse.linkage.rules.evidence import BallotTrace, PersonTrace, Source

NEEDLES = Needles(
    people={b"10.100.100.7": "ann", b"token-of-ann": "ann"},
    ballots={b"serial-of-x": ("x", "said x")},
)


class TestTracesIn:
    def test_are_everything_that_stands_anywhere(self) -> None:
        blobs = {"log": b"GET / 10.100.100.7", "files": b"..serial-of-x..token-of-ann"}

        traces = list(traces_in(blobs, NEEDLES, Source.CONTENTS))

        assert traces == [
            PersonTrace(Source.CONTENTS, (0, 6), "ann"),
            BallotTrace(Source.CONTENTS, (1, 2), "x", "said x"),
            PersonTrace(Source.CONTENTS, (1, 15), "ann"),
        ]

    def test_are_none_where_nobody_wrote_anything_down(self) -> None:
        assert list(traces_in({"log": b"Booting worker", "": b""}, NEEDLES, Source.LOGS)) == []
