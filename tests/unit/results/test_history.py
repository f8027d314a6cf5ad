"""Rows of an earlier tool: every error is named, nothing small gets in, figures come out right."""

from dataclasses import replace

import pytest

from employee_pulse.foundation.table_file import Row, Table
from employee_pulse.results.rules.freezing import FrozenScore
from employee_pulse.results.rules.history import COLUMNS, History, Known, read_history
from employee_pulse.results.rules.imported import frozen_history
from employee_pulse.results.rules.measures import Asked
from employee_pulse.results.rules.suppression import Reason
from employee_pulse.results.rules.tree import Branch
from employee_pulse.surveys.rules.programs import Cadence
from employee_pulse.surveys.rules.questions import QuestionKind
from employee_pulse.surveys.rules.thresholds import Thresholds

QUESTIONS = {
    "L1": Asked("L1", QuestionKind.AGREEMENT, "leadership"),
    "L2": Asked("L2", QuestionKind.AGREEMENT, "leadership", reverse_keyed=True),
    "E1": Asked("E1", QuestionKind.ENPS, "recommendation"),
    "T1": Asked("T1", QuestionKind.FREE_TEXT, "morale"),
}
KNOWN = Known(
    cadence=Cadence.MONTHLY,
    before="2026-11",
    branches=[Branch(1, None, 0), Branch(2, 1, 1), Branch(3, 1, 1), Branch(4, 3, 2)],
    departments={"HQ": 1, "A": 2, "B": 3, "B1": 4},
    questions=QUESTIONS,
    thresholds=Thresholds(),
    imported={},
)
GOOD = "2026-09 HQ L1 20 2|3|5|6|4"


def table(*lines: str, columns: tuple[str, ...] = COLUMNS) -> Table:
    """Each line: the cells in order, separated by spaces; a dash is an empty cell."""
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = ["" if cell == "-" else cell for cell in line.split(" ")]
        cells += [""] * (len(columns) - len(cells))
        rows.append(Row(number, dict(zip(columns, cells, strict=True))))
    return Table(list(columns), rows, "UTF-8")


def read(*lines: str, known: Known = KNOWN) -> History:
    return read_history(table(*lines), known)


def problems(history: History) -> list[tuple[int, str, str, str]]:
    return [(e.line, e.column, e.value, e.problem.msgid % e.problem.params) for e in history.errors]


def scores(history: History, measure: str) -> dict[int, FrozenScore]:
    (period,) = history.periods
    return {s.department_id: s for s in frozen_history(period, KNOWN) if s.measure == measure}


