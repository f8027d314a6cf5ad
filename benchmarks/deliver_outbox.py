"""Delivers a full outbox to a real SMTP server, beside one connection a mail.

python -m benchmarks.deliver_outbox [--mails 2000] [--database-url URL]
"""

import argparse
import smtplib
import tempfile
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.foundation.db import Base, db, transaction
from employee_pulse.notifications import jobs, service
from employee_pulse.notifications.rules import Mail
from tests import smtp_server
from tests.smtp_server import Postman

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BASELINE_SHARE = 0.1
"""Of the mails go through the baseline; its time is multiplied up."""
TEXT = "Please take a few minutes for this month's pulse.\n" * 20


def recipient(number: int) -> str:
    return f"employee{number}@example.com"


def queue(mails: int) -> None:
    with transaction():
        service.enqueue_mails(
            [
                Mail(
                    kind="invitation",
                    recipient=recipient(number),
                    subject="Monthly pulse",
                    body=TEXT,
                    html=f"<p>{TEXT}</p>",
                    idempotency_key=f"benchmark:{number}",
                    erase=True,
                )
                for number in range(mails)
            ],
            now=NOW,
        )


def one_connection_a_mail(port: int, mails: int) -> float:
    """Seconds for the naive way, without any table."""
    start = time.perf_counter()
    for number in range(mails):
        message = EmailMessage()
        message["From"], message["To"] = "pulse@example.com", recipient(number)
        message["Subject"] = "Monthly pulse"
        message.set_content(TEXT)
        message.add_alternative(f"<p>{TEXT}</p>", subtype="html")
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.send_message(message)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--database-url", help="Default: a new SQLite file.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, smtp_server.running() as postman:
        url = options.database_url or f"sqlite:///{Path(folder) / 'pulse.db'}"
        config = TestConfig(database_url=url, key_dir=folder)
        config.MAIL_TRANSPORT, config.SMTP_PORT = "smtp", postman.port
        app = create_app(config)
        with app.app_context():
            Base.metadata.create_all(db.engine)
            measure(app, postman, options.mails)
            db.engine.dispose()


def measure(app: Flask, postman: Postman, mails: int) -> None:
    start = time.perf_counter()
    queue(mails)
    queued = time.perf_counter()
    delivered = jobs.deliver_outbox(NOW)
    seconds = time.perf_counter() - queued
    connections = postman.connections
    assert delivered == mails == len(set(postman.recipients))
    share = max(1, round(mails * BASELINE_SHARE))
    baseline = one_connection_a_mail(postman.port, share) * mails / share
    print(f"{mails:,} mails to one SMTP server on this machine, {db.engine.dialect.name}")
    print(f"queue                     {queued - start:7.2f} s")
    print(f"deliver                   {seconds:7.2f} s  {mails / seconds:6.0f} a second")
    print(f"connections               {connections:7d}")
    print(f"one connection a mail     {baseline:7.2f} s, from {share:,} mails")
    print(f"one connection a mail takes {baseline / seconds:.1f} times as long")


if __name__ == "__main__":
    main()
