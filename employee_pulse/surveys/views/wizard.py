"""The wizard: whom, what, when, how it looks, how it invites, launch. Every step is stored."""

from datetime import date
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2

from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_
from employee_pulse.foundation.translation import LANGUAGES
from employee_pulse.org import queries as org
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.forms import (
    AudienceForm,
    InvitationForm,
    LaunchForm,
    QuestionsForm,
    ScheduleForm,
    filled,
)
from employee_pulse.surveys.models import Program, Question
from employee_pulse.surveys.rules.programs import QUESTION_LIMITS, ProgramState, program_state
from employee_pulse.surveys.rules.questions import (
    AGREEMENT_LABELS,
    ENPS_LABELS,
    minutes,
)
from employee_pulse.surveys.rules.schedule import WaveDates, check_schedule, next_waves
from employee_pulse.surveys.views.letters import send_test_mail
from employee_pulse.surveys.views.pages import (
    blueprint,
    burden,
    by_dimension,
    program_or_404,
    saved,
)

STEPS = (
    ("surveys.edit_audience", N_("Audience")),
    ("surveys.edit_questions", N_("Questions")),
    ("surveys.edit_schedule", N_("Schedule")),
    ("surveys.preview", N_("Preview")),
    ("surveys.edit_invitation", N_("Invitation")),
    ("surveys.launch", N_("Launch")),
)
WIDTHS = ("phone", "desktop")


@blueprint.route("/programs/new", methods=["GET", "POST"])
def new_program() -> ResponseReturnValue:
    form = AudienceForm()
    made: list[int] = []
    if _with_departments(form) and saved(form, lambda: made.append(_draft(form))):
        return redirect(url_for("surveys.edit_questions", program_id=made[0]))
    return _page("audience", None, form, branches=org.tree(_today()))


@blueprint.route("/programs/<int:program_id>/audience", methods=["GET", "POST"])
def edit_audience(program_id: int) -> ResponseReturnValue:
    program = program_or_404(program_id)
    chosen = [part.department_id for part in program.audience]
    form = AudienceForm(
        data={"name_ko": program.name_ko, "name_en": program.name_en, "audience": chosen}
    )
    if _with_departments(form) and saved(
        form,
        lambda: service.set_audience(
            program,
            name_ko=filled(form.name_ko),
            name_en=filled(form.name_en),
            department_ids=filled(form.audience),
        ),
    ):
        return _after(program)
    return _page("audience", program, form, branches=org.tree(_today()))


@blueprint.route("/programs/<int:program_id>/questions", methods=["GET", "POST"])
def edit_questions(program_id: int) -> ResponseReturnValue:
    program = program_or_404(program_id)
    bank = queries.current_questions()
    chosen = [part.question_code for part in program.questions]
    form = QuestionsForm(data={"questions": chosen, "order": chosen})
    form.questions.choices = [SelectChoice(question.code) for question in bank]
    arranged = form.arranged(*_moved())
    if "arrange" not in request.form and saved(
        form, lambda: service.set_questions(program, codes=arranged)
    ):
        return _after(program)
    return _page(
        "questions",
        program,
        form,
        sections=by_dimension(bank),
        chosen=sorted(
            (each for each in bank if each.code in arranged),
            key=lambda question: arranged.index(question.code),
        ),
        limit=QUESTION_LIMITS[program.cadence],
    )


@blueprint.route("/programs/<int:program_id>/schedule", methods=["GET", "POST"])
def edit_schedule(program_id: int) -> ResponseReturnValue:
    program = program_or_404(program_id)
    form = ScheduleForm(obj=program)
    if "show" not in request.form and saved(form, lambda: _set_schedule(program, form)):
        return _after(program)
    unfit = form.errors.keys() - {"burden_override"}
    complete = form.validate() if "show" in request.form else not unfit
    shown = _dates(form, complete=complete) | burden(program)
    return _page("schedule", program, form, **shown)


@blueprint.post("/programs/dates")
def dates() -> ResponseReturnValue:
    """The part of the schedule step that follows what is being typed."""
    form = ScheduleForm()
    return render_template("surveys/_dates.html", **_dates(form, complete=form.validate()))


@blueprint.get("/programs/<int:program_id>/preview")
def preview(program_id: int) -> ResponseReturnValue:
    program = program_or_404(program_id)
    asked = request.args.get("in")
    language = asked if asked in LANGUAGES else program.language
    width = request.args.get("width")
    return _page(
        "preview",
        program,
        None,
        shown_language=language,
        width=width if width in WIDTHS else WIDTHS[0],
        ballot=_ballot(program, language),
    )


@blueprint.route("/programs/<int:program_id>/invitation", methods=["GET", "POST"])
def edit_invitation(program_id: int) -> ResponseReturnValue:
    program = program_or_404(program_id)
    form = InvitationForm(obj=program)
    form.promise_at_least(current_app.config["POLICY"].min_scores)
    if saved(form, lambda: _set_messages(program, form)):
        return _after(program) if "test" not in request.form else _test_mail(program)
    return _page("invitation", program, form)


@blueprint.route("/programs/<int:program_id>/launch", methods=["GET", "POST"])
def launch(program_id: int) -> ResponseReturnValue:
    program = program_or_404(program_id)
    if program_state(program.launched_at, program.ended_at) is not ProgramState.DRAFT:
        return redirect(url_for("surveys.program", program_id=program_id))
    form = LaunchForm()
    if saved(form, lambda: _launch(program, form)):
        flash(_("The program runs. Its waves open by themselves from now on."), "good")
        return redirect(url_for("surveys.program", program_id=program_id))
    return _page("launch", program, form, **_summary(program))


