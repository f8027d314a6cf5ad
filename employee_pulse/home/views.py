"""Landing page, dashboard, component page, language, health."""

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from employee_pulse.auth import queries as auth
from employee_pulse.foundation import clock
from employee_pulse.foundation.phrases import Phrase
from employee_pulse.foundation.translation import current_language
from employee_pulse.home import health
from employee_pulse.home.forms import SampleForm
from employee_pulse.home.queries import agenda
from employee_pulse.home.rules import FIRST_STEP_LABELS
from employee_pulse.home.screen import screen
from employee_pulse.notifications.rules import PROBLEM_LABELS
from employee_pulse.surveys.models import Wave

blueprint = Blueprint("home", __name__)


@blueprint.app_template_global("why_unasked")
def why_unasked(wave: Wave) -> Phrase | None:
    """For the page of a wave, whose room knows no rolls: why nobody has been asked yet."""
    minimum = current_app.config["POLICY"].min_company
    unasked = agenda.unasked(clock.now(), min_company=minimum)
    return next((each.reason for each in unasked if each.wave.id == wave.id), None)


@blueprint.get("/")
def landing() -> str:
    return render_template("home/landing.html")


@blueprint.get("/app/")
def dashboard() -> str:
    held = auth.permissions(g.account)
    shown = screen(
        held,
        scope=auth.scope(g.account),
        language=current_language(),
        now=clock.now(),
        today=clock.today(current_app.config["TIMEZONE"]),
        min_company=current_app.config["POLICY"].min_company,
    )
    return render_template(
        "home/dashboard.html",
        screen=shown,
        first_steps=FIRST_STEP_LABELS,
        problems=PROBLEM_LABELS,
    )


@blueprint.get("/app/design")
def design() -> str:
    wrong = SampleForm(
        formdata=MultiDict({"wrong-department": "1", "wrong-remind": "y"}), prefix="wrong"
    )
    wrong.validate()
    return render_template("home/design.html", form=SampleForm(), wrong=wrong)


@blueprint.get("/app/language")
def set_language() -> ResponseReturnValue:
    """Go back to the page where a language was chosen; the session remembers it by now."""
    back = request.args.get("next", "")
    return redirect(back if back.startswith("/app/") else url_for("home.dashboard"))


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The process can work."""
    found = health.examine()
    return jsonify(found.as_json()), 200 if found.ready else 503
