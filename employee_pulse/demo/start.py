"""``flask start``: prepares the database and serves the web and the clock in one go."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from employee_pulse.auth.rules import ROLE_LABELS
from employee_pulse.foundation import clock
from employee_pulse.foundation.commands import Command
from employee_pulse.foundation.db import db, transaction

HOST = "127.0.0.1"
_THREADS = 8
_GRACEFUL_SECONDS = 20


@click.command(cls=Command)
@click.option("--port", type=int, envvar="PORT", default=8000, show_default=True)
@with_appcontext
def start(port: int) -> None:
    """Prepare everything and serve on this machine: web and scheduler in one process."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    _refuse_taken_port(port)
    _lead_links_here(app, port)
    _prepare(app)
    _tell(app, port)
    db.session.remove()
    db.engine.dispose()
    _serve(app, port)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                _(
                    "Port %(port)s is taken by another program. Choose another one: "
                    "PORT=8001 make run",
                    port=port,
                )
            ) from error


def _lead_links_here(app: Flask, port: int) -> None:
    """Unless an address is configured, links in mails lead to this very server."""
    if "PULSE_BASE_URL" not in os.environ:
        app.config["BASE_URL"] = f"http://{HOST}:{port}"


def _prepare(app: Flask) -> None:
    """Key folder, tables, question bank and, in demo mode, the company: each only if missing."""
    Path(app.config["KEY_DIR"]).mkdir(mode=0o700, parents=True, exist_ok=True)
    _migrate(app)
    from employee_pulse.demo import company
    from employee_pulse.surveys import service as surveys

    with transaction():
        surveys.load_question_bank(now=clock.now())
    if app.config["DEMO"]:
        # Commands typed beside the server belong to the same demo: their mails too.
        marker = Path(app.config["INSTANCE"]) / "demo"
        marker.write_text(app.config["SQLALCHEMY_DATABASE_URI"], encoding="utf-8")
    if app.config["DEMO"] and company.is_empty():
        from employee_pulse.demo import build

        build.build(clock.now())


def _migrate(app: Flask) -> None:
    import logging

    from flask_migrate import upgrade

    logging.getLogger("alembic").setLevel(logging.WARNING)
    folder = Path(app.root_path).parent / "migrations"
    upgrade(directory=str(folder))


def _tell(app: Flask, port: int) -> None:
    click.secho(f"\n  Employee Pulse: http://{HOST}:{port}\n", bold=True)
    if app.config["DEMO"]:
        from employee_pulse.demo.company import ACCOUNTS, PASSWORD

        click.echo(
            "  " + _("Demo accounts, all with the password %(password)s:", password=PASSWORD)
        )
        for account in ACCOUNTS:
            click.echo(f"    {account.email:<30} {_(ROLE_LABELS[account.role])}")
        click.echo()
    click.echo("  " + _("Stop it with Ctrl+C."))


def _serve(app: Flask, port: int) -> None:
    """One worker with threads: on one machine the clock runs beside the pages."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
        def load_config(self) -> None:
            for name, value in _settings(app, port).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Server().run()


def _settings(app: Flask, port: int) -> dict[str, Any]:
    start_clock, stop_clock = _clock_of(app)
    return {
        "bind": f"{HOST}:{port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": _THREADS,
        "graceful_timeout": _GRACEFUL_SECONDS,
        "loglevel": "warning",
        "logger_class": "employee_pulse.foundation.access_log.QuietLogger",
        "control_socket_disable": True,
        "post_worker_init": start_clock,
        "worker_exit": stop_clock,
    }


def _clock_of(app: Flask) -> tuple[Callable[[Any], None], Callable[[Any, Any], None]]:
    """Starts and stops the scheduler of the one worker."""
    running: list[Any] = []

    def start_clock(worker: Any) -> None:
        from employee_pulse.scheduler import runner
        from employee_pulse.scheduler.schedule import SCHEDULE

        running.append(runner.start(app, SCHEDULE))

    def stop_clock(server: Any, worker: Any) -> None:
        while running:
            running.pop().shutdown(wait=True)

    return start_clock, stop_clock
