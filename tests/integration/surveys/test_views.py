"""Pages of surveys through the test client."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.notifications.models import OutboxMessage
from employee_pulse.org.models import Employee
from employee_pulse.surveys import jobs, queries
from employee_pulse.surveys.models import Program, Question, Wave
from employee_pulse.surveys.rules.programs import Cadence
from employee_pulse.surveys.service.programs import DEFAULT_SCHEDULE
from tests.integration.surveys.conftest import QUESTIONS

Make = Callable[..., Program]
DepartmentId = Callable[[str], int]
SCHEDULE = {
    "cadence": "quarterly",
    "opening_rule": "day_of_month",
    "opening_number": "15",
    "opens_at_time": "10:30",
    "length_working_days": "8",
    "timezone": "Asia/Seoul",
    "reminder_days": ["3", "-1"],
}


@pytest.fixture
def hr(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("hr")


def only_program() -> Program:
    db.session.rollback()
    return db.session.scalars(select(Program)).one()


def errors(html: str) -> list[str]:
    """The words next to the fields."""
    found = re.findall(r'class="field-error".*?</svg>(.*?)</p>', html, re.DOTALL)
    return [words.strip() for words in found]


class TestWizard:
    def test_leads_from_an_audience_to_a_running_program(
        self, hr: FlaskClient, department_id: DepartmentId
    ) -> None:
        names = {"name_ko": "분기 펄스", "name_en": "Quarterly pulse"}
        answer = hr.post(
            "/app/programs/new",
            data=names | {"audience": [department_id("S"), department_id("P")]},
        )
        program = only_program()
        base = f"/app/programs/{program.id}"
        assert answer.location == f"{base}/questions"
        for step, data, following in (
            ("questions", {"questions": QUESTIONS}, "schedule"),
            ("schedule", SCHEDULE, "preview"),
            (
                "invitation",
                {"language": "en", "message_ko": "", "message_en": "Tell us.", "min_scores": "7"},
                "launch",
            ),
        ):
            answer = hr.post(f"{base}/{step}", data=data)
            assert answer.location == f"{base}/{following}", answer.text
        answer = hr.post(f"{base}/launch")
        assert answer.location == base

        program = only_program()
        assert [part.question_code for part in program.questions] == QUESTIONS
        assert program.schedule.cadence is Cadence.QUARTERLY
        assert (program.reminder_days, program.min_scores) == ([3, -1], 7)
        assert (program.message_en, program.language) == ("Tell us.", "en")
        assert program.launched_at is not None
        assert len(queries.waves(program.id)) == 3

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"name_ko": "가", "name_en": "A"}, "Choose at least one department"),
            ({"name_ko": "가", "name_en": "", "audience": ["1"]}, "This field is required."),
            ({"name_ko": "가", "name_en": "A", "audience": ["999"]}, "is not a valid choice"),
        ],
    )
    def test_refuses_a_wrong_audience_next_to_the_field(
        self, hr: FlaskClient, company: None, context: None, data: dict[str, str], words: str
    ) -> None:
        answer = hr.post("/app/programs/new", data=data)

        assert answer.status_code == 400
        assert words in "".join(errors(answer.text))
        assert queries.programs() == []

    @pytest.mark.parametrize(
        ("step", "data", "words"),
        [
            ("questions", {"order": QUESTIONS}, "Choose at least one question."),
            (
                "questions",
                {"questions": [f"{kind}-0{n}" for kind in ("LEAD", "COMM") for n in range(1, 7)]},
                "at most 10 questions; 12 are chosen",
            ),
            (
                "schedule",
                SCHEDULE | {"cadence": "monthly", "length_working_days": "20"},
                "20 working days are longer than the period",
            ),
            ("schedule", SCHEDULE | {"length_working_days": "2"}, "lasts 3 to 20 working days"),
            ("schedule", SCHEDULE | {"opening_number": "32"}, "from 1 to 31"),
            ("schedule", SCHEDULE | {"timezone": "Mars/Base"}, "Not a valid choice"),
            ("schedule", SCHEDULE | {"opens_at_time": "25:00"}, "Not a valid time"),
            ("invitation", {"language": "ko", "min_scores": "4"}, "between 5 and 50"),
        ],
    )
    def test_refuses_next_to_the_field_and_keeps_what_was_stored(
        self, hr: FlaskClient, make_program: Make, step: str, data: dict[str, str], words: str
    ) -> None:
        program = make_program()

        answer = hr.post(f"/app/programs/{program.id}/{step}", data=data)

        assert answer.status_code == 400
        assert words in "".join(errors(answer.text))
        program = only_program()
        assert program.schedule == DEFAULT_SCHEDULE
        assert [part.question_code for part in program.questions] == QUESTIONS

    def test_moves_a_question_without_storing_anything_yet(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        program = make_program()
        data = {"questions": [*QUESTIONS, "GOAL-01"], "order": QUESTIONS, "arrange": "GOAL-01:-1"}

        answer = hr.post(f"/app/programs/{program.id}/questions", data=data)

        order = re.findall(r'name="order" value="([^"]+)"', answer.text)
        assert order == [*QUESTIONS[:-1], "GOAL-01", QUESTIONS[-1]]
        assert len(only_program().questions) == len(QUESTIONS)

    def test_keeps_the_order_and_appends_what_is_new(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        program = make_program()
        data = {"questions": ["COMM-01", "ENPS-01", "LEAD-02"], "order": QUESTIONS[::-1]}

        hr.post(f"/app/programs/{program.id}/questions", data=data)

        codes = [part.question_code for part in only_program().questions]
        assert codes == ["ENPS-01", "COMM-01", "LEAD-02"]

    def test_asks_before_a_running_program_asks_people_too_often(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        now = clock.now()
        make_program(name="하나", name_en="One", audience="HQ", launched=True, now=now)
        program = make_program(
            name="둘", audience="SN", launched=True, now=now, burden_override=True
        )
        address = f"/app/programs/{program.id}/schedule"

        shown = hr.get(address).text
        refused = hr.post(address, data=SCHEDULE | {"cadence": "monthly"})
        meant = hr.post(address, data=SCHEDULE | {"cadence": "monthly", "burden_override": "y"})

        assert re.search(r'<input[^>]* checked[^>]* name="burden_override"', shown)
        assert "These openings are closer:" in shown
        assert refused.status_code == 400
        assert "하나 (One) asks some of the same people" in " ".join(errors(refused.text))
        assert 'name="burden_override"' in refused.text
        assert "The dates appear here once" not in refused.text
        assert meant.location == f"/app/programs/{program.id}"

    def test_shows_dates_of_what_is_being_typed(self, hr: FlaskClient, make_program: Make) -> None:
        program = make_program()

        part = hr.post("/app/programs/dates", data=SCHEDULE).text
        page = hr.post(f"/app/programs/{program.id}/schedule", data=SCHEDULE | {"show": "1"}).text
        refused = hr.post("/app/programs/dates", data=SCHEDULE | {"length_working_days": "40"}).text

        assert len(re.findall(r"\d{4}-Q[1-4]", part)) == 3
        assert "<html" not in part
        assert len(re.findall(r"\d{4}-Q[1-4]", page)) == 3
        assert "A wave lasts 3 to 20 working days." in refused
        assert only_program().schedule == DEFAULT_SCHEDULE

    def test_stores_a_draft_to_be_finished_later(self, hr: FlaskClient, make_program: Make) -> None:
        program = make_program()

        answer = hr.post(
            f"/app/programs/{program.id}/questions", data={"questions": ["LEAD-02"], "leave": "1"}
        )

        assert answer.location == "/app/programs"
        assert [part.question_code for part in only_program().questions] == ["LEAD-02"]
        assert "Continue the draft" in hr.get("/app/programs").text

    def test_previews_in_both_languages_and_widths(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        path = f"/app/programs/{make_program().id}/preview"

        korean = hr.get(f"{path}?in=ko&width=phone").text
        english = hr.get(f"{path}?in=en&width=desktop").text

        assert 'device-phone" role="region"' in korean
        assert "매우 그렇다" in korean
        assert "Strongly agree" not in korean
        assert 'device-desktop" role="region"' in english
        assert "Strongly agree" in english
        assert "where the company is heading" in english

    def test_sends_a_test_mail_to_whoever_asks_and_nobody_else(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        program = make_program(name_en="Monthly pulse")
        data = {"language": "en", "message_en": "Tell us <all>.", "min_scores": "5", "test": "1"}

        answer = hr.post(f"/app/programs/{program.id}/invitation", data=data)

        mail = db.session.scalars(select(OutboxMessage)).one()
        assert answer.location == f"/app/programs/{program.id}/invitation"
        assert mail.recipient == "hr-signed-in@example.com"
        assert "Monthly pulse" in mail.subject
        assert "Tell us <all>." in mail.body
        assert "Tell us &lt;all&gt;." in (mail.html or "")
        assert f"http://localhost/app/programs/{program.id}/preview" in mail.body

    def test_warns_before_people_are_asked_too_often_and_asks_for_a_yes(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        make_program(name="하나", name_en="One", launched=True, now=clock.now())
        second = make_program(name="둘", now=clock.now())
        path = f"/app/programs/{second.id}/launch"

        page = hr.get(path).text
        refused = hr.post(path)
        accepted = hr.post(path, data={"burden_override": "y"})

        assert "하나 (One)" in page
        assert refused.status_code == 400
        assert "asks some of the same people" in "".join(errors(refused.text))
        assert accepted.location == f"/app/programs/{second.id}"

    def test_says_before_the_launch_how_many_no_invitation_can_reach(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        program = make_program()
        path = f"/app/programs/{program.id}/launch"
        silent = hr.get(path).text
        with transaction():
            people = db.session.scalars(select(Employee).order_by(Employee.id).limit(2))
            for person in people:
                person.email = None

        page = hr.get(path).text

        assert "no e-mail address" not in silent
        assert "2 people of this audience have no e-mail address" in page

    def test_deletes_a_draft(self, hr: FlaskClient, make_program: Make) -> None:
        program = make_program()

        assert hr.post(f"/app/programs/{program.id}/discard").location == "/app/programs"

        assert queries.programs() == []


class TestProgram:
    def test_shows_the_next_three_dates_and_why_a_wave_waits(
        self, hr: FlaskClient, make_program: Make, key_dir: Path
    ) -> None:
        program = make_program(launched=True, now=clock.now() - timedelta(days=70))
        jobs.plan_next_waves(clock.now())
        jobs.open_due_waves(clock.now())
        wave = Wave(
            program_id=program.id,
            period="2020-01",
            opens_at=clock.now() - timedelta(hours=1),
            closes_at=clock.now() + timedelta(days=9),
            hold_reason={
                "msgid": "The key folder %(folder)s does not exist.",
                "params": {"folder": "/x"},
            },
        )
        with transaction():
            db.session.add(wave)

        page = hr.get(f"/app/programs/{program.id}").text

        assert page.count("Planned") == 3
        assert "The wave of 2020-01 is due and has not opened: The key folder /x" in page
        assert "On hold" in page

    def test_ends_only_after_a_post(self, hr: FlaskClient, make_program: Make) -> None:
        program = make_program(launched=True)

        assert hr.get(f"/app/programs/{program.id}/end").status_code == 405
        assert hr.post(f"/app/programs/{program.id}/end").status_code == 302

        assert only_program().ended_at is not None
        assert "Ended" in hr.get(f"/app/programs/{program.id}").text
        assert hr.post(f"/app/programs/{program.id}/end").status_code == 409

    def test_says_that_changes_count_from_the_next_wave_on(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        program = make_program(launched=True)

        page = hr.get(f"/app/programs/{program.id}/questions").text
        answer = hr.post(f"/app/programs/{program.id}/questions", data={"questions": ["LEAD-02"]})

        assert "counts from the next wave on" in page
        assert answer.location == f"/app/programs/{program.id}"

    def test_asks_as_often_with_thirty_waves_as_with_three(
        self, hr: FlaskClient, make_program: Make, count_queries: Callable[[], list[str]]
    ) -> None:
        program_id = make_program(launched=True).id
        path = f"/app/programs/{program_id}"
        db.session.rollback()
        seen = count_queries()
        hr.get(path)
        with_three = list(seen)
        with transaction():
            for month in range(30):
                opens_at = datetime(2020 + month // 12, month % 12 + 1, 1, tzinfo=UTC)
                db.session.add(
                    Wave(
                        program_id=program_id,
                        period=f"{opens_at:%Y-%m}",
                        opens_at=opens_at,
                        closes_at=opens_at + timedelta(days=9),
                        opened_at=opens_at,
                        closed_at=opens_at + timedelta(days=9),
                    )
                )

        db.session.rollback()
        seen = count_queries()
        page = hr.get(path).text

        assert len(seen) == len(with_three)
        assert "Show 18 earlier waves" in page
        assert "2020-01" in hr.get(f"{path}?all=1").text


class TestWave:
    @pytest.fixture
    def wave(self, make_program: Make, keys: Path) -> Wave:
        """Open now."""
        start = clock.now() - timedelta(days=1)
        program = make_program(launched=True, now=start - timedelta(days=60))
        wave = queries.waves(program.id)[-1]
        with transaction():
            wave.opens_at, wave.closes_at = start, start + timedelta(days=10)
        assert jobs.open_due_waves(clock.now()) >= 1
        return wave

    def test_shows_what_is_asked_and_what_was_promised(self, hr: FlaskClient, wave: Wave) -> None:
        page = hr.get(f"/app/waves/{wave.id}").text

        assert "where the company is heading" in page
        assert "from 10 answers on" in page

    def test_lets_hr_move_the_closing_in_the_time_of_the_program(
        self, hr: FlaskClient, wave: Wave
    ) -> None:
        wanted = (clock.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
        in_seoul = f"{wanted + timedelta(hours=9):%Y-%m-%dT%H:%M}"

        answer = hr.post(f"/app/waves/{wave.id}/closing", data={"closes_at": in_seoul})

        db.session.refresh(wave)
        assert answer.status_code == 302
        assert wave.closes_at == wanted

    @pytest.mark.parametrize(
        "closes_at", ["2020-01-01T09:00", "", "soon", "0001-01-01T00:00", "9999-12-31T23:59"]
    )
    def test_refuses_a_closing_in_the_past_or_none(
        self, hr: FlaskClient, wave: Wave, closes_at: str
    ) -> None:
        before = wave.closes_at

        answer = hr.post(f"/app/waves/{wave.id}/closing", data={"closes_at": closes_at})

        db.session.refresh(wave)
        assert answer.status_code == 400
        assert wave.closes_at == before


class TestUnfitValues:
    def test_a_null_character_is_not_understood(self, hr: FlaskClient, company: None) -> None:
        """PostgreSQL holds none in a text; SQLite finds nothing by it."""
        assert hr.get("/app/questions?q=%00").status_code in {200, 400}

    def test_a_name_of_two_lines_becomes_one_of_one(
        self, hr: FlaskClient, department_id: DepartmentId
    ) -> None:
        """It stands in the headers of mails, which a line break would end."""
        names = {"name_ko": "펄스\r\nBcc: x@example.com", "name_en": " Pulse \n 2 "}

        hr.post("/app/programs/new", data=names | {"audience": [department_id("S")]})

        program = only_program()
        assert program.name_ko == "펄스 Bcc: x@example.com"
        assert program.name_en == "Pulse 2"


class TestQuestionBank:
    def test_is_filtered_by_dimension_and_words(self, hr: FlaskClient, company: None) -> None:
        goals = hr.get("/app/questions?dimension=goals").text
        found = hr.get("/app/questions?q=burnt+out+nobody").text
        one = hr.get("/app/questions?q=gut+feeling").text

        assert "GOAL-05" in goals
        assert "LEAD-01" not in goals
        assert "No question found" in found
        assert re.findall(r"<code>([A-Z]+-\d+)</code>", one) == ["INNO-04"]

    def test_takes_a_question_of_hr(self, hr: FlaskClient, company: None, context: None) -> None:
        data = {
            "code": "SITE-01",
            "dimension": "process",
            "kind": "single_choice",
            "text_ko": "어느 교대조입니까?",
            "text_en": "Which shift?",
            "choices": "주간 | Day\n야간 | Night",
        }

        answer = hr.post("/app/questions/new", data=data)

        [question] = queries.current_questions(codes=["SITE-01"])
        assert answer.location == "/app/questions/SITE-01"
        assert question.choices == [
            {"code": "c1", "ko": "주간", "en": "Day"},
            {"code": "c2", "ko": "야간", "en": "Night"},
        ]

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"code": "LEAD-01"}, "There is already a question LEAD-01."),
            ({"code": "lead 1"}, "Use capital letters, digits and hyphens."),
            ({"text_en": " "}, "This field is required."),
            ({"kind": "multiple_choice", "choices": ""}, "needs at least two"),
            ({"kind": "multiple_choice", "choices": "하나\n둘 | Two"}, "in both languages"),
        ],
    )
    def test_refuses(
        self, hr: FlaskClient, company: None, context: None, change: dict[str, str], words: str
    ) -> None:
        data = {
            "code": "SITE-01",
            "dimension": "process",
            "kind": "agreement",
            "text_ko": "가",
            "text_en": "A",
        }

        answer = hr.post("/app/questions/new", data=data | change)

        assert answer.status_code == 400
        assert words in answer.text
        assert queries.question_versions("SITE-01") == []

    def test_warns_that_a_new_wording_breaks_the_trend_and_stores_a_version(
        self, hr: FlaskClient, company: None, context: None
    ) -> None:
        page = hr.get("/app/questions/WELL-07").text
        data = {
            "text_ko": "새 문구",
            "text_en": "New words",
            "choices": "가 | A\n나 | B",
        }
        hr.post("/app/questions/WELL-07", data=data)

        assert "breaks the trend line" in page
        new, old = queries.question_versions("WELL-07")
        assert (new.version, new.text_en) == (2, "New words")
        assert old.retired_at is not None

    def test_keeps_the_choices_when_only_the_words_change(
        self, hr: FlaskClient, company: None, context: None
    ) -> None:
        before = queries.question_versions("COMM-07")[0].choices
        page = hr.get("/app/questions/COMM-07").text
        lines = re.search(r'name="choices"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
        assert lines

        hr.post(
            "/app/questions/COMM-07",
            data={"text_ko": "새 문구", "text_en": "New words", "choices": lines[1]},
        )

        assert (
            db.session.scalars(select(Question.choices).where(Question.version == 2)).one()
            == before
        )

    def test_has_no_page_for_an_unknown_code(self, hr: FlaskClient, company: None) -> None:
        assert hr.get("/app/questions/NONE-01").status_code == 404


class TestPages:
    def test_all_open_for_drafts_and_running_programs_in_both_languages(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        draft = make_program()
        running = make_program(
            name="둘", launched=True, schedule=replace(DEFAULT_SCHEDULE, timezone="Europe/Paris")
        )
        steps = ("audience", "questions", "schedule", "preview", "invitation")
        paths = [
            "questions/new",
            "questions/LEAD-01",
            "programs",
            "programs/new",
            f"programs/{draft.id}/launch",
            f"programs/{running.id}",
            f"waves/{queries.waves(running.id)[0].id}",
            *(f"programs/{each.id}/{step}" for each in (draft, running) for step in steps),
        ]

        for language in ("ko", "en"):
            for path in paths:
                answer = hr.get(f"/app/{path}?lang={language}")
                assert (path, answer.status_code) == (path, 200)

    def test_a_draft_opens_where_it_was_left_and_a_running_program_is_not_launched_again(
        self, hr: FlaskClient, make_program: Make
    ) -> None:
        draft, running = make_program(), make_program(name="둘", launched=True)

        assert hr.get(f"/app/programs/{draft.id}").location.endswith("/launch")
        assert hr.get(f"/app/programs/{running.id}/launch").location.endswith(str(running.id))

    @pytest.mark.parametrize("role", ["executive", "administrator", "employee"])
    def test_stay_shut_for_other_roles(
        self, sign_in: Callable[..., FlaskClient], make_program: Make, role: str
    ) -> None:
        client = sign_in(role)
        program = make_program()

        assert client.get("/app/programs").status_code == 403
        assert client.post(f"/app/programs/{program.id}/launch").status_code == 403
        assert only_program().launched_at is None
