"""Nobody can link an answer to a person: not while a wave is open, not after it was published."""

import pytest

from employee_pulse.linkage.rules.attacks import Attack, hits
from employee_pulse.linkage.rules.evidence import Source
from employee_pulse.linkage.rules.verdicts import (
    POSTGRESQL,
    PROMISED,
    SQLITE,
    Case,
    Finding,
    Verdict,
    applies,
)
from tests.anonymity.conftest import SIZE, Staged

pytestmark = pytest.mark.database


def findings(staged: Staged, *cases: Case) -> dict[tuple[Case, Attack], Finding]:
    return {
        (case, attack): Finding(
            database=staged.database,
            case=case,
            attack=attack,
            hits=sum(hits(attack, evidence, truth) for evidence, truth in staged.held[case]),
            people=SIZE.ballots,
            groups=SIZE.seeds * SIZE.groups,
        )
        for case in cases
        for attack in Attack
        if applies(attack, case, staged.database)
    }


class TestEmployeePulse:
    @pytest.mark.parametrize("case", sorted(PROMISED))
    def test_no_attack_beats_chance(self, staged: Staged, case: Case) -> None:
        found = findings(staged, case)

        said = {attack: (one.hits, one.bound) for (_, attack), one in found.items()}
        assert {one.verdict for one in found.values()} == {Verdict.CHANCE}, said

    def test_while_it_is_open_no_byte_tells_what_only_devices_know(self, staged: Staged) -> None:
        for evidence, _truth in staged.held[Case.OPEN]:
            for source in (Source.CONTENTS, Source.LOGS):
                assert evidence.ballots_by(source) == []
            assert evidence.people_by(Source.LOGS) == []

    def test_tokens_of_invitations_are_in_no_log_and_gone_with_the_wave(
        self, staged: Staged
    ) -> None:
        """Until then they stand in mails that wait, and in what the database wrote of them."""
        published = staged.wave.published

        for one in staged.wave.answered:
            token = one.respondent.invitation.token.encode()
            assert token not in published.output
            assert token not in published.copy.files

    def test_nobody_and_no_key_is_left_after_publication(self, staged: Staged) -> None:
        published = staged.wave.published

        assert published.copy.tables["roll_entry"] == []
        assert published.copy.tables["sealed_ballot"] == []
        assert published.keys == []
        assert len(published.copy.tables["comment"]) == staged.ballots * 4

    def test_the_answering_left_no_line_in_any_log(self, staged: Staged) -> None:
        lines = staged.wave.published.output.decode().splitlines()

        assert [line for line in lines if "POST" in line or "/ballot" in line] == []
        assert any("/healthz" in line for line in lines), "the access log is on"


class TestControls:
    @pytest.mark.parametrize("case", [Case.PLAIN, Case.RANDOM_KEYS])
    def test_every_attack_links_common_storage(self, staged: Staged, case: Case) -> None:
        found = findings(staged, case)

        said = {attack: one.hits for (_, attack), one in found.items()}
        assert {one.verdict for one in found.values()} == {Verdict.WORKS}, said

    def test_the_order_of_answering_can_be_read_from_the_product_too(self, staged: Staged) -> None:
        """With the key at hand it links: the evidence is whole, and what protects is the seal."""
        found = findings(staged, Case.OPEN_WITH_KEY)

        log = found[Case.OPEN_WITH_KEY, Attack.LOG_AHEAD]
        assert log.share >= {POSTGRESQL: 0.95, SQLITE: 0.8}[staged.database]
        assert found[Case.OPEN_WITH_KEY, Attack.KEYS].hits == SIZE.ballots


class TestStaging:
    def test_everybody_answered_and_half_of_them_were_reminded_first(self, staged: Staged) -> None:
        wave = staged.wave

        assert len(wave.truth) == len(set(wave.truth.values())) == staged.ballots
        assert len(wave.half.mails) == staged.ballots
        reminded = [mail.recipient for mail in wave.full.mails[staged.ballots :]]
        late = [one.respondent.email for one in wave.answered[staged.ballots // 2 :]]
        assert sorted(reminded) == sorted(late)

    def test_mails_hold_what_people_read(self, staged: Staged) -> None:
        for mail in staged.wave.full.mails:
            assert f"To: {mail.recipient}".encode() in mail.content
            assert "/ballot/" in mail.text
