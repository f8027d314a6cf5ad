"""Makes the transports that the configuration asks for."""

from flask import Flask

from employee_pulse.notifications.transports import (
    MemoryTransport,
    SmtpTransport,
    WebhookTransport,
)

TLS = ("none", "starttls", "ssl")


def init_app(app: Flask) -> None:
    """Keep one of each by name; ``MAIL_TRANSPORT`` chooses which one carries mail."""
    config = app.config
    if config["SMTP_TLS"] not in TLS:
        # Taken for "none" it would send the password and every mail in the clear.
        raise ValueError(f"PULSE_SMTP_TLS is one of {', '.join(TLS)}")
    app.extensions["pulse_transports"] = {
        "memory": MemoryTransport(),
        "smtp": SmtpTransport(
            host=config["SMTP_HOST"],
            port=config["SMTP_PORT"],
            sender=config["SMTP_SENDER"],
            secret=config["SECRET_KEY"],
            tls=config["SMTP_TLS"],
            user=config["SMTP_USER"],
            password=config["SMTP_PASSWORD"],
        ),
        "webhook": WebhookTransport(
            secret=config["SECRET_KEY"],
            private_addresses=config["WEBHOOK_PRIVATE_ADDRESSES"],
        ),
    }
