"""An application that sends its mail to a real server."""

from collections.abc import Iterator

import pytest
from flask import Flask

from employee_pulse.notifications.transports import SmtpTransport
from tests import smtp_server
from tests.smtp_server import Postman


@pytest.fixture
def by_smtp(app: Flask) -> Iterator[Postman]:
    """Inside the application, with mail going to the server."""
    with smtp_server.running() as postman, app.app_context():
        app.config["MAIL_TRANSPORT"] = "smtp"
        app.extensions["pulse_transports"]["smtp"] = SmtpTransport(
            host="127.0.0.1",
            port=postman.port,
            sender="Pulse <pulse@example.com>",
            secret="s",
            timeout_seconds=5,
        )
        yield postman
