"""Attempts are charged before the password is looked at, also when many come at once."""

import threading

from argon2 import PasswordHasher
from flask import Flask

from employee_pulse.auth import queries, service
from employee_pulse.auth.rules import ATTEMPTS
from employee_pulse.foundation.db import db, transaction
from tests.integration.auth.conftest import NOW, Account_, MakeAccount


def test_many_at_once_are_no_more_attempts_than_the_account_bears(
    app: Flask, make: MakeAccount, stored: Account_
) -> None:
    account = make("hr")
    start = threading.Barrier(4)
    allowed: list[int] = []

    def attack() -> None:
        with app.app_context():
            start.wait()
            for _ in range(5):
                with transaction():
                    found = service.count_attempt(email="hr@example.com", now=NOW)
                if found is not None:
                    allowed.append(found)
            db.session.remove()

    threads = [threading.Thread(target=attack) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert allowed == [account] * ATTEMPTS
    assert stored(account).locked_until == NOW + service.LOCKED_FOR


def test_two_administrators_who_shut_each_other_at_once_do_not_both_succeed(
    app: Flask, make: MakeAccount, stored: Account_
) -> None:
    accounts = [make("administrator"), make("administrator", "second@example.com")]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def shut(account_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    account = queries.account(account_id)
                    assert account is not None
                    service.disable(account, now=NOW)
            except service.LastAdministrator:
                outcomes.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=shut, args=[account]) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == ["refused"]
    assert sum(stored(account).disabled_at is None for account in accounts) == 1


def test_a_hash_of_weaker_settings_is_renewed(
    app: Flask, make: MakeAccount, stored: Account_
) -> None:
    account_id = make("hr")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("the password")
    with app.app_context(), transaction():
        account = queries.account(account_id)
        assert account is not None
        account.password_hash = weak

    with app.app_context(), transaction():
        account = queries.account(account_id)
        assert account is not None
        service.admit(account, password="the password")

    renewed = stored(account_id).password_hash
    assert renewed is not None
    assert renewed != weak
    assert "m=65536" in renewed