class TestReadHistory:
    @pytest.mark.parametrize(
        ("lines", "found"),
        [
            (["2026-09 HQ L1 8 - 4.63 0.5"], (2, "mean", "4.63", "Nearly all answers are alike")),
            (["2026-09 HQ L1 8 - 1.7 0.5"], (2, "mean", "1.7", "Nearly all answers are alike")),
            # The same, asked the other way round.
            (["2026-09 HQ L2 8 - 1.37 0.5"], (2, "mean", "1.37", "Nearly all answers are alike")),
            (["2026-09 HQ L1 30 - 3 0.18"], (2, "mean", "3", "Nearly all answers are alike")),
            (["2026-09 HQ L1 20 - 3.8 1", "2026-09 A L1 12 - 3.1 1"],
             (2, "n", "20", "leaves people who nearly all answer alike")),
            (["2026-09 HQ L1 20 - 2.5 1", "2026-09 A L1 12 - 3.1 1"],
             (2, "n", "20", "leaves people who nearly all answer alike")),
        ],
    )  # fmt: skip
    def test_refuses_means_that_tell_what_nearly_all_answered(
        self, lines: list[str], found: tuple[int, str, str, str]
    ) -> None:
        ((line, column, value, problem),) = problems(read(*lines))

        assert (line, column, value) == found[:3]
        assert found[3] in problem

    @pytest.mark.parametrize(
        "lines",
        [
            ["2026-09 HQ L1 8 - 4.5 0.5"],
            ["2026-09 HQ L1 8 - 1.75 0.5"],
            ["2026-09 HQ L1 30 - 3 0.19"],
            ["2026-09 HQ L1 20 - 3.4 1", "2026-09 A L1 12 - 3.1 1"],
            ["2026-09 HQ L1 12 - 3.1 1", "2026-09 A L1 12 - 3.1 1"],
        ],
    )
    def test_takes_means_that_leave_room_for_two_who_differ(self, lines: list[str]) -> None:
        assert problems(read(*lines)) == []

    def test_reads_histograms_means_and_what_was_not_shown(self) -> None:
        history = read(
            GOOD, "2026-09 A L1 12 1;1;3;4;3", "2026-09 B L1 -", "2026-08 HQ L2 9 - 2.5 1.1"
        )

        assert history.errors == []
        assert [period.period for period in history.periods] == ["2026-08", "2026-09"]
        old, new = history.periods
        assert (old.cells[0].mean, old.cells[0].sd) == (3.5, 1.1)
        assert [cell.histogram for cell in new.cells] == [(2, 3, 5, 6, 4), (1, 1, 3, 4, 3), None]
        assert new.codes == ("L1",)

    def test_turns_reverse_keyed_answers_round(self) -> None:
        (period,) = read("2026-09 HQ L2 20 2|3|5|6|4").periods

        assert period.cells[0].histogram == (4, 6, 5, 3, 2)

    def test_headers_may_be_in_any_case_and_order(self) -> None:
        columns = ("N", "Question_Code", "Department_Code", "PERIOD", "Histogram")

        history = read_history(table("20 L1 HQ 2026-09 2|3|5|6|4", columns=columns), KNOWN)

        assert history.errors == []
        assert history.periods

    def test_says_which_columns_are_missing(self) -> None:
        history = read_history(table("2026-09", columns=("period", "n", "mean", "sd")), KNOWN)

        assert [(line, column) for line, column, _, _ in problems(history)] == [
            (1, "department_code"),
            (1, "question_code"),
        ]

    @pytest.mark.parametrize(
        ("line", "column", "words"),
        [
            ("2026-13 HQ L1 20 2|3|5|6|4", "period", "written 2026-11"),
            ("2026-Q3 HQ L1 20 2|3|5|6|4", "period", "periods of this length"),
            ("2026-11 HQ L1 20 2|3|5|6|4", "period", "From 2026-11 on"),
            ("2026-12 HQ L1 20 2|3|5|6|4", "period", "From 2026-11 on"),
            ("2026-09 X L1 20 2|3|5|6|4", "department_code", "no such department"),
            ("2026-09 HQ X 20 2|3|5|6|4", "question_code", "no such question"),
            ("2026-09 HQ T1 20 2|3|5|6|4", "question_code", "Only agreement"),
            ("2026-09 HQ L1 many 2|3|5|6|4", "n", "number of people"),
            ("2026-09 HQ L1 -5 2|3|5|6|4", "n", "number of people"),
            ("2026-09 HQ L1 4 0|1|1|1|1", "n", "Fewer than 5"),
            ("2026-09 HQ E1 9 1|1|1|1|1|1|1|1|1|0|0", "n", "Fewer than 10"),
            ("2026-09 HQ L1 20 2|3|5|6", "histogram", "5 counts"),
            ("2026-09 HQ L1 20 2|3|5|6|x", "histogram", "5 counts"),
            ("2026-09 HQ E1 20 2|3|5|6|4", "histogram", "11 counts"),
            ("2026-09 HQ L1 20 2|3|5|6|5", "histogram", "add up to 21"),
            ("2026-09 HQ E1 20 - 7 2", "histogram", "eNPS needs"),
            ("2026-09 HQ L1 20", "mean", "from 1 to 5"),
            ("2026-09 HQ L1 20 - 5.5 1", "mean", "from 1 to 5"),
            ("2026-09 HQ L1 20 - nan 1", "mean", "from 1 to 5"),
            ("2026-09 HQ L1 20 - 3.5 -1", "sd", "from 0 to 2.5"),
            ("2026-09 HQ L1 20 - 3.0 0", "sd", "All answers are alike"),
        ],
    )
    def test_names_line_column_and_reason(self, line: str, column: str, words: str) -> None:
        history = read(GOOD.replace("HQ", "A").replace("L1", "L2"), line)

        assert history.periods == [] or history.errors
        errors = problems(history)
        assert any(at == 3 and name == column and words in why for at, name, _, why in errors)

    def test_the_same_cell_twice(self) -> None:
        assert "line 2" in problems(read(GOOD, GOOD))[0][3]

    @pytest.mark.parametrize(
        ("below", "words"),
        [
            (["2026-09 A L1 18 2|3|5|4|4"], "leaves 2 people"),
            (["2026-09 A L1 10 1|1|3|3|2", "2026-09 B L1 9 1|1|2|3|2"], "leaves 1 people"),
            (["2026-09 B1 L1 17 2|3|3|5|4"], "leaves 3 people"),
            (["2026-09 A L1 21 2|3|5|6|5"], "more answers"),
            (["2026-09 A L1 10 3|1|2|2|2"], "more answers"),
        ],
    )
    def test_refuses_cells_whose_difference_is_about_a_few(
        self, below: list[str], words: str
    ) -> None:
        history = read(GOOD, *below)

        assert [words in why for _, _, _, why in problems(history)] == [True]

    def test_means_are_subtracted_likewise(self) -> None:
        history = read("2026-09 HQ L1 20 - 3.5 1", "2026-09 A L1 18 - 3.4 1")

        assert "leaves 2 people" in problems(history)[0][3]

    def test_accepts_departments_that_make_up_their_parent(self) -> None:
        assert read(GOOD, "2026-09 A L1 10 1|1|3|3|2", "2026-09 B L1 10 1|2|2|3|2").errors == []

    def test_refuses_to_mix_histograms_and_means_of_one_question(self) -> None:
        history = read(GOOD, "2026-09 A L1 10 - 3.5 1")

        assert problems(history)[0][:2] == (3, "histogram")

    def test_what_was_imported_before_is_left_alone(self) -> None:
        (before,) = read(GOOD).periods
        known = replace(KNOWN, imported={"2026-09": before.digest})

        same = read(GOOD, known=known)
        other = read(GOOD.replace("2|3|5|6|4", "3|2|5|6|4"), known=known)

        assert (same.periods, same.unchanged, same.errors) == ([], ["2026-09"], [])
        assert "imported before" in problems(other)[0][3]

    def test_the_digest_does_not_know_the_order_of_rows(self) -> None:
        lines = [GOOD, "2026-09 A L1 10 1|1|3|3|2"]

        assert read(*lines).periods[0].digest == read(*reversed(lines)).periods[0].digest

    def test_a_program_without_a_wave_of_its_own_takes_any_period(self) -> None:
        history = read("2026-12 HQ L1 20 2|3|5|6|4", known=replace(KNOWN, before=None))

        assert history.errors == []


