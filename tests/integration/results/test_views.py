"""Pages and files of results: one source of figures, nothing hidden in any of them, scope kept."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from employee_pulse.auth.access import ENDPOINTS
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.org.models import Employee
from employee_pulse.results import jobs, queries
from employee_pulse.results.models import Publication, PublishedScore, ResultNode
from employee_pulse.results.rules.suppression import Reason
from employee_pulse.surveys.models import Wave
from tests.factories import make_account, signed_in_client
from tests.integration.results.conftest import World

pytestmark = pytest.mark.database

PAGES = ("", "/heatmap", "/trend", "/comments")
FILES = ("/trend.png", "/trend.svg", "/trend.pdf", "/trend.csv", "/heatmap.png", "/heatmap.csv")


@pytest.fixture
def published(world: World) -> World:
    jobs.publish_closed_waves(world.after)
    return world


@pytest.fixture
def hr(app: Flask) -> FlaskClient:
    return signed_in_client(app, "hr")


@pytest.fixture
def head_of(app: Flask, open_world: World) -> Callable[[str], FlaskClient]:
    """``head_of("S")``: signed in as the head of a department, without any other role."""

    def signed_in(code: str) -> FlaskClient:
        with transaction():
            employee = db.session.scalars(
                select(Employee).where(Employee.department_id == open_world.departments[code])
            ).first()
            assert employee
            employee.is_head = True
            account = make_account("employee", email=f"head-{code}@example.com".lower())
            account.employee_id = employee.id
            db.session.flush()
            session_id = f"{account.id}:{account.epoch}"
        client = app.test_client()
        with client.session_transaction(path="/app/") as session:
            session["_user_id"] = session_id
            session["_fresh"] = True
        return client

    return signed_in


@pytest.fixture
def statements(context: None) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


def test_every_endpoint_is_in_the_table(app: Flask) -> None:
    mine = {name for name in app.view_functions if name.startswith("results.")}

    assert mine == {name for name in ENDPOINTS if name.startswith("results.")}


class TestBeforePublication:
    def test_an_open_wave_shows_the_participation_of_the_company_and_nothing_else(
        self, open_world: World, cast: Callable[..., None], hr: FlaskClient
    ) -> None:
        cast(lambda group, number: (dict.fromkeys(_scored(open_world)), {}), leave_out=range(57))
        with transaction():
            wave = db.session.get_one(Wave, open_world.wave_id)
            wave.closes_at = clock.now() + timedelta(days=1)
        db.session.remove()

        index = hr.get("/app/results/?lang=en").get_data(as_text=True)
        dashboard = hr.get("/app/?lang=en").get_data(as_text=True)

        assert hr.get(f"/app/results/{open_world.program_id}").status_code == 404
        for file in FILES:
            assert hr.get(f"/app/results/{open_world.program_id}{file}").status_code == 404
        assert "No wave of this program has been published yet." in index
        for page in (index, dashboard):  # Seven took a ballot: nobody can watch the seventh.
            assert "5 of 64 people" in page
            assert "steps of 5 people" in page

    def test_the_public_page_says_when_results_come(self, world: World, app: Flask) -> None:
        sheet = queries.sheet_hash(world.wave_id)

        page = app.test_client().get(f"/results/{sheet}?lang=en").get_data(as_text=True)

        assert "The results are not out yet" in page
        assert "%" not in re.sub(r"<[^>]+>", "", page)

    def test_a_halted_wave_says_why(self, world: World, hr: FlaskClient) -> None:
        with transaction():
            db.session.add(
                Publication(
                    wave_id=world.wave_id,
                    claimed_at=world.after,
                    halted_at=world.after,
                    halt_reason={
                        "msgid": "The key file %(name)s is missing from the key folder.",
                        "params": {"name": "wave-1.key"},
                    },
                )
            )

        page = hr.get("/app/results/?lang=en").get_data(as_text=True)

        assert "wave-1.key is missing" in page


class TestPages:
    def test_open_in_both_languages(self, published: World, hr: FlaskClient) -> None:
        for page, language, department in product(
            PAGES, ("ko", "en"), published.departments.values()
        ):
            address = f"/app/results/{published.program_id}{page}?department={department}"

            response = hr.get(f"{address}&lang={language}")

            assert response.status_code == 200, response.get_data(as_text=True)

    def test_overview_says_who_took_part_of_how_many(
        self, published: World, hr: FlaskClient
    ) -> None:
        page = hr.get(f"/app/results/{published.program_id}?lang=en").get_data(as_text=True)

        assert f"{len(published.receipts)} of 64 people" in page

    def test_choices_are_counted_where_enough_people_answered(
        self, published: World, hr: FlaskClient
    ) -> None:
        url = f"/app/results/{published.program_id}?lang=en&department="
        company = hr.get(f"{url}{published.departments['HQ']}").get_data(as_text=True)
        small = hr.get(f"{url}{published.departments['R']}").get_data(as_text=True)

        assert f"Share of {len(published.receipts)}" in company
        assert "Share of" not in small
        assert "Not shown (fewer than 10)" in small

    def test_a_small_department_is_marked_and_has_no_figure(
        self, published: World, hr: FlaskClient
    ) -> None:
        small = published.departments["R"]

        page = hr.get(f"/app/results/{published.program_id}/heatmap?lang=ko")

        row = re.search(rf'department={small}[&"].*?</tr>', page.get_data(as_text=True), re.S)
        assert row
        cells = re.findall(r"<td.*?</td>", row.group(), re.S)
        assert cells
        assert all("비공개 (5명 미만)" in cell for cell in cells)
        assert not any(re.search(r">\s*\d+\s*<", cell) for cell in cells)

    def test_search_finds_comments_with_all_words(self, published: World, hr: FlaskClient) -> None:
        address = f"/app/results/{published.program_id}/comments?lang=en&q="
        found = hr.get(f"{address}comment+17").get_data(as_text=True)
        none = hr.get(f"{address}comment+elephant").get_data(as_text=True)

        assert "comment 17 of" in found
        assert "comment 19 of" not in found
        assert "0 of " in none

    def test_wildcards_are_letters(self, published: World, hr: FlaskClient) -> None:
        page = hr.get(f"/app/results/{published.program_id}/comments?lang=en&q=%25")

        assert "0 of " in page.get_data(as_text=True)

    def test_what_does_not_exist_is_not_found(self, published: World, hr: FlaskClient) -> None:
        url = f"/app/results/{published.program_id}/trend"

        for asked in ("wave=2031-01", "department=999", "measure=x", "figure=x", "department=x"):
            assert hr.get(f"{url}?{asked}").status_code == 404, asked

    def test_no_such_program(self, published: World, hr: FlaskClient) -> None:
        assert hr.get("/app/results/999").status_code == 404

    def test_number_of_queries_does_not_grow_with_departments(
        self, published: World, hr: FlaskClient, statements: list[str]
    ) -> None:
        for page in (*PAGES, "/trend.csv", "/heatmap.csv"):
            statements.clear()

            hr.get(f"/app/results/{published.program_id}{page}")

            assert len(statements) <= 24, "\n".join(statements)


class TestFiles:
    def test_are_private_and_known_again(self, published: World, hr: FlaskClient) -> None:
        for file in FILES:
            address = f"/app/results/{published.program_id}{file}"
            first = hr.get(address)

            again = hr.get(address, headers={"If-None-Match": first.headers["ETag"]})

            assert first.status_code == 200
            assert "private" in first.headers["Cache-Control"]
            assert (again.status_code, again.data) == (304, b"")

    def test_table_and_heatmap_say_what_is_stored_and_nothing_more(
        self, published: World, hr: FlaskClient
    ) -> None:
        names, *lines = rows(hr.get(f"/app/results/{published.program_id}/heatmap.csv?lang=en"))

        stored = queries.scores_of_wave(
            published.wave_id,
            ["index", *{s.measure for s in _all_scores(published) if "dimension" in s.measure}],
        )
        shown = {row[0]: row[2:] for row in lines}
        nodes = {node.code: node.department_id for node in queries.nodes(published.wave_id, None)}
        assert set(shown) == set(nodes)
        for code, department in nodes.items():
            index = stored[department, "index"]
            if index.favorable is None:
                assert not shown[code][0].replace(".", "").isdigit()
            else:
                assert float(shown[code][0]) == round(index.favorable * 100, 1)
        assert names[:3] == ["Department code", "Department", "All questions together"]

    def test_the_trend_of_a_hidden_department_is_a_gap_with_words(
        self, published: World, hr: FlaskClient
    ) -> None:
        small = published.departments["R"]

        _, (period, *cells) = rows(
            hr.get(f"/app/results/{published.program_id}/trend.csv?department={small}&lang=ko")
        )

        assert period
        assert cells[:4] == ["", "", "", ""]
        assert cells[-1] == "비공개 (5명 미만)"

    def test_sizes_differ(self, published: World, hr: FlaskClient) -> None:
        address = f"/app/results/{published.program_id}/trend.svg"

        sheets = {hr.get(f"{address}?size={size}").data for size in ("slide", "page", "phone")}

        assert len(sheets) == 3
        assert hr.get(f"{address}?size=nonsense").data in sheets

    def test_no_cell_is_a_formula(self, published: World, hr: FlaskClient) -> None:
        for file in ("trend.csv", "heatmap.csv"):
            for row in rows(hr.get(f"/app/results/{published.program_id}/{file}")):
                assert not any(cell.startswith(("=", "+", "@")) for cell in row)


class TestScope:
    def test_a_head_sees_the_own_department_and_no_other(
        self, published: World, head_of: Callable[[str], FlaskClient]
    ) -> None:
        client = head_of("S")
        mine, other, company = (published.departments[code] for code in ("S", "P", "HQ"))

        page = client.get(f"/app/results/{published.program_id}?lang=en").get_data(as_text=True)

        assert "Team S" in page
        assert "Team P" not in page
        assert "Whole company" not in page
        for address in (*PAGES, *FILES):
            url = f"/app/results/{published.program_id}{address}?department="
            assert client.get(f"{url}{mine}").status_code == 200
            for hidden in (other, company):
                if "heatmap" not in address:
                    assert client.get(f"{url}{hidden}").status_code == 404

    def test_the_heatmap_of_a_head_holds_the_own_rows_only(
        self, published: World, head_of: Callable[[str], FlaskClient]
    ) -> None:
        client = head_of("S")

        _, *lines = rows(client.get(f"/app/results/{published.program_id}/heatmap.csv"))

        assert [row[0] for row in lines] == ["S"]

    def test_a_head_is_not_told_the_participation_of_an_open_wave(
        self, open_world: World, head_of: Callable[[str], FlaskClient]
    ) -> None:
        page = head_of("S").get("/app/results/?lang=en").get_data(as_text=True)

        assert "is open" not in page

    def test_a_head_outside_of_the_program_sees_nothing_of_it(
        self, published: World, head_of: Callable[[str], FlaskClient]
    ) -> None:
        client = head_of("S")
        with transaction():
            for node in db.session.scalars(
                select(ResultNode).where(ResultNode.department_id == published.departments["S"])
            ):
                db.session.delete(node)

        index = client.get("/app/results/?lang=en")

        assert index.status_code == 200
        assert "Look at the results" not in index.get_data(as_text=True)
        assert client.get(f"/app/results/{published.program_id}").status_code == 404

    def test_an_employee_sees_no_results(self, published: World, app: Flask) -> None:
        client = signed_in_client(app, "employee")

        for address in (*PAGES, *FILES):
            assert client.get(f"/app/results/{published.program_id}{address}").status_code == 403


class TestSummary:
    def test_is_open_to_everybody(self, published: World, app: Flask) -> None:
        sheet = queries.sheet_hash(published.wave_id)

        response = app.test_client().get(f"/results/{sheet}?lang=en")
        page = response.get_data(as_text=True)

        assert f"{len(published.receipts)} of 64 people" in page
        assert "Team S" not in page
        assert "Set-Cookie" not in response.headers

    def test_an_unknown_sheet_is_not_found(self, published: World, app: Flask) -> None:
        assert app.test_client().get(f"/results/{'0' * 64}").status_code == 404


class TestOnePath:
    def test_a_score_hidden_in_the_table_is_hidden_on_every_page_and_file(
        self, published: World, hr: FlaskClient
    ) -> None:
        """Whatever page is asked: figures come from the stored row, and a reason has none."""
        sales = published.departments["S"]
        with transaction():
            for score in db.session.scalars(
                select(PublishedScore).where(PublishedScore.department_id == sales)
            ):
                score.favorable = score.mean = score.score = score.n = None
                score.band = score.histogram = None
                score.reason = Reason.COMPLEMENTARY

        url = f"/app/results/{published.program_id}"
        overview = hr.get(f"{url}?department={sales}&lang=en").get_data(as_text=True)
        table = rows(hr.get(f"{url}/trend.csv?department={sales}&lang=en"))
        heatmap = {row[0]: row for row in rows(hr.get(f"{url}/heatmap.csv?lang=en"))}

        hidden = "Not shown (protects a neighbor)"
        assert overview.count(hidden) >= 6
        assert table[1][-1] == hidden
        assert set(heatmap["S"][2:]) == {hidden}


def _scored(world: World) -> list[str]:
    return [asked.code for asked in queries.asked(world.wave_id) if asked.kind != "free_text"]


def _all_scores(world: World) -> list[PublishedScore]:
    return list(
        db.session.scalars(select(PublishedScore).where(PublishedScore.wave_id == world.wave_id))
    )
