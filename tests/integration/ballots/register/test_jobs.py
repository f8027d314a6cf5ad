"""The register's jobs: each does its work once, whoever runs it and how often."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from employee_pulse.anonymity import queries as keys
from employee_pulse.ballots.protocol import key_purpose
from employee_pulse.ballots.register import jobs, queries
from employee_pulse.ballots.register.models import ReminderRound, ReportingGroup, Roll, RollEntry
from employee_pulse.ballots.register.rules.invitations import token_hash
from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications.models import OutboxMessage, WebhookEndpoint
from employee_pulse.org.models import Employee
from employee_pulse.surveys.models import Program, Wave
from tests.integration.ballots.company import (
    CLOSES,
    LINK,
    OPENED,
    at_once,
    mails,
    make_company,
    make_wave,
)

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("context")]

NOW = OPENED + timedelta(minutes=5)
REMINDER = datetime(2026, 11, 5, 1, tzinfo=UTC)
"""Thursday 10:00 in Seoul, three working days after opening."""


@pytest.fixture
def wave_id(key_dir: Path, context: None) -> int:
    with transaction():
        make_company((3, 12, 14), without_email=2)
        return make_wave(key_dir)


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


class TestDrawRolls:
    def test_takes_a_snapshot_in_groups_that_are_large_enough(self, wave_id: int) -> None:
        assert jobs.draw_rolls(NOW) == 1

        groups = queries.groups(wave_id)
        assert [(g.label_en, g.eligible, g.issued) for g in groups] == [
            ("Company, leads and small teams", 15, 0),
            ("Team 2", 14, 0),
        ]
        assert groups[0].label_ko == "회사 직속·소규모 팀"
        members = db.session.scalars(select(RollEntry.group_id)).all()
        assert sorted(Counter(members).values()) == [14, 15]

    def test_counts_people_without_mail(self, wave_id: int) -> None:
        jobs.draw_rolls(NOW)

        roll = queries.roll(wave_id)
        assert roll is not None
        assert (roll.eligible, roll.without_email) == (29, 2)

    def test_leaves_out_who_left_and_who_has_not_come(self, wave_id: int) -> None:
        with transaction():
            db.session.execute(
                update(Employee)
                .where(Employee.number == "E20")
                .values(active_until=date(2026, 11, 1))
            )
            db.session.execute(
                update(Employee)
                .where(Employee.number == "E21")
                .values(active_from=date(2026, 11, 3))
            )

        jobs.draw_rolls(NOW)

        assert count(RollEntry) == 27

    def test_gives_each_group_a_key_of_its_own(self, app: Flask, wave_id: int) -> None:
        jobs.draw_rolls(NOW)

        sheet = json.loads(queries.roll(wave_id).sheet)  # type: ignore[union-attr]
        moduli = set()
        for group in sheet["groups"]:
            key = keys.private_key(
                key_purpose(wave_id), str(group["id"]), secret=app.config["SECRET_KEY"]
            )
            assert key is not None
            assert (int(group["n"], 16), group["e"]) == (key.public.n, 65537)
            moduli.add(key.public.n)
        assert len(moduli) == len(sheet["groups"]) == 2

    def test_the_sheet_says_what_the_wave_was_opened_with(self, wave_id: int) -> None:
        jobs.draw_rolls(NOW)

        roll, wave = queries.roll(wave_id), db.session.get_one(Wave, wave_id)
        assert roll is not None
        sheet = json.loads(roll.sheet)
        assert roll.sheet_hash == sha256(roll.sheet.encode()).hexdigest()
        assert wave.sealing_key is not None
        assert sheet["sealing_key"] == wave.sealing_key.hex()
        assert sheet["questions"] == wave.questions_hash
        assert sheet["thresholds"] == wave.thresholds
        assert sheet["previous"] is None

    def test_names_the_sheet_of_the_wave_before(self, key_dir: Path, wave_id: int) -> None:
        jobs.draw_rolls(NOW)
        program = db.session.scalars(select(Program)).one()
        december = OPENED + timedelta(days=30)
        with transaction():
            later = make_wave(
                key_dir,
                program=db.session.get_one(Program, program.id),
                opened_at=december,
                closes_at=december + timedelta(days=9),
            )

        jobs.draw_rolls(december)

        first, second = queries.roll(wave_id), queries.roll(later)
        assert first is not None
        assert second is not None
        assert json.loads(second.sheet)["previous"] == first.sheet_hash

    def test_tells_the_webhooks_the_hash_of_the_sheet(self, wave_id: int) -> None:
        with transaction():
            db.session.add(
                WebhookEndpoint(url="https://hooks.example.com/", secret="s", created_at=NOW)
            )

        jobs.draw_rolls(NOW)

        (call,) = mails("wave.opened")
        data = json.loads(call.body)["data"]
        assert data["sheet_hash"] == queries.roll(wave_id).sheet_hash  # type: ignore[union-attr]
        assert (data["wave"], data["eligible"]) == (wave_id, 29)

    def test_a_wave_that_fails_stops_no_other(
        self, key_dir: Path, wave_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with transaction():
            later = make_wave(key_dir, opened_at=OPENED + timedelta(minutes=1))
        plan_roll = jobs.service.plan_roll

        def fail_for_first(each: int, **given: Any) -> object:
            if each == wave_id:
                raise LookupError
            return plan_roll(each, **given)

        monkeypatch.setattr(jobs.service, "plan_roll", fail_for_first)

        with pytest.raises(LookupError):
            jobs.draw_rolls(NOW)

        assert queries.roll(wave_id) is None
        assert queries.roll(later) is not None

    def test_does_nothing_the_second_time(self, wave_id: int) -> None:
        jobs.draw_rolls(NOW)
        before = queries.roll(wave_id).sheet_hash  # type: ignore[union-attr]

        assert jobs.draw_rolls(NOW) == 0
        assert queries.roll(wave_id).sheet_hash == before  # type: ignore[union-attr]

    def test_of_two_workers_one_draws(self, app: Flask, wave_id: int) -> None:
        drawn = at_once(app, lambda _: jobs.draw_rolls(NOW), workers=3)

        assert sorted(drawn, key=str) == [0, 0, 1]
        assert (count(Roll), count(ReportingGroup), count(RollEntry)) == (1, 2, 29)
        assert len(keys.public_keys(key_purpose(wave_id))) == 2

    @pytest.mark.parametrize(
        "values",
        [{"opened_at": None}, {"closed_at": NOW}, {"closes_at": NOW}],
        ids=["not yet open", "closed", "past its closing"],
    )
    def test_draws_for_open_waves_only(
        self, wave_id: int, values: dict[str, datetime | None]
    ) -> None:
        with transaction():
            db.session.execute(update(Wave).values(**values))

        assert jobs.draw_rolls(NOW) == 0
        assert count(Roll) == 0

    def test_draws_none_where_too_few_are_left_and_says_why(
        self, wave_id: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        with transaction():
            db.session.execute(
                update(Employee).where(Employee.id > 4).values(active_until=date(2026, 11, 1))
            )

        assert jobs.draw_rolls(NOW) == 0
        assert count(Roll) == 0
        assert "Only 4 people may answer" in caplog.text


class TestInvite:
    @pytest.fixture(autouse=True)
    def drawn(self, wave_id: int) -> None:
        jobs.draw_rolls(NOW)

    def test_writes_to_everybody_with_an_address_in_their_language(self, wave_id: int) -> None:
        assert jobs.invite(NOW) == 27

        english = [mail for mail in mails() if mail.subject.startswith("Monthly pulse")]
        korean = [mail for mail in mails() if mail.subject.startswith("월간 펄스")]
        assert (len(english), len(korean)) == (9, 18)
        assert "마감됩니다" in korean[0].body
        assert "Fri, Nov 13, 18:00" in english[0].body
        assert len({mail.recipient for mail in mails()}) == 27

    def test_each_link_carries_its_own_token_and_the_hash_of_the_sheet(self, wave_id: int) -> None:
        jobs.invite(NOW)

        roll = queries.roll(wave_id)
        assert roll is not None
        entries = db.session.execute(
            select(Employee.email, RollEntry.token_hash).join(
                RollEntry, RollEntry.employee_id == Employee.id
            )
        )
        hashes = {email: stored for email, stored in entries}  # noqa: C416 - rows are no pairs
        for mail in mails():
            found = LINK.search(mail.body)
            assert found is not None
            assert int(found[1]) == wave_id
            assert token_hash(found[2]) == hashes[mail.recipient]
            assert found[3] == roll.sheet_hash
            assert mail.html is not None
            assert found[0].replace("&", "&amp;") in mail.html

    def test_the_mail_is_erased_after_delivery_and_no_token_stands_elsewhere(
        self, wave_id: int
    ) -> None:
        jobs.invite(NOW)

        assert all(mail.erase for mail in mails())
        token = LINK.search(mails()[0].body)[2].encode()  # type: ignore[index]
        entries = db.session.execute(select(RollEntry.__table__)).all()
        assert token not in repr(entries).encode()

    def test_invites_nobody_twice(self, wave_id: int) -> None:
        jobs.invite(NOW)

        assert jobs.invite(NOW) == 0
        assert len(mails()) == 27

    def test_goes_on_where_a_crash_stopped_it(
        self, wave_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jobs, "_CHUNK", 10)
        work = jobs.service.invite
        done: list[int] = []

        def crash_after_two(*args: object, **kwargs: object) -> int:
            if len(done) == 2:
                raise KeyboardInterrupt
            done.append(work(*args, **kwargs))  # type: ignore[arg-type]
            return done[-1]

        monkeypatch.setattr(jobs.service, "invite", crash_after_two)
        with pytest.raises(KeyboardInterrupt):
            jobs.invite(NOW)
        monkeypatch.setattr(jobs.service, "invite", work)

        assert jobs.invite(NOW) == 7
        assert len(mails()) == 27

    def test_of_two_workers_none_writes_to_a_person_again(
        self, app: Flask, wave_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jobs, "_CHUNK", 4)

        queued = at_once(app, lambda _: jobs.invite(NOW), workers=3)
        queued.append(jobs.invite(NOW))

        assert sum(number for number in queued if isinstance(number, int)) == 27
        assert Counter(mail.recipient for mail in mails()).most_common(1)[0][1] == 1

    def test_invites_nobody_to_a_closed_wave(self, wave_id: int) -> None:
        with transaction():
            db.session.execute(update(Wave).values(closed_at=NOW))

        assert jobs.invite(NOW) == 0

    def test_a_wave_that_fails_stops_no_other(
        self, key_dir: Path, wave_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with transaction():
            later = make_wave(key_dir, opened_at=OPENED + timedelta(minutes=1))
        jobs.draw_rolls(NOW)
        invite = jobs.service.invite

        def fail_for_first(each: int, **given: Any) -> int:
            if each == wave_id:
                raise LookupError
            return invite(each, **given)

        monkeypatch.setattr(jobs.service, "invite", fail_for_first)

        with pytest.raises(LookupError):
            jobs.invite(NOW)

        assert len(mails()) == 27
        assert all(f"/ballot/{later}#" in mail.body for mail in mails())

    def test_one_who_got_an_address_is_invited_too(self, wave_id: int) -> None:
        jobs.invite(NOW)
        with transaction():
            db.session.execute(
                update(Employee).where(Employee.number == "E29").values(email="late@example.com")
            )

        assert jobs.invite(NOW) == 1


class TestRemind:
    @pytest.fixture(autouse=True)
    def invited(self, wave_id: int) -> None:
        jobs.draw_rolls(NOW)
        jobs.invite(NOW)

    def take(self, employees: int) -> None:
        with transaction():
            db.session.execute(
                update(RollEntry)
                .where(RollEntry.employee_id <= employees)
                .values(blinded_hash=b"taken")
            )

    def test_writes_to_those_who_have_not_taken_a_ballot(self, wave_id: int) -> None:
        self.take(20)

        assert jobs.remind(REMINDER) == 7

        recipients = {mail.recipient for mail in mails("reminder")}
        assert recipients == {f"person{number}@example.com" for number in range(21, 28)}

    def test_carries_the_same_link_as_the_invitation(self, wave_id: int) -> None:
        jobs.remind(REMINDER)

        invited = {mail.recipient: LINK.search(mail.body)[0] for mail in mails()}  # type: ignore[index]
        for mail in mails("reminder"):
            assert invited[mail.recipient] in mail.body
            assert mail.erase

    def test_reminds_once_a_day(self, wave_id: int) -> None:
        jobs.remind(REMINDER)

        assert jobs.remind(REMINDER + timedelta(hours=1)) == 0
        assert len(mails("reminder")) == 27

    def test_of_two_workers_one_reminds(self, app: Flask, wave_id: int) -> None:
        sent = at_once(app, lambda _: jobs.remind(REMINDER), workers=3)

        assert sorted(sent, key=str) == [0, 0, 27]
        assert len(mails("reminder")) == 27
        assert count(ReminderRound) == 1

    def test_after_downtime_sends_no_burst(self, wave_id: int) -> None:
        before_closing = datetime(2026, 11, 12, 1, tzinfo=UTC)

        assert jobs.remind(before_closing) == 27
        assert jobs.remind(before_closing) == 0
        assert db.session.scalars(select(ReminderRound.day)).all() == [date(2026, 11, 12)]

    @pytest.mark.parametrize(
        "now",
        [
            datetime(2026, 11, 4, 1, tzinfo=UTC),
            datetime(2026, 11, 4, 23, 30, tzinfo=UTC),
            datetime(2026, 11, 5, 9, 0, tzinfo=UTC),
            datetime(2026, 11, 7, 1, tzinfo=UTC),
            CLOSES,
        ],
        ids=["another day", "before nine", "after six", "Saturday", "closed"],
    )
    def test_sends_nothing_at_another_time(self, wave_id: int, now: datetime) -> None:
        assert jobs.remind(now) == 0

    def test_keeps_nothing_about_whom_it_went_to(self, wave_id: int) -> None:
        before = db.session.execute(select(RollEntry.__table__)).all()

        jobs.remind(REMINDER)

        assert db.session.execute(select(RollEntry.__table__)).all() == before
        assert set(ReminderRound.__table__.columns.keys()) == {"wave_id", "day", "sent_at"}

    def test_one_who_was_not_invited_is_not_reminded(self, wave_id: int) -> None:
        with transaction():
            db.session.execute(
                update(RollEntry).where(RollEntry.employee_id <= 5).values(invited=False)
            )

        assert jobs.remind(REMINDER) == 22

    def test_queues_in_one_piece(self, wave_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(jobs.service, "enqueue_mails", fail)
        with pytest.raises(RuntimeError):
            jobs.remind(REMINDER)

        assert count(ReminderRound) == 0
        assert (
            db.session.scalars(
                select(OutboxMessage.id).where(OutboxMessage.kind == "reminder")
            ).all()
            == []
        )
