"""Every page there is, taken from the application's own routes, with example addresses of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, func, select

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.auth.access import ENDPOINTS, ROLES, Role
from employee_pulse.auth.models import Account
from employee_pulse.ballots.register.models import Roll
from employee_pulse.demo.models import DemoMail
from employee_pulse.foundation.db import db, transaction
from employee_pulse.org import service as org
from employee_pulse.org.models import Department, RosterUpload
from employee_pulse.results import service as results
from employee_pulse.results.models import HistoryUpload, Publication
from employee_pulse.surveys import service as surveys
from employee_pulse.surveys.models import Program, Question, Wave
from tests.browser.server import Place

NOT_PAGES = frozenset(
    {
        "static",
        "home.healthz",
        "home.readyz",
        "home.set_language",
        "auth.choose_password",
        "checks.check_json",
        "org.errors_csv",
        "register.sheet",
        "results.heatmap_csv",
        "results.heatmap_png",
        "results.history_errors",
        "results.history_template",
        "results.receipts_file",
        "results.trend_csv",
        "results.trend_pdf",
        "results.trend_png",
        "results.trend_svg",
    }
)
"""Endpoints that answer a GET with a file, with words for machines or with a redirect."""

ROLES_TO_TRY = (Role.HR, Role.ADMINISTRATOR, Role.EXECUTIVE)

ROSTER = "Employee number,Name,Department code,Department name\n"
GOOD_ROSTER = ROSTER + "9001,Kim Jiho,Z1,Research\n9002,Lee Sua,Z1,Research\n"
BAD_ROSTER = ROSTER + "9001,Kim Jiho,Z1,Research\n9001,Lee Sua,Z1,Research\n9003,,Z9,\n"

HISTORY = "period,department_code,question_code,n,histogram,mean,sd\n"
GOOD_HISTORY = HISTORY + "2023-05,G000,LEAD-03,180,10|20|40|70|40,,\n"
BAD_HISTORY = HISTORY + "2023-05,G000,LEAD-03,3,1|0|1|1|0,,\n2023-06,NOWHERE,LEAD-03,180,,3.4,0.9\n"

EXAMPLES: Mapping[str, Mapping[str, Select[Any]]] = {
    "program_id": {
        "running": select(func.min(Program.id)).where(Program.launched_at.is_not(None)),
        "draft": select(func.min(Program.id)).where(Program.launched_at.is_(None)),
    },
    "wave_id": {
        "open": select(func.min(Wave.id)).where(
            Wave.opened_at.is_not(None), Wave.closed_at.is_(None)
        ),
        "planned": select(func.min(Wave.id)).where(
            Wave.opened_at.is_(None), Wave.imported_at.is_(None)
        ),
        "published": select(func.max(Publication.wave_id)),
    },
    "upload_id": {
        "good": select(func.min(RosterUpload.id)),
        "bad": select(func.max(RosterUpload.id)),
    },
    "department_id": {"root": select(func.min(Department.id))},
    "mail_id": {"first": select(func.min(DemoMail.id))},
    "sheet_hash": {"open": select(func.min(Roll.sheet_hash))},
    "question_code": {"first": select(func.min(Question.code))},
}
"""Values for a place in an address, from the demo company; a page is looked at with each."""

ONLY: Mapping[str, frozenset[str]] = {
    "surveys.edit_audience": frozenset({"draft"}),
    "surveys.edit_questions": frozenset({"draft"}),
    "surveys.edit_schedule": frozenset({"draft"}),
    "surveys.edit_invitation": frozenset({"draft"}),
    "surveys.launch": frozenset({"draft"}),
    "surveys.program": frozenset({"running"}),
    "results.comments": frozenset({"running"}),
    "results.heatmap": frozenset({"running"}),
    "results.program": frozenset({"running"}),
    "results.trend": frozenset({"running"}),
}
"""Pages that not every example has."""

OTHER_UPLOADS = {
    "results.history_preview": {
        "good": select(func.min(HistoryUpload.id)),
        "bad": select(func.max(HistoryUpload.id)),
    }
}
"""Places that mean something else on one page."""


@dataclass(frozen=True)
class PageKind:
    """An endpoint that shows a page, an example, and who opens it (None: nobody signed in)."""

    endpoint: str
    place: str | None
    example: str | None
    role: str | None

    def __str__(self) -> str:
        return f"{self.endpoint}-{self.example}" if self.example else self.endpoint


def page_kinds() -> list[PageKind]:
    """Every endpoint that answers GET, apart from ``NOT_PAGES``, with each of its examples."""
    kinds = []
    for rule in _application("sqlite://").url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_PAGES:
            continue
        place = next(iter(rule.arguments), None)
        examples = _examples(rule.endpoint, place) if place else [None]
        kinds += [
            PageKind(rule.endpoint, place, example, _role(rule.endpoint))
            for example in examples
            if example in ONLY.get(rule.endpoint, examples)
        ]
    return sorted(kinds, key=str)


def address(kind: PageKind, place: Place) -> str:
    """Where to find a page of this kind in the demo company."""
    app = _application(place.database_url)
    with app.test_request_context():
        values = {}
        if kind.place and kind.example:
            example = _examples(kind.endpoint, kind.place)[kind.example]
            values[kind.place] = db.session.scalar(example)
            assert values[kind.place] is not None, f"the demo company has no {kind}"
        db.session.remove()
        return url_for(kind.endpoint, **values)


def add_unfinished_work(place: Place, now: datetime) -> None:
    """Beside the demo company: a draft of a program, a good and a bad roster file."""
    with _application(place.database_url).app_context(), transaction():
        by_id = db.session.scalars(select(Account.id).where(Account.role == Role.HR)).first()
        assert by_id is not None
        surveys.draft_program(
            name_ko="분기 펄스",
            name_en="Quarterly pulse",
            audience=list(db.session.scalars(select(func.min(Department.id)))),
            now=now,
            created_by_id=by_id,
        )
        for name, content in (("good.csv", GOOD_ROSTER), ("bad.csv", BAD_ROSTER)):
            org.keep_upload(filename=name, content=content.encode(), by_id=by_id, now=now)
        program_id = db.session.scalar(EXAMPLES["program_id"]["running"])
        for name, content in (("good.csv", GOOD_HISTORY), ("bad.csv", BAD_HISTORY)):
            results.keep_upload(
                program_id=program_id,
                filename=name,
                content=content.encode(),
                by_id=by_id,
                now=now,
            )


def _examples(endpoint: str, place: str) -> Mapping[str, Select[Any]]:
    return OTHER_UPLOADS.get(endpoint) or EXAMPLES[place]


def _role(endpoint: str) -> str | None:
    needed = ENDPOINTS[endpoint]
    if needed is None:
        return None
    return next(role.value for role in ROLES_TO_TRY if needed in ROLES[role])


@cache
def _application(database_url: str) -> Flask:
    return create_app(TestConfig(database_url=database_url, key_dir="unused"))
