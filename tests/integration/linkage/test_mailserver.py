"""The mail server of a staging keeps what an SMTP client sends."""

import smtplib

from employee_pulse.linkage.mailserver import mail_server


def test_keeps_mails_in_the_order_in_which_they_came() -> None:
    with mail_server() as (port, mails), smtplib.SMTP("127.0.0.1", port) as client:
        for name in ("ann", "ben"):
            text = f"Subject: {name}\r\n\r\nfor {name}\r\n..\r\n.end"
            client.sendmail("pulse@x.example", [f"{name}@x.example"], text)

    assert [mail.recipient for mail in mails] == ["ann@x.example", "ben@x.example"]
    assert mails[0].text.splitlines() == ["for ann", "..", ".end"]
