"""The list of receipts, and the count of ballots against signatures, for everybody."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from employee_pulse.anonymity.blind_signature import PrivateKey, generate_keys
from employee_pulse.ballots.register import jobs as register_jobs
from employee_pulse.ballots.register.models import RollEntry
from employee_pulse.foundation.db import db, transaction
from employee_pulse.results import jobs, queries
from employee_pulse.surveys import jobs as surveys_jobs
from tests.integration.results.conftest import World

pytestmark = pytest.mark.database


def address(world: World, tail: str = "?lang=en") -> str:
    return f"/results/{queries.sheet_hash(world.wave_id)}/receipts{tail}"


def table(page: str) -> dict[str, list[str]]:
    """What each line says, by the names of its groups; a hidden figure is ``-``."""
    body = page[page.index("<tbody>", page.index("Ballots and signatures by group")) :]
    lines = {}
    for row in re.findall(r"<tr>(.*?)</tr>", body[: body.index("</tbody>")], re.DOTALL):
        name, *cells = (
            re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)
        )
        lines[name] = [cell.replace("Not shown", "-") for cell in cells]
    return lines


def keep_a_signature(world: World, code: str) -> None:
    """Somebody of a department takes a ballot and does not cast it."""
    with transaction():
        person = db.session.scalar(
            select(RollEntry.employee_id).where(
                RollEntry.group_id == world.departments[code], RollEntry.blinded_hash.is_(None)
            )
        )
        taken = update(RollEntry).where(RollEntry.employee_id == person)
        db.session.execute(taken.values(blinded_hash=b"x" * 32))


@pytest.fixture
def answering(
    open_world: World, cast: Callable[..., None], question_codes: list[str]
) -> Callable[..., World]:
    """``answering(leave_out=...)``: the others answer alike and the wave closes."""

    def answered(leave_out: Any) -> World:
        lead_1, lead_2, other, enps, _, choice = question_codes
        answers = {lead_1: 4, lead_2: 4, other: 2, enps: 7, choice: "c1"}
        cast(lambda group, number: (answers, {}), leave_out=leave_out)
        surveys_jobs.close_due_waves(open_world.closing)
        return open_world

    return answered


def entries(world: World, code: str) -> list[int]:
    """Places of a department's people in the roll, as ``leave_out`` counts them."""
    groups = db.session.scalars(
        select(RollEntry.group_id).order_by(RollEntry.group_id, RollEntry.employee_id)
    ).all()
    return [n for n, group in enumerate(groups) if group == world.departments[code]]


@pytest.fixture(scope="module")
def few_keys() -> list[PrivateKey]:
    """Made once: a real key takes a moment."""
    return generate_keys(4)


@pytest.fixture(autouse=True)
def keys_made_beforehand(few_keys: list[PrivateKey], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_jobs, "generate_keys", lambda count: few_keys[:count])


class TestReceipts:
    def test_lists_every_receipt_sorted_for_everybody(self, world: World, app: Flask) -> None:
        jobs.publish_closed_waves(world.after)
        client = app.test_client()
        wanted = sorted(receipt.hex() for receipt in world.receipts)

        response = client.get(address(world))
        file = client.get(address(world, ".txt"))

        listed = re.findall(r"<code>((?:[0-9a-f]{8} ){7}[0-9a-f]{8})</code>", response.text)
        assert [one.replace(" ", "") for one in listed] == wanted
        assert f"{len(wanted)} receipts" in response.text
        assert "Set-Cookie" not in response.headers
        assert file.text.splitlines() == wanted
        assert file.mimetype == "text/plain"
        assert sha256(file.data).hexdigest() in response.text
        link = f'href="{address(world, "")}"'
        assert link in client.get(f"/results/{queries.sheet_hash(world.wave_id)}").text
        assert link in client.get(f"/ballot/{world.wave_id}").text

    def test_says_before_publication_when_it_comes(
        self, open_world: World, client: FlaskClient
    ) -> None:
        page = client.get(address(open_world)).text

        assert "The list is not out yet" in page
        assert "receipt-search" not in page
        assert "Ballots and signatures" not in page
        assert client.get(address(open_world, ".txt")).status_code == 404
        for unknown in ("0" * 64, "nothing"):
            assert client.get(f"/results/{unknown}/receipts").status_code == 404
            assert client.get(f"/results/{unknown}/receipts.txt").status_code == 404

    def test_says_that_a_publication_was_stopped(self, world: World, client: FlaskClient) -> None:
        """More ballots than signatures: then no check is claimed either."""
        with transaction():
            group = world.departments["Q"]
            db.session.execute(
                update(RollEntry).where(RollEntry.group_id == group).values(blinded_hash=None)
            )
        jobs.publish_closed_waves(world.after)

        page = client.get(address(world)).text

        assert "The publication was stopped" in page
        assert "Not more ballots" not in page
        assert client.get(address(world, ".txt")).status_code == 404


class TestChecks:
    def test_has_ballots_and_signatures_of_each_group_that_is_shown(
        self, world: World, client: FlaskClient
    ) -> None:
        keep_a_signature(world, "S")
        ballots = {code: len(world.answers[world.departments[code]]) for code in "SPQ"}
        jobs.publish_closed_waves(world.after)

        found = table(client.get(address(world)).text)

        yes = "Not more ballots"
        assert found["Team S"] == ["24", str(ballots["S"] + 1), str(ballots["S"]), yes]
        assert found["Team P"] == ["16", str(ballots["P"]), str(ballots["P"]), yes]
        assert len(found) == 4
        assert sum(int(line[2]) for line in found.values()) == len(world.receipts)

    def test_counts_a_group_with_few_ballots_together_with_others(
        self, answering: Callable[..., World], client: FlaskClient, open_world: World
    ) -> None:
        some = [n for code in ("HQ", "S", "P") for n in entries(open_world, code)[:2]]
        world = answering([*some, *entries(open_world, "Q")[3:]])
        jobs.publish_closed_waves(world.after)

        found = table(client.get(address(world)).text)

        assert "Team Q" not in found
        [(_, line)] = [(name, line) for name, line in found.items() if "Team Q" in name]
        assert line == ["24", "13", "13", "Not more ballots"]
        assert len(found) == 3

    def test_a_company_with_few_ballots_has_no_figures(
        self, answering: Callable[..., World], client: FlaskClient, open_world: World
    ) -> None:
        world = answering(range(3, 64))
        keep_a_signature(world, "Q")
        jobs.publish_closed_waves(world.after)

        found = table(client.get(address(world)).text)

        assert [line[1:] for line in found.values()] == [["-", "-", "Not more ballots"]] * 4
