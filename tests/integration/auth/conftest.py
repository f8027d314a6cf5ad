"""Accounts with real passwords, and the form they sign in by."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from employee_pulse.auth import queries, service
from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.foundation.db import db, transaction

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

MakeAccount = Callable[..., int]
Account_ = Callable[[int], Account]


@pytest.fixture
def make(app: Flask) -> MakeAccount:
    """``make("hr")``: the id of an account ``hr@example.com`` with PASSWORD."""

    def make_(role: str = "hr", email: str | None = None, **options: str) -> int:
        with app.app_context(), transaction():
            account, _password = service.create_account(
                email=email or f"{role}@example.com",
                name=f"Some {role}",
                role=Role(role),
                password=PASSWORD,
                now=NOW,
                language="en",
                **options,  # type: ignore[arg-type]
            )
            return account.id

    return make_


@pytest.fixture
def stored(app: Flask) -> Account_:
    """``stored(id)``: the account as the database has it."""

    def stored_(account_id: int) -> Account:
        with app.app_context():
            account = queries.account(account_id)
            assert account is not None
            db.session.expunge(account)
            return account

    return stored_


def sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, target: str = "/app/account"
) -> TestResponse:
    return client.post(
        "/app/sign-in",
        query_string={"next": target, "lang": "en"},
        data={"email": email, "password": password},
    )
