"""Every route is in the table, and the guard answers as the table says, for every role."""

import pytest
from flask import Flask, g, session
from flask.testing import FlaskClient
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.routing import Rule

from employee_pulse.auth import queries, wiring
from employee_pulse.auth.access import ENDPOINTS, ROLES
from employee_pulse.auth.rules import Role
from employee_pulse.foundation.db import transaction
from tests.integration.auth.conftest import NOW, MakeAccount


def address(app: Flask, rule: Rule) -> str:
    """An address of the rule with invented values."""
    values = {
        name: rule._converters[name].to_python("1") if name in rule._converters else "1"
        for name in rule.arguments
    }
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
    return str(built)


def answer(app: Flask, rule: Rule, session_id: str | None) -> str:
    method = "GET" if "GET" in (rule.methods or ()) else sorted(rule.methods or ())[-1]
    with app.test_request_context(address(app, rule), method=method):
        if session_id is not None:
            session["_user_id"] = session_id
        try:
            response = wiring.guard()
        except Forbidden:
            return "refused"
        except Unauthorized:
            return "sign in"
    if response is None:
        return "open"
    assert "/app/sign-in?next=" in response.location  # type: ignore[union-attr]
    return "sign in"


class TestTable:
    def test_every_endpoint_is_in_it_and_nothing_else(self, app: Flask) -> None:
        assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ENDPOINTS)

    def test_signed_in_pages_lie_below_app_and_no_other_do(self, app: Flask) -> None:
        """The session cookie is sent below ``/app`` only."""
        outside = {
            rule.endpoint for rule in app.url_map.iter_rules() if not rule.rule.startswith("/app/")
        }

        assert all(ENDPOINTS[endpoint] is None for endpoint in outside)


class TestGuard:
    def test_comes_first(self, app: Flask) -> None:
        assert app.before_request_funcs[None][0] is wiring.guard

    @pytest.mark.parametrize("role", Role)
    def test_answers_each_role_as_the_table_says(
        self, app: Flask, make: MakeAccount, role: Role
    ) -> None:
        session_id = f"{make(role.value)}:0"

        for rule in app.url_map.iter_rules():
            needed = ENDPOINTS[rule.endpoint]
            is_open = needed is None or needed in ROLES[role]
            expected = "open" if is_open else "refused"
            assert answer(app, rule, session_id) == expected, rule

    def test_asks_strangers_to_sign_in(self, app: Flask) -> None:
        for rule in app.url_map.iter_rules():
            expected = "open" if ENDPOINTS[rule.endpoint] is None else "sign in"
            assert answer(app, rule, None) == expected, rule

    def test_refuses_an_endpoint_that_nobody_put_into_the_table(
        self, app: Flask, make: MakeAccount
    ) -> None:
        app.add_url_rule("/app/forgotten", "org.forgotten", lambda: "secret")
        app.add_url_rule("/forgotten", "home.forgotten", lambda: "secret")
        session_id = f"{make('administrator')}:0"

        for rule in app.url_map.iter_rules():
            if rule.endpoint.endswith("forgotten"):
                assert answer(app, rule, session_id) == "refused"
                assert answer(app, rule, None) == "refused"
        assert app.test_client().get("/app/forgotten").status_code == 403

    @pytest.mark.parametrize(
        "session_id", ["{id}:1", "{id}", "{id}:", "999:0", ":0", "x:0", "{id}:-0", "{id}:0:0"]
    )
    def test_does_not_know_a_made_up_session(
        self, app: Flask, make: MakeAccount, session_id: str
    ) -> None:
        made_up = session_id.format(id=make("hr"))

        with app.test_request_context("/app/account"):
            session["_user_id"] = made_up
            wiring.guard()
            assert g.account is None

    def test_does_not_know_an_account_that_is_shut(self, app: Flask, make: MakeAccount) -> None:
        """Whatever its sessions say."""
        account_id = make("hr")
        with app.app_context(), transaction():
            account = queries.account(account_id)
            assert account is not None
            account.disabled_at = NOW

        with app.test_request_context("/app/account"):
            session["_user_id"] = f"{account_id}:0"
            wiring.guard()
            assert g.account is None

    def test_looks_at_no_session_outside_app(self, app: Flask, make: MakeAccount) -> None:
        with app.test_request_context("/"):
            session["_user_id"] = f"{make('hr')}:0"
            wiring.guard()
            assert g.account is None

    def test_lets_the_router_say_what_is_not_there(self, client: FlaskClient) -> None:
        assert client.get("/app/nothing-here").status_code == 404
        assert client.get("/app/sign-out").status_code == 405

    def test_tells_a_stranger_who_posts_that_nobody_is_signed_in(self, client: FlaskClient) -> None:
        assert client.post("/app/accounts").status_code == 401
