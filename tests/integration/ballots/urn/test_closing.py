"""Closing and casting lock each other out, so that no ballot falls between thanks and counting."""

from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from employee_pulse.ballots.protocol import canonical_json
from employee_pulse.ballots.register import service as register
from employee_pulse.ballots.urn import service as urn
from employee_pulse.ballots.urn.rules import Ballot, read_ballot
from employee_pulse.ballots.waves import WaveClosed
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.surveys.models import Wave
from employee_pulse.surveys.service import close_wave
from tests.integration.ballots.company import Voter

pytestmark = pytest.mark.database

_HURRY = {"sqlite": "PRAGMA busy_timeout = 50", "postgresql": "SET lock_timeout = 50"}


def elsewhere(app: Flask, work: Callable[[], object]) -> object:
    """What the work gives, or raises, on another connection that waits for no lock."""
    result: list[object] = []

    def run() -> None:
        with app.app_context():
            try:
                db.session.execute(text(_HURRY[db.engine.dialect.name]))
                with transaction():
                    db.session.execute(text(_HURRY[db.engine.dialect.name]))
                    result.append(work())
            except Exception as error:
                result.append(error)
            finally:
                db.session.remove()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return result[0]


def filled_in(person: Voter) -> Ballot:
    return read_ballot(canonical_json(person.ballot()).encode(), wave_id=person.wave_id)


def close_at_once(wave_id: int) -> bool:
    wave = db.session.get_one(Wave, wave_id)
    return close_wave(wave_id=wave_id, now=wave.closes_at)


class TestClosing:
    def test_waits_for_a_ballot_that_is_being_taken(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = filled_in(person)

        with app.app_context(), transaction():
            urn.cast_ballot(ballot, now=clock.now())
            meanwhile = elsewhere(app, lambda: close_at_once(person.wave_id))

        assert isinstance(meanwhile, OperationalError)
        assert elsewhere(app, lambda: close_at_once(person.wave_id)) is True

    def test_waits_for_a_signature_that_is_being_given(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()

        with app.app_context(), transaction():
            register.issue_signature(
                wave_id=person.wave_id,
                token=person.token,
                blinded=person.blinded.message,
                secret=app.config["SECRET_KEY"],
                now=clock.now(),
            )
            meanwhile = elsewhere(app, lambda: close_at_once(person.wave_id))

        assert isinstance(meanwhile, OperationalError)

    def test_keeps_ballots_waiting_until_they_can_be_told(
        self, app: Flask, voter: Callable[..., Voter]
    ) -> None:
        person = voter()
        ballot = filled_in(person)

        with app.app_context(), transaction():
            assert close_at_once(person.wave_id)
            meanwhile = elsewhere(app, lambda: urn.cast_ballot(ballot, now=clock.now()))

        assert isinstance(meanwhile, OperationalError)
        assert isinstance(
            elsewhere(app, lambda: urn.cast_ballot(ballot, now=clock.now())), WaveClosed
        )
