"""Pages of the question bank."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from employee_pulse.foundation import clock
from employee_pulse.surveys import queries, service
from employee_pulse.surveys.forms import QuestionForm, WordingForm, filled
from employee_pulse.surveys.models import Question
from employee_pulse.surveys.rules.questions import Dimension, QuestionKind
from employee_pulse.surveys.views.pages import blueprint, by_dimension, saved


@blueprint.get("/questions")
def questions() -> str:
    asked = request.args.get("dimension")
    dimension = Dimension(asked) if asked in list(Dimension) else None
    words = request.args.get("q", "").strip()
    return render_template(
        "surveys/questions.html",
        sections=by_dimension(queries.current_questions(dimension=dimension, words=words)),
        counts=queries.questions_per_dimension(),
        dimension=dimension,
        words=words,
    )


@blueprint.route("/questions/new", methods=["GET", "POST"])
def new_question() -> ResponseReturnValue:
    form = QuestionForm()
    if saved(form, lambda: _add(form)):
        flash(_("The question is in the bank."), "good")
        return redirect(url_for("surveys.question", question_code=form.code.data))
    return render_template("surveys/new_question.html", form=form), 400 if form.errors else 200


@blueprint.route("/questions/<question_code>", methods=["GET", "POST"])
def question(question_code: str) -> ResponseReturnValue:
    versions = queries.question_versions(question_code) or abort(404)
    form = WordingForm(data=_as_entered(versions[0]))
    if saved(form, lambda: _revise(versions[0], form)):
        flash(_("The new wording is asked from the next wave on."), "good")
        return redirect(url_for("surveys.question", question_code=question_code))
    return render_template(
        "surveys/question.html",
        question=versions[0],
        versions=versions,
        programs=queries.programs_asking(question_code),
        form=form,
    ), 400 if form.errors else 200


def _add(form: QuestionForm) -> None:
    wording = form.wording(
        dimension=Dimension(form.dimension.data),
        kind=QuestionKind(form.kind.data),
        reverse_keyed=form.reverse_keyed.data,
    )
    service.add_question(code=filled(form.code), wording=wording, now=clock.now())


def _revise(current: Question, form: WordingForm) -> None:
    wording = form.wording(
        dimension=current.dimension, kind=current.kind, reverse_keyed=current.reverse_keyed
    )
    service.revise_question(current.code, wording=wording, now=clock.now())


def _as_entered(question: Question) -> dict[str, str]:
    lines = [f"{choice['ko']} | {choice['en']}" for choice in question.choices]
    return {
        "text_ko": question.text_ko,
        "text_en": question.text_en,
        "choices": "\n".join(lines),
    }
