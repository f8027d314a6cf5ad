"""When hits are chance, and when a control has failed."""

from random import Random

import pytest

from employee_pulse.linkage.rules.attacks import Attack
from employee_pulse.linkage.rules.verdicts import (
    POSTGRESQL,
    SQLITE,
    Case,
    Finding,
    Verdict,
    applies,
    chance_bound,
    failures,
)


def finding(case: Case, hits: int, *, attack: Attack = Attack.ROWS) -> Finding:
    return Finding(SQLITE, case, attack, hits=hits, people=112, groups=8)


class TestChanceBound:
    @pytest.mark.parametrize(("groups", "bound"), [(1, 7), (8, 21), (24, 45)])
    def test_lies_four_deviations_and_two_above_one_a_group(self, groups: int, bound: int) -> None:
        assert chance_bound(groups) == bound

    def test_guessing_stays_below(self) -> None:
        random = Random(1)

        for _ in range(500):
            hits = 0
            for _group in range(24):
                guessed = random.sample(range(14), 14)
                hits += sum(person == ballot for person, ballot in enumerate(guessed))
            assert hits <= chance_bound(24)


class TestVerdict:
    @pytest.mark.parametrize("case", [Case.OPEN, Case.PUBLISHED])
    def test_of_a_promise(self, case: Case) -> None:
        assert finding(case, 21).verdict is Verdict.CHANCE
        assert finding(case, 22).verdict is Verdict.LINKED

    @pytest.mark.parametrize("case", [Case.PLAIN, Case.RANDOM_KEYS])
    def test_of_a_control(self, case: Case) -> None:
        assert finding(case, 107).verdict is Verdict.WORKS
        assert finding(case, 106).verdict is Verdict.BROKEN

    def test_of_what_nobody_promised(self) -> None:
        assert finding(Case.OPEN_WITH_KEY, 112).verdict is Verdict.TOLD

    @pytest.mark.parametrize("case", [Case.OPEN, Case.PUBLISHED])
    def test_one_opened_ballot_is_too_many(self, case: Case) -> None:
        assert finding(case, 0, attack=Attack.KEYS).verdict is Verdict.CHANCE
        assert finding(case, 1, attack=Attack.KEYS).verdict is Verdict.LINKED

    def test_with_the_key_at_hand_ballots_must_open(self) -> None:
        assert finding(Case.OPEN_WITH_KEY, 112, attack=Attack.KEYS).verdict is Verdict.WORKS
        assert finding(Case.OPEN_WITH_KEY, 0, attack=Attack.KEYS).verdict is Verdict.BROKEN


class TestFailures:
    def test_are_links_and_broken_controls(self) -> None:
        good = [finding(Case.OPEN, 8), finding(Case.PLAIN, 112), finding(Case.OPEN_WITH_KEY, 112)]
        bad = [finding(Case.PUBLISHED, 50), finding(Case.RANDOM_KEYS, 50)]

        assert failures([*good, *bad]) == bad
        assert failures(good) == []


class TestApplies:
    def test_transaction_numbers_are_postgresqls(self) -> None:
        assert applies(Attack.TRANSACTIONS, Case.OPEN, POSTGRESQL)
        assert not applies(Attack.TRANSACTIONS, Case.OPEN, SQLITE)

    def test_the_control_without_times_has_none(self) -> None:
        assert not applies(Attack.MOMENTS, Case.RANDOM_KEYS, SQLITE)
        assert applies(Attack.MOMENTS, Case.PLAIN, SQLITE)
        assert applies(Attack.MOMENTS, Case.OPEN, SQLITE)

    @pytest.mark.parametrize("case", Case)
    def test_keys_are_tried_where_something_is_sealed(self, case: Case) -> None:
        sealed = case not in {Case.PLAIN, Case.RANDOM_KEYS}
        assert applies(Attack.KEYS, case, SQLITE) is sealed

    @pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
    def test_every_attack_is_shown_to_work_somewhere(self, database: str) -> None:
        """Except numbers of transactions, which SQLite does not keep."""
        controlled = {
            attack
            for attack in Attack
            for case in Case
            if applies(attack, case, database)
            and Finding(database, case, attack, hits=0, people=1, groups=1).is_control
        }

        left = set(Attack) - controlled
        assert left == ({Attack.TRANSACTIONS} if database == SQLITE else set())
