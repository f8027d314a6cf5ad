"""Commands for accounts."""

import sys

import click
from flask_babel import gettext as _

from employee_pulse.auth import service
from employee_pulse.auth.rules import Role, password_problem
from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Commands
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.translation import LANGUAGES, say
from employee_pulse.org.rules.cells import is_email

cli = Commands("auth", help="Accounts of people who sign in.")


@cli.command("create-account")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know the person.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--language", default=LANGUAGES[0], type=click.Choice(LANGUAGES))
@click.option("--employee-number", help="Links the account to somebody of the roster.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_account(
    email: str,
    name: str,
    role: str,
    language: str,
    employee_number: str | None,
    *,
    password_stdin: bool,
) -> None:
    """Make an account. Without --password-stdin a password is made and printed once."""
    if not is_email(email):
        raise click.ClickException(_("This is not an e-mail address."))
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    problem = password_problem(password, email=email) if password is not None else None
    if problem is not None:
        raise click.ClickException(say(problem))
    with transaction():
        account, chosen = service.create_account(
            email=email,
            name=name,
            role=Role(role),
            language=language,
            employee_number=employee_number,
            password=password,
            now=clock.now(),
        )
    click.echo(_("The account %(email)s is made.", email=account.email))
    if password is None:
        click.echo(_("Password, shown this once: %(password)s", password=chosen))
