"""An open wave with invitations, and people who answer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from employee_pulse.anonymity import blind_signature
from employee_pulse.anonymity.blind_signature import PrivateKey
from employee_pulse.ballots.register import jobs
from employee_pulse.foundation import clock
from tests.integration.ballots.company import Voter, open_company, tokens


@pytest.fixture(scope="session")
def few_keys() -> list[PrivateKey]:
    """Made once: a real key takes a moment, and no test needs more than three at a time."""
    return blind_signature.generate_keys(3)


@pytest.fixture(autouse=True)
def keys_made_beforehand(few_keys: list[PrivateKey], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "generate_keys", lambda count: few_keys[:count])


@pytest.fixture
def open_wave(app: Flask, key_dir: Path) -> int:
    """A wave that is open now, its roll drawn and everybody invited."""
    return open_company(app, key_dir, now=clock.now())


@pytest.fixture
def voter(app: Flask, client: FlaskClient, open_wave: int) -> Callable[..., Voter]:
    """``voter(0)``: one of the invited, each with a client without any cookie."""
    links = tokens(app)

    def invited(number: int = 0, **changes: object) -> Voter:
        client = app.test_client(use_cookies=False)
        return Voter(client, open_wave, links[number], **changes)  # type: ignore[arg-type]

    return invited
