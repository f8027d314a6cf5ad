"""In demo mode: mail goes to the mailbox. Everywhere: the command that starts the program."""

from flask import Flask

from employee_pulse.demo.start import start
from employee_pulse.demo.transport import DemoTransport


def init_app(app: Flask) -> None:
    """The transport exists in demo mode only, so that no other installation keeps its mails."""
    if app.config["DEMO"]:
        app.extensions["pulse_transports"]["demo"] = DemoTransport()
    app.cli.add_command(start)
