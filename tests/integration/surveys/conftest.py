"""A small company with a question bank, and a program to change."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from employee_pulse.foundation.db import db, transaction
from employee_pulse.org.models import Department, Employee
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.models import Program

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
"""Sunday, 14:00 in Seoul."""
QUESTIONS = ["LEAD-01", "COMM-01", "ENPS-01", "PROC-07"]


@pytest.fixture
def keys(key_dir: Path) -> Path:
    key_dir.mkdir(mode=0o700)
    return key_dir


@pytest.fixture
def company(app: Flask) -> None:
    """Headquarters with sales (and sales north below it, 6 people) and production (6 people)."""
    with app.app_context(), transaction():
        head = Department(code="HQ", name_ko="본사", name_en="Headquarters")
        db.session.add(head)
        db.session.flush()
        sales = Department(code="S", name_ko="영업", name_en="Sales", parent_id=head.id)
        making = Department(code="P", name_ko="생산", name_en="Production", parent_id=head.id)
        db.session.add_all([sales, making])
        db.session.flush()
        north = Department(code="SN", name_ko="영업북부", name_en="Sales North", parent_id=sales.id)
        db.session.add(north)
        db.session.flush()
        for department in (making, north):
            for number in range(6):
                name = f"{department.code}-{number}"
                db.session.add(
                    Employee(
                        number=name,
                        name=name,
                        email=f"{name}@example.com".lower(),
                        department_id=department.id,
                        language="ko",
                    )
                )
        service.load_question_bank(now=NOW)


@pytest.fixture
def department_id(context: None, company: None) -> Callable[[str], int]:
    def by_code(code: str) -> int:
        return db.session.scalars(select(Department.id).where(Department.code == code)).one()

    return by_code


@pytest.fixture
def make_program(department_id: Callable[[str], int]) -> Callable[..., Program]:
    """``make_program(launched=True, audience="S", ...)``: a monthly program."""

    def made(
        *,
        name: str = "펄스",
        audience: str = "HQ",
        launched: bool = False,
        now: datetime = NOW,
        burden_override: bool = False,
        **given: Any,
    ) -> Program:
        with transaction():
            program = service.create_program(
                name_ko=name,
                name_en=given.pop("name_en", name),
                audience=[department_id(audience)],
                questions=given.pop("questions", QUESTIONS),
                now=now,
                **given,
            )
            if launched:
                service.launch(program, now=now, burden_override=burden_override)
            program_id = program.id
        found = queries.program(program_id)
        assert found is not None
        return found

    return made


@pytest.fixture
def count_queries(context: None) -> Iterator[Callable[[], list[str]]]:
    """Call it to begin a list into which every further statement is written."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)

    def begin() -> list[str]:
        seen.clear()
        return seen

    yield begin
    event.remove(db.engine, "before_cursor_execute", note)
