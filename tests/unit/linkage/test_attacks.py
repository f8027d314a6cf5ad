"""From traces to guesses: whoever finds an order links, whoever finds none guesses."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from employee_pulse.linkage.rules.attacks import Attack, guess, hits
from employee_pulse.linkage.rules.evidence import BallotTrace, Evidence, PersonTrace, Source

PEOPLE = {"ann": 1, "ben": 1, "cho": 2, "dae": 2}
TRUTH = {"ann": "a", "ben": "bb", "cho": "ccc", "dae": "dddd"}
KNOWN = {1: ["bb", "a"], 2: ["dddd", "ccc"]}
NOTHING = Evidence(PEOPLE, KNOWN, [], [])


def people(source: Source, names: Sequence[str]) -> list[PersonTrace]:
    return [PersonTrace(source, (place,), name) for place, name in enumerate(names)]


def ballots(source: Source, names: Sequence[str], *, readable: bool = True) -> list[BallotTrace]:
    return [
        BallotTrace(source, (place,), name, name if readable else None, len(name))
        for place, name in enumerate(names)
    ]


class TestGuess:
    def test_without_traces_everybody_gets_some_ballot_of_the_group(self) -> None:
        assert guess(Attack.ROWS, NOTHING) == {
            "ann": "bb",
            "ben": "a",
            "cho": "dddd",
            "dae": "ccc",
        }

    def test_lines_up_people_and_ballots_within_each_group(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.ROWS, ["dae", "ann", "ben", "cho"]),
            ballot_traces=ballots(Source.ROWS, ["a", "dddd", "bb", "ccc"]),
        )

        assert guess(Attack.ROWS, evidence) == TRUTH

    def test_places_count_not_the_order_of_finding(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.ROWS, ["ann", "ben", "cho", "dae"])[::-1],
            ballot_traces=ballots(Source.ROWS, ["a", "bb", "ccc", "dddd"])[::-1],
        )

        assert guess(Attack.ROWS, evidence) == TRUTH

    def test_the_first_trace_of_somebody_counts(self) -> None:
        again = [PersonTrace(Source.ROWS, (9,), "ann"), PersonTrace(Source.ROWS, (8,), "dae")]
        evidence = replace(
            NOTHING,
            person_traces=[*again, *people(Source.ROWS, ["ann", "ben", "cho", "dae"])],
            ballot_traces=[
                BallotTrace(Source.ROWS, (9,), "a", "a"),
                *ballots(Source.ROWS, ["a", "bb", "ccc", "dddd"]),
            ],
        )

        assert guess(Attack.ROWS, evidence) == TRUTH

    def test_another_source_does_not_count(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.MOMENTS, ["ann", "ben", "cho", "dae"]),
            ballot_traces=ballots(Source.MOMENTS, ["a", "bb", "ccc", "dddd"]),
        )

        assert guess(Attack.ROWS, evidence) == guess(Attack.ROWS, NOTHING)
        assert guess(Attack.MOMENTS, evidence) == TRUTH

    def test_what_cannot_be_read_is_guessed(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.ROWS, ["ann", "ben", "cho", "dae"]),
            ballot_traces=ballots(Source.ROWS, ["a", "bb", "ccc", "dddd"], readable=False),
        )

        assert guess(Attack.ROWS, evidence) == guess(Attack.ROWS, NOTHING)

    def test_a_ballot_that_was_read_goes_to_one_person_only(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.ROWS, ["ann"]),
            ballot_traces=[
                BallotTrace(Source.ROWS, (place,), part, "a") for place, part in enumerate("xy")
            ],
        )

        guesses = guess(Attack.ROWS, evidence)

        assert (guesses["ann"], guesses["ben"]) == ("a", "bb")

    @pytest.mark.parametrize("order", [Source.LOG_AHEAD, Source.FILES, Source.ROWS])
    def test_a_list_of_senders_meets_any_order_of_ballots(self, order: Source) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.LOGS, ["ann", "ben", "cho", "dae"]),
            ballot_traces=ballots(order, ["a", "bb", "ccc", "dddd"]),
        )

        assert guess(Attack.LOGS, evidence) == TRUTH

    def test_the_better_order_is_taken(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.MAILS, ["ann", "ben", "cho", "dae"]),
            ballot_traces=[
                *ballots(Source.ROWS, ["bb", "a", "dddd", "ccc"]),
                *ballots(Source.LOG_AHEAD, ["a", "bb", "ccc", "dddd"]),
            ],
        )

        assert guess(Attack.MAILS, evidence) == TRUTH


class TestSizes:
    def test_who_left_much_wrote_much_also_sealed(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.TRANSACTIONS, ["dae", "ben", "ann", "cho"]),
            ballot_traces=ballots(Source.TRANSACTIONS, ["dddd", "bb", "a", "ccc"], readable=False),
        )

        assert guess(Attack.SIZES, evidence) == TRUTH

    def test_parts_of_ballots_say_nothing_of_their_length(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.ROWS, ["dae", "ben", "ann", "cho"]),
            ballot_traces=[
                *ballots(Source.ROWS, ["dddd", "bb", "a", "ccc"], readable=False),
                BallotTrace(Source.ROWS, (0,), "a comment", "a"),
            ],
        )

        assert guess(Attack.SIZES, evidence) == TRUTH

    def test_an_order_that_does_not_pair_everybody_is_left(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=[
                *people(Source.LOG_AHEAD, ["ann"]),
                *people(Source.ROWS, ["dae", "ben", "ann", "cho"]),
            ],
            ballot_traces=[
                *ballots(Source.LOG_AHEAD, ["a", "bb"], readable=False),
                *ballots(Source.ROWS, ["dddd", "bb", "a", "ccc"], readable=False),
            ],
        )

        assert guess(Attack.SIZES, evidence) == TRUTH

    def test_equal_lengths_tell_nothing(self) -> None:
        equal = [
            BallotTrace(Source.ROWS, (place,), name, None, 4) for place, name in enumerate("wxyz")
        ]
        evidence = replace(
            NOTHING,
            person_traces=people(Source.ROWS, ["dae", "ben", "ann", "cho"]),
            ballot_traces=equal,
        )

        assert guess(Attack.SIZES, evidence) == guess(Attack.SIZES, NOTHING)


class TestHits:
    def test_counts_people_whose_ballot_was_named(self) -> None:
        evidence = replace(
            NOTHING,
            person_traces=people(Source.ROWS, ["ann", "ben", "dae", "cho"]),
            ballot_traces=ballots(Source.ROWS, ["a", "bb", "ccc", "dddd"]),
        )

        assert hits(Attack.ROWS, evidence, TRUTH) == 2

    def test_of_keys_counts_what_they_open(self) -> None:
        assert hits(Attack.KEYS, replace(NOTHING, opened=3), TRUTH) == 3

    @pytest.mark.parametrize("attack", [each for each in Attack if each is not Attack.KEYS])
    def test_every_attack_names_somebody_for_every_ballot(self, attack: Attack) -> None:
        guesses = guess(attack, NOTHING)

        assert sorted(guesses.values()) == sorted(TRUTH.values())
        assert guesses.keys() == TRUTH.keys()
