"""Commands of the rooms: what stops them is said in words, never in a traceback."""

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import InternalError, OperationalError

from employee_pulse.foundation.db import DatabaseUnavailable
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.translation import say


class Command(click.Command):
    """Ends in a sentence and exit code 1 if it is refused or the database is away.

    An error of the database shows the statement and its values, so nothing of it is repeated.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            raise click.ClickException(say(refused.phrase)) from refused
        except (InternalError, OperationalError) as error:
            raise click.ClickException(say(DatabaseUnavailable().phrase)) from error


class Commands(AppGroup):
    """A group of such commands, each inside an application context."""

    command_class = Command
