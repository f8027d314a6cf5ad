"""What lies in the tables and stands on the pages of random companies, attacked and checked."""

import csv
import io
import random
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select

from employee_pulse.foundation.db import db, transaction
from employee_pulse.org.models import Department, Employee
from employee_pulse.results import queries
from employee_pulse.results.models import Comment, Moments, PublishedScore, ResultNode
from employee_pulse.results.rules import readings
from employee_pulse.results.rules.readings import Figure as Shown
from tests.factories import make_account, signed_in_client
from tests.integration.results.held import (
    NOW,
    PERIODS,
    Held,
    forget,
    new_program,
    number_of,
    numbered,
    publish,
)
from tests.unit.results.companies import (
    BUNDLES,
    FAVORABLE,
    QUESTIONS,
    Company,
    answered,
    company,
    next_wave,
    scale,
)
from tests.unit.results.oracle import Figure, figure, given_away

Hold = Callable[[int], Held]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def hold(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hold:
    """``hold(seed)``: a company asks twice, changing in between, in place of the one before.

    Ballots come unsealed. Pages are to be asked for outside of the application context, or one
    reader would be taken for another.
    """

    def held(seed: int) -> Held:
        rng = random.Random(seed)
        first = answered(rng, company(rng, departments=rng.randint(3, 8)))
        second = answered(rng, next_wave(rng, first))
        forget()
        with transaction():
            found = Held(new_program())
        for period, at in zip(PERIODS, (first, second), strict=True):
            publish(found, numbered(at), period, monkeypatch, tmp_path)
        return found

    return held


@pytest.fixture
def hr(app: Flask) -> FlaskClient:
    return signed_in_client(app, "hr")


class TestTables:
    def test_hold_nothing_that_gives_a_few_people_away(self, app: Flask, hold: Hold) -> None:
        figures = 0
        for seed in range(30):
            with app.app_context():
                held = hold(seed)
                for wave_id, at in zip(held.waves, held.companies, strict=True):
                    for asked in QUESTIONS[:-1]:
                        found = list(_stored_about(wave_id, asked.code, at))
                        figures += len(found)
                        assert given_away(found, 5) is None, (seed, asked.code)
                    assert given_away(_stored_comments(wave_id, at), 10) is None, seed
        assert figures > 2500

    def test_a_hidden_score_is_a_reason_and_nothing_else(self, app: Flask, hold: Hold) -> None:
        hidden = 0
        for seed in range(4):
            with app.app_context():
                hold(seed)
                for score in db.session.scalars(select(PublishedScore)):
                    exact = [score.favorable, score.favorable_sd, score.mean, score.sd, score.score,
                             score.histogram]  # fmt: skip
                    if score.reason is not None or score.band is not None:
                        assert exact == [None] * 6
                    if score.reason is not None:
                        hidden += 1
                        assert (score.n, score.band) == (None, None)
        assert hidden > 50

    def test_a_reorganization_leaves_the_wave_before_as_it_was(
        self, app: Flask, hold: Hold, hr: FlaskClient
    ) -> None:
        with app.app_context():
            program = f"/app/results/{hold(1).program_id}"
        address = f"{program}/heatmap.csv?wave={PERIODS[0]}&lang=en"
        before = hr.get(address).data
        with app.app_context(), transaction():
            departments = db.session.scalars(select(Department).order_by(Department.id)).all()
            for department in departments[1:]:
                department.parent_id = departments[0].id
            departments[-1].closed_on = NOW.date()

        assert hr.get(address).data == before


class TestPages:
    def test_show_no_number_that_does_not_follow_from_the_tables(
        self, app: Flask, hold: Hold, hr: FlaskClient
    ) -> None:
        numbers = 0
        for seed in range(6):
            with app.app_context():
                held = hold(seed)
                known, addresses = _known_numbers(held), list(_addresses(held))
            for address in addresses:
                response = hr.get(f"{address}lang=en")
                assert response.status_code == 200, address
                found = _numbers(response.get_data(as_text=True))
                numbers += len(found)
                assert found <= known, (seed, address, found - known)
        assert numbers > 2000

    def test_the_heatmap_shows_a_figure_exactly_where_the_answers_allow_one(
        self, app: Flask, hold: Hold, hr: FlaskClient
    ) -> None:
        """Worked out from the answers again, without any of the rules."""
        compared = 0
        for seed in range(20):
            with app.app_context():
                held = hold(seed)
            for period, at in zip(PERIODS, held.companies, strict=True):
                address = f"/app/results/{held.program_id}/heatmap.csv?wave={period}&lang=en"
                table = list(csv.reader(io.StringIO(hr.get(address).data.decode("utf-8-sig"))))
                column = table[0].index("Workload and well-being")
                for row in table[1:]:
                    answers = _answers(at, row[0], "W1")
                    if row[column].replace(".", "").isdigit():
                        compared += 1
                        favorable = sum(answer >= 4 for answer in answers)
                        assert len(answers) >= 5
                        assert 1 < favorable < len(answers) - 1
                        share = favorable / len(answers) * 100
                        assert float(row[column]) == pytest.approx(share, abs=0.051)
        assert compared > 40

    def test_a_head_sees_no_number_of_another_department(self, app: Flask, hold: Hold) -> None:
        numbers = 0
        for seed in range(6):
            with app.app_context():
                held = hold(seed)
                department = queries.nodes(held.waves[1], None)[-1].department_id
                head = _head_of(app, department, seed)
                known = _known_numbers(held, departments={department})
            for page in ("?", "/trend?", "/heatmap?", "/comments?", "/trend.csv?", "/heatmap.csv?"):
                response = head.get(f"/app/results/{held.program_id}{page}lang=en")
                assert response.status_code == 200
                found = _numbers(response.get_data(as_text=True))
                numbers += len(found)
                assert found <= known, (seed, page, found - known)
        assert numbers > 100

    def test_a_head_whose_department_is_all_that_is_left_sees_no_wave_of_all(
        self, app: Flask, hold: Hold
    ) -> None:
        """Two departments were asked, then one of them closed: the other is the whole now."""
        with app.app_context():
            held = hold(6)
            first, second = held.waves
            with transaction():
                db.session.execute(delete(ResultNode).where(ResultNode.wave_id == second))
                department = _alone(first, second)
            head = _head_of(app, department, 9)
            assert queries.scores_of_department([first], 1)[first, "index"].n is not None
            known = _known_numbers(held, departments={department})

        page = head.get(f"/app/results/{held.program_id}/trend.csv?lang=en")

        assert page.status_code == 200
        assert _numbers(page.get_data(as_text=True)) <= known


def _alone(first: int, second: int) -> int:
    """A small department of the first wave that is the whole of the second one."""
    asked = select(ResultNode).where(ResultNode.wave_id == first, ResultNode.depth == 1)
    node = db.session.scalars(asked.order_by(ResultNode.invited)).all()[0]
    kept = {each.name: getattr(node, each.name) for each in ResultNode.__table__.columns}
    kept |= {"wave_id": second, "parent_id": None, "position": 0, "depth": 0}
    db.session.execute(insert(ResultNode).values(**kept))
    return node.department_id


def _stored_about(wave_id: int, code: str, at: Company) -> Iterator[Figure]:
    """Every number in the tables that depends on the answers to one question."""
    asked = next(each for each in QUESTIONS if each.code == code)
    values, people = scale(asked), at.voters(code)
    measure = "enps" if code == "E1" else f"question:{code}"
    rows = db.session.scalars(
        select(PublishedScore).where(
            PublishedScore.wave_id == wave_id, PublishedScore.measure == measure
        )
    )
    for row in rows:
        there = people[row.department_id]
        if row.favorable is not None:
            yield figure(FAVORABLE, there)
        if row.mean is not None:
            yield figure(values, there)
        for one in values if row.histogram is not None else ():
            yield figure([int(value == one) for value in values], there)
    for moments in db.session.scalars(select(Moments).where(Moments.wave_id == wave_id)):
        codes = BUNDLES[moments.measure]
        if code in codes:
            yield figure(values, at.voters(*codes)[moments.department_id])


def _stored_comments(wave_id: int, at: Company) -> Iterator[Figure]:
    """The numbers of comments that stand with a department, and of those below it."""
    people = at.voters()
    rows = select(Comment.department_id).where(Comment.wave_id == wave_id).distinct()
    for department_id in db.session.scalars(rows):
        yield figure((1, 0), people[department_id])


def _known_numbers(held: Held, *, departments: set[int] | None = None) -> set[str]:
    """Everything that may stand on a page: figures of the tables, said as pages say them."""
    known = {"95", "0", "100", "4", "5", "20", "80", *map(str, range(1, 4))}
    waves = {wave.id: wave for wave in queries.published_waves(held.program_id)}
    for wave in waves.values():
        known |= {wave.period[:4], wave.period[5:], wave.period[5:].lstrip("0")}
        known |= {str(wave.min_scores), str(wave.min_distributions), str(wave.min_comments)}
    for wave_id in held.waves:
        for node in queries.nodes(wave_id, departments):
            known |= {str(node.invited), str(node.ballots)}
            if node.participation is not None:
                known |= _said(node.participation * 100)
            inside = [node.department_id]
            for other in queries.nodes(wave_id, departments):
                if other.parent_id in inside:
                    inside.append(other.department_id)
            known.add(str(queries.count_comments(wave_id, inside)))
    for one in _readings(held, departments):
        known |= one
    return known


def _readings(held: Held, departments: set[int] | None) -> Iterator[set[str]]:
    invited = {
        (wave_id, node.department_id): node.invited
        for wave_id in held.waves
        for node in queries.nodes(wave_id, departments)
    }
    rows = [
        row
        for row in db.session.scalars(select(PublishedScore))
        if (row.wave_id, row.department_id) in invited
    ]
    by_place: dict[Any, list[Any]] = {}
    for row in rows:
        for shown in Shown:
            one = readings.reading(row, shown, invited=invited[row.wave_id, row.department_id])
            band = one.band or readings.Interval(0, 100)
            yield {
                each
                for value in (one.value, one.low, one.high, band.low, band.high, one.n)
                if value is not None
                for each in _said(value)
            }
            for counted in row.histogram or ():
                yield {str(counted), *_said(counted / row.n * 100)}
            by_place.setdefault((row.department_id, row.measure, shown), []).append(one)
    for pair in by_place.values():
        changes = [readings.compared(a, b) for a in pair for b in pair]
        for change in filter(None, changes):
            yield _said(change.difference) | _said(change.low) | _said(change.high)


def _said(value: float) -> set[str]:
    """A number as pages and files round it."""
    return {f"{abs(value):.0f}", f"{abs(value):.1f}", str(abs(round(value))), f"{abs(value):g}"}


def _addresses(held: Held) -> Iterator[str]:
    yield "/app/?"
    yield "/app/results/?"
    for sheet in held.sheets:
        yield f"/results/{sheet}?"
    program = f"/app/results/{held.program_id}"
    for period, wave_id in zip(PERIODS, held.waves, strict=True):
        yield f"{program}/heatmap?wave={period}&"
        yield f"{program}/heatmap.csv?wave={period}&figure=index&"
        for node in queries.nodes(wave_id, None):
            at = f"wave={period}&department={node.department_id}&"
            yield f"{program}?{at}"
            yield f"{program}/comments?{at}"
            for measure in ("index", "enps", "question:W1"):
                yield f"{program}/trend.csv?{at}measure={measure}&"
            yield f"{program}/trend?{at}measure=question:L1&"


def _numbers(page: str) -> set[str]:
    """Visible ones; what a browser needs, and what people wrote, is left out."""
    text = re.sub(r"<(script|style|code|head|option|time)\b.*?</\1>", " ", page, flags=re.S)
    shown = " ".join(re.findall(r'(?:alt|aria-label)="([^"]*)"', text)) + re.sub(
        r"<[^>]*>", " ", text
    )
    return set(re.findall(r"\d+(?:\.\d+)?", unescape(shown)))


def _answers(at: Company, code: str, question: str) -> list[int]:
    """Of everybody below a department, by its code."""
    inside = at.inside()[number_of(code)]
    return [
        ballot.answers[question]
        for ballot in at.ballots
        if ballot.group in inside and ballot.answers[question] is not None
    ]


def _head_of(app: Flask, department_id: int, number: int) -> FlaskClient:
    with transaction():
        employee = Employee(
            number=f"head {number}",
            name="x",
            department_id=department_id,
            language="ko",
            is_head=True,
        )
        db.session.add(employee)
        db.session.flush()
        account = make_account("employee", email=f"head{number}@example.com")
        account.employee_id = employee.id
        db.session.flush()
        session_id = f"{account.id}:{account.epoch}"
    client = app.test_client()
    with client.session_transaction(path="/app/") as session:
        session["_user_id"] = session_id
        session["_fresh"] = True
    return client
