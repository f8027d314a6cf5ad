"""A company where some departments have no e-mail, and HR signed in."""

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from employee_pulse.ballots.printing import views
from employee_pulse.ballots.printing.draw import draw
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db
from employee_pulse.org.models import Department
from tests.integration.ballots.company import open_company

SIZES = (3, 12, 14, 12)
"""Of the company itself and three teams; teams 2 and 3 have no e-mail."""
KIOSK_CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}\b")
PAPER_CODE = re.compile(r"\b(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}\b")


@pytest.fixture
def without_email(app: Flask, key_dir: Path) -> int:
    """An open wave; its id."""
    return open_company(app, key_dir, now=clock.now(), sizes=SIZES, without_email=26)


@pytest.fixture
def departments(app: Flask, without_email: int) -> dict[str, int]:
    """Department ids by code."""
    with app.app_context():
        return {each.code: each.id for each in db.session.scalars(select(Department))}


@pytest.fixture
def hr(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("hr")


@pytest.fixture(autouse=True)
def drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: starting another one for each print takes most of the time."""
    monkeypatch.setattr(views, "draw_apart", draw)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, on one line."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()
