"""Only what is the same for everybody is sent compressed, and it stays the same."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from employee_pulse.foundation import clock
from tests.integration.ballots.company import open_company

ACCEPTED = {"Accept-Encoding": "gzip, br"}
FONT = "vendor/pretendard/woff2-dynamic-subset/PretendardVariable.subset.90.woff2"
STATIC = Path(__file__).resolve().parents[3] / "employee_pulse" / "static"


@pytest.mark.parametrize("name", ["pulse.css", "ballot.js", "vendor/lucide/icons.svg"])
def test_files_of_text_are_compressed(app: Flask, client: FlaskClient, name: str) -> None:
    with client.get(f"/static/{name}", headers=ACCEPTED) as response:
        content = (STATIC / name).read_bytes()

        assert response.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.data) == content
        assert int(response.headers["Content-Length"]) == len(response.data) < len(content) / 2
        assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/pulse.css", {}),
        ("/static/pulse.css", {"Accept-Encoding": "identity, gzip;q=0"}),
        ("/static/mark.svg", ACCEPTED),
        (f"/static/{FONT}", ACCEPTED),
        ("/app/sign-in", ACCEPTED),
        ("/healthz", ACCEPTED),
    ],
    ids=[
        "not asked for",
        "declined",
        "tiny",
        "compressed already",
        "a page with secrets",
        "health",
    ],
)
def test_nothing_else_is(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    with client.get(path, headers=headers) as response:
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers


def test_a_copy_that_is_still_good_is_not_sent_again(client: FlaskClient) -> None:
    with client.get("/static/pulse.css", headers=ACCEPTED) as first:
        mark = first.headers["ETag"]

    with client.get("/static/pulse.css", headers={**ACCEPTED, "If-None-Match": mark}) as again:
        assert mark.startswith("W/")
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/ballot/{}", "/ballot/{}/sheet.json"])
def test_the_ballot_page_is_the_same_for_everybody(app: Flask, key_dir: Path, path: str) -> None:
    wave_id = open_company(app, key_dir, now=clock.now())
    asked = [{}, ACCEPTED, {**ACCEPTED, "Cookie": "pulse_session=x"}]

    plain, *packed = (
        app.test_client().get(path.format(wave_id), headers=headers).data for headers in asked
    )

    assert len(set(packed)) == 1
    assert gzip.decompress(packed[0]) == plain