def _page(
    step: str, program: Program | None, form: FlaskForm | None, **shown: Any
) -> ResponseReturnValue:
    """A step: in the wizard while the program is a draft, afterwards a page of its own."""
    state = program_state(program.launched_at, program.ended_at) if program else ProgramState.DRAFT
    number = [f"surveys.edit_{step}", f"surveys.{step}"]
    current = next(i for i, (endpoint, _label) in enumerate(STEPS, 1) if endpoint in number)
    page = render_template(
        f"surveys/steps/{step}.html",
        program=program,
        form=form,
        in_wizard=state is ProgramState.DRAFT,
        steps=[_(label) for _endpoint, label in STEPS],
        endpoints=[endpoint for endpoint, _label in STEPS],
        current=current,
        **shown,
    )
    return page, 400 if form is not None and form.errors else 200


def _after(program: Program) -> ResponseReturnValue:
    """On to the next step; a program that runs has only this one."""
    if program.launched_at is not None:
        flash(_("Saved. It counts from the next wave on."), "good")
        return redirect(url_for("surveys.program", program_id=program.id))
    if "leave" in request.form:
        flash(_("The draft is saved."), "good")
        return redirect(url_for("surveys.programs"))
    endpoints = [endpoint for endpoint, _label in STEPS]
    following = endpoints[endpoints.index(request.endpoint or "") + 1]
    return redirect(url_for(following, program_id=program.id))


def _today() -> date:
    return clock.today(current_app.config["TIMEZONE"])


def _with_departments(form: AudienceForm) -> bool:
    form.audience.choices = [SelectChoice(str(each.id)) for each in org.departments()]
    return True


def _draft(form: AudienceForm) -> int:
    program = service.draft_program(
        name_ko=filled(form.name_ko),
        name_en=filled(form.name_en),
        audience=filled(form.audience),
        timezone=current_app.config["TIMEZONE"],
        now=clock.now(),
        created_by_id=g.account.id,
    )
    return program.id


def _moved() -> tuple[str | None, int]:
    """Which question a button moves up or down: ``arrange=CODE:-1``."""
    code, _colon, by = request.form.get("arrange", "").rpartition(":")
    return (code, int(by)) if by in {"-1", "1"} else (None, 0)


def _set_schedule(program: Program, form: ScheduleForm) -> None:
    service.set_schedule(
        program,
        schedule=form.schedule(),
        now=clock.now(),
        burden_override=form.burden_override.data,
        burden_days=current_app.config["POLICY"].burden_days,
    )
    service.set_reminders(program, days=filled(form.reminder_days))


def _dates(form: ScheduleForm, *, complete: bool) -> dict[str, Any]:
    """The next three waves of what stands in the form, or why there are none."""
    waves: list[WaveDates] = []
    refusal = None
    if complete:
        now = clock.now()
        holidays = queries.planning_holidays(now)
        try:
            check_schedule(form.schedule(), since=now, holidays=holidays)
            waves = next_waves(form.schedule(), since=now, holidays=holidays)
        except Refused as refused:
            refusal = refused.phrase
    return {"waves": waves, "refusal": refusal, "timezone": form.timezone.data}


def _ballot(program: Program, language: str) -> Markup:
    """The questions as they will be asked, in one language, whatever the page around is in."""
    questions = _questions(program)
    with force_locale(language):
        return Markup(  # noqa: S704 - rendered by a template, which escapes
            render_template(
                "surveys/_ballot.html",
                program=program,
                questions=questions,
                language=language,
                minutes=minutes([question.kind for question in questions]),
                agreement_options=[(value, _(word)) for value, word in AGREEMENT_LABELS.items()],
                enps_options=[
                    (value, _(ENPS_LABELS[value]) if value in ENPS_LABELS else "")
                    for value in range(11)
                ],
            )
        )


def _questions(program: Program) -> list[Question]:
    codes = [part.question_code for part in program.questions]
    current = queries.current_questions(codes=codes)
    return sorted(current, key=lambda question: codes.index(question.code))


def _set_messages(program: Program, form: InvitationForm) -> None:
    service.set_messages(
        program,
        language=filled(form.language),
        message_ko=form.message_ko.data or "",
        message_en=form.message_en.data or "",
        min_scores=filled(form.min_scores),
    )


def _test_mail(program: Program) -> ResponseReturnValue:
    with transaction():
        send_test_mail(program, to=g.account, now=clock.now())
    flash(_("A test mail to %(address)s is on its way.", address=g.account.email), "good")
    return redirect(url_for("surveys.edit_invitation", program_id=program.id))


def _launch(program: Program, form: LaunchForm) -> None:
    service.launch(
        program,
        now=clock.now(),
        burden_override=form.burden_override.data,
        burden_days=current_app.config["POLICY"].burden_days,
    )


def _summary(program: Program) -> dict[str, Any]:
    """Everything that the last look before the launch shows."""
    now = clock.now()
    holidays = queries.planning_holidays(now)
    questions = _questions(program)
    return {
        "people": queries.people_asked(program, now),
        "without_email": queries.people_without_email(program, now),
        "min_company": current_app.config["POLICY"].min_company,
        "departments": len(queries.audience(program.id)),
        "questions": questions,
        "minutes": minutes([question.kind for question in questions]),
        "waves": next_waves(program.schedule, since=now, holidays=holidays),
        **burden(program),
    }
