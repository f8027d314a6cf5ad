"""Pages of accounts: signing in and out, one's own, everybody's."""

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from employee_pulse.auth import passwords, queries, service, sessions
from employee_pulse.auth.forms import (
    AccountForm,
    LanguageForm,
    NewPasswordForm,
    PasswordForm,
    RoleForm,
    SignInForm,
)
from employee_pulse.auth.models import Account
from employee_pulse.auth.rules import ATTEMPTS, LOCKED_FOR, ROLE_LABELS, is_safe_target
from employee_pulse.auth.wiring import limiter
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import transaction
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.translation import say

blueprint = Blueprint("auth", __name__, url_prefix="/app")

ATTEMPTS_FROM_AN_ADDRESS = "60 per minute"
"""An office shares one address; accounts are guarded one by one besides."""


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(ATTEMPTS_FROM_AN_ADDRESS, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate_on_submit():
        account = _proven_account(form.email.data or "", form.password.data or "")
        if account is not None:
            sessions.start(account)
            return redirect(_target())
        form.form_errors.append(
            _(
                "E-mail address and password do not match. After %(attempts)s failed attempts "
                "an account is locked for %(minutes)s minutes.",
                attempts=ATTEMPTS,
                minutes=int(LOCKED_FOR.total_seconds() // 60),
            )
        )
    if g.account is not None and request.method == "GET":
        return redirect(_target())
    page = render_template("auth/sign_in.html", form=form, roles=ROLE_LABELS)
    return page, 400 if form.errors else 200


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    sessions.end()
    flash(_("You are signed out."))
    return redirect(url_for("auth.sign_in"))


@blueprint.route("/account", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    form = PasswordForm(email=g.account.email)
    if form.validate_on_submit():
        try:
            with transaction():
                service.change_password(
                    g.account, present=form.present.data or "", new=form.new.data or ""
                )
        except service.PasswordWrong as refused:
            form.present.errors = [say(refused.phrase)]
        else:
            sessions.start(g.account)
            flash(_("Your password is changed. Other devices are signed out."))
            return redirect(url_for("auth.account"))
    return _account_page(form), 400 if form.errors else 200


@blueprint.route("/password", methods=["GET", "POST"])
def choose_password() -> ResponseReturnValue:
    """All that is open to somebody who signed in with a password made by an administrator."""
    if g.account.password_given_at is None:
        return redirect(_target())
    form = NewPasswordForm(email=g.account.email)
    if form.validate_on_submit():
        try:
            with transaction():
                service.choose_password(g.account, new=form.new.data or "")
        except service.PasswordNotNew as refused:
            form.new.errors = [say(refused.phrase)]
        else:
            sessions.start(g.account)
            flash(_("Your password is set. From now on you sign in with it."), "good")
            return redirect(_target())
    return render_template("auth/choose_password.html", form=form), 400 if form.errors else 200


@blueprint.post("/account/language")
def language() -> ResponseReturnValue:
    form = LanguageForm()
    if not form.validate_on_submit():
        abort(400)
    with transaction():
        service.change_language(g.account, language=form.language.data)
    session.pop("lang", None)
    flash(_("Your language is saved."))
    return redirect(url_for("auth.account"))


@blueprint.get("/accounts")
def accounts() -> ResponseReturnValue:
    return _accounts_page(AccountForm())


@blueprint.post("/accounts")
def create() -> ResponseReturnValue:
    form = AccountForm()
    if not form.validate_on_submit():
        return _accounts_page(form), 400
    try:
        with transaction():
            made, password = service.create_account(
                email=form.email.data or "",
                name=form.name.data or "",
                role=form.role.data,
                language=form.language.data,
                employee_number=form.employee_number.data,
                now=clock.now(),
            )
    except Refused as refused:
        form.form_errors.append(say(refused.phrase))
        return _accounts_page(form), refused.status
    return _password_page(made, password)


@blueprint.post("/accounts/<int:account_id>/role")
def change_role(account_id: int) -> ResponseReturnValue:
    form = RoleForm()
    if not form.validate_on_submit():
        abort(400)
    with transaction():
        changed = _found(account_id)
        service.change_role(changed, role=form.role.data)
    flash(_("%(name)s has another role now.", name=changed.name))
    return redirect(url_for("auth.accounts"))


@blueprint.post("/accounts/<int:account_id>/password")
def reset_password(account_id: int) -> ResponseReturnValue:
    with transaction():
        changed = _found(account_id)
        password = service.reset_password(changed, now=clock.now())
    return _password_page(changed, password)


@blueprint.post("/accounts/<int:account_id>/disable")
def disable(account_id: int) -> ResponseReturnValue:
    with transaction():
        changed = _found(account_id)
        service.disable(changed, now=clock.now())
    flash(_("%(name)s cannot sign in any more.", name=changed.name))
    return redirect(url_for("auth.accounts"))


@blueprint.post("/accounts/<int:account_id>/enable")
def enable(account_id: int) -> ResponseReturnValue:
    with transaction():
        changed = _found(account_id)
        service.enable(changed)
    flash(_("%(name)s can sign in again.", name=changed.name))
    return redirect(url_for("auth.accounts"))


def _proven_account(email: str, password: str) -> Account | None:
    """The account if the password is right; the same work for every address."""
    with transaction():
        account_id = service.count_attempt(email=email, now=clock.now())
    account = queries.account(account_id) if account_id is not None else None
    stored = account.password_hash if account else None
    if not passwords.matches(stored, password) or account is None:
        return None
    with transaction():
        service.admit(account, password=password)
    return account


def _target() -> str:
    target = request.args.get("next", "")
    return target if is_safe_target(target) else url_for("home.dashboard")


def _found(account_id: int) -> Account:
    return queries.account(account_id) or abort(404)


def _account_page(form: PasswordForm) -> str:
    chosen = LanguageForm(formdata=None, language=g.account.language)
    return render_template(
        "auth/account.html", form=form, language_form=chosen, role_label=ROLE_LABELS[g.account.role]
    )


def _accounts_page(form: AccountForm) -> str:
    return render_template(
        "auth/accounts.html",
        form=form,
        accounts=queries.accounts(),
        roles=ROLE_LABELS,
        left=queries.left_on(clock.today(current_app.config["TIMEZONE"])),
        now=clock.now(),
    )


def _password_page(account: Account, password: str) -> ResponseReturnValue:
    page = render_template("auth/password_once.html", account=account, password=password)
    return page, 200, {"Cache-Control": "no-store"}
