"""``flask auth create-account``."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from employee_pulse.auth.models import Account
from employee_pulse.foundation.db import db


def run(app: Flask, *arguments: str, stdin: str = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["auth", "create-account", *arguments], input=stdin)
    return result.exit_code, result.output


def accounts(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        found = db.session.scalars(select(Account)).all()
        return [(each.email, each.role.value, each.language) for each in found]


def test_makes_an_account_and_prints_its_password_once(app: Flask) -> None:
    code, output = run(app, "Kim@Example.com", "--name", "김", "--role", "hr")

    assert code == 0, output
    assert accounts(app) == [("kim@example.com", "hr", "ko")]
    password = re.search(r"([2-9a-z]{5}-){3}[2-9a-z]{5}", output)
    assert password
    form = {"email": "kim@example.com", "password": password.group()}
    client = app.test_client()
    assert client.post("/app/sign-in", data=form).status_code == 302
    assert client.get("/app/").location.startswith("/app/password")


def test_takes_a_password_from_standard_input_and_does_not_print_it(app: Flask) -> None:
    code, output = run(
        app,
        *("kim@example.com", "--name", "Kim", "--role", "hr", "--language", "en"),
        "--password-stdin",
        stdin="correct horse battery\n",
    )

    assert code == 0, output
    assert "horse" not in output
    form = {"email": "kim@example.com", "password": "correct horse battery"}
    client = app.test_client()
    assert client.post("/app/sign-in", data=form).status_code == 302
    assert client.get("/app/").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["kim", "--name", "Kim", "--role", "hr"], ""),
        (["kim@example.com", "--name", "Kim", "--role", "emperor"], ""),
        (["kim@example.com", "--name", "Kim", "--role", "hr", "--password-stdin"], "short\n"),
        (["kim@example.com", "--name", "Kim", "--role", "hr", "--employee-number", "4"], ""),
    ],
)
def test_refuses_what_cannot_be(app: Flask, arguments: list[str], stdin: str) -> None:
    code, output = run(app, *arguments, stdin=stdin)

    assert code != 0
    assert "Traceback" not in output
    assert accounts(app) == []


def test_refuses_the_same_address_twice(app: Flask) -> None:
    run(app, "kim@example.com", "--name", "Kim", "--role", "hr")

    code, output = run(app, "KIM@example.com", "--name", "Kim", "--role", "executive")

    assert code == 1
    assert "이미" in output
    assert len(accounts(app)) == 1