class TestFrozenHistory:
    def test_has_the_figures_of_a_wave_of_our_own(self) -> None:
        history = read(
            GOOD,
            "2026-09 HQ L2 20 2|3|5|6|4",
            "2026-09 HQ E1 20 1|1|1|1|1|1|2|3|3|3|3",
            "2026-09 A L1 6 1|1|1|2|1",
            "2026-09 B L1 -",
        )
        assert history.errors == []

        lead = scores(history, "question:L1")
        assert (lead[1].n, lead[1].favorable, lead[1].histogram) == (20, 0.5, (2, 3, 5, 6, 4))
        assert (lead[2].n, lead[2].favorable, lead[2].histogram) == (6, 0.5, None)
        assert lead[3].reason is Reason.COMPLEMENTARY
        assert lead[4].reason is Reason.NO_DATA
        dimension = scores(history, "dimension:leadership")
        assert dimension[1].favorable == pytest.approx((0.5 + 0.25) / 2)
        assert dimension[2].reason is Reason.NO_DATA
        assert scores(history, "enps")[1].score == pytest.approx((6 - 8) / 20 * 100)
        assert scores(history, "index")[1].mean == pytest.approx((3.35 + 2.65) / 2)

    def test_tells_too_few_from_not_shown(self) -> None:
        lead = scores(read(GOOD, "2026-09 A L1 <5", "2026-09 B L1 -"), "question:L1")

        assert lead[2].reason is Reason.BELOW_MINIMUM
        assert lead[3].reason is Reason.COMPLEMENTARY

    def test_means_give_an_index_but_no_favorable_share(self) -> None:
        lead = scores(read("2026-09 HQ L1 20 - 3.5 1.2", "2026-09 A L1 6 - 3.0 1.1"), "question:L1")

        assert (lead[1].mean, lead[1].sd, lead[1].score) == (3.5, 1.2, 62.5)
        assert lead[1].favorable is None
        assert lead[2].sd is None

    def test_keeps_the_guard_and_its_neighbor(self) -> None:
        lead = scores(
            read(
                "2026-09 HQ L1 20 1|1|2|9|7",
                "2026-09 A L1 7 0|0|0|3|4",
                "2026-09 B L1 13 1|1|2|6|3",
            ),
            "question:L1",
        )

        assert lead[2].band is not None
        assert lead[3].band is not None
        assert lead[1].favorable == 0.8

    def test_without_agreement_there_is_no_index(self) -> None:
        assert scores(read("2026-09 HQ E1 20 1|1|1|1|1|1|2|3|3|3|3"), "index") == {}
