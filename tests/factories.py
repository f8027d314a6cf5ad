"""Plain functions that make things for tests, with good defaults."""

from flask import Flask
from flask.testing import FlaskClient

from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import Role
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction


def make_account(role: str = "hr", *, email: str | None = None, language: str = "en") -> Account:
    account = Account(
        email=email or f"{role}@example.com",
        name=f"Test {role}",
        role=Role(role),
        language=language,
        epoch=0,
        failed_sign_ins=0,
        created_at=clock.now(),
    )
    db.session.add(account)
    return account


def signed_in_client(app: Flask, role: str) -> FlaskClient:
    """A client whose session belongs to a new account of ``role``."""
    with app.app_context():
        with transaction():
            make_account(role, email=f"{role}-signed-in@example.com")
        account = db.session.query(Account).filter_by(email=f"{role}-signed-in@example.com").one()
        session_id = f"{account.id}:{account.epoch}"
    client = app.test_client()
    with client.session_transaction(path="/app/") as session:
        session["_user_id"] = session_id
        session["_fresh"] = True
    return client
