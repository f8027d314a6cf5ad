"""Signing in and out, one's own account, accounts of others."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.auth import passwords, queries, service
from employee_pulse.auth.access import ENDPOINTS, Permission
from employee_pulse.auth.rules import ATTEMPTS, Role
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import db, transaction
from employee_pulse.org.models import Department, Employee
from tests.integration.auth.conftest import PASSWORD, Account_, MakeAccount, sign_in

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash takes its time on purpose, and these tests make hundreds."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)


class TestSignIn:
    def test_opens_the_page_that_was_asked_for(
        self, client: FlaskClient, make: MakeAccount
    ) -> None:
        make("hr")
        sent_away = client.get("/app/holidays?year=2027")

        assert sent_away.location == "/app/sign-in?next=/app/holidays?year%3D2027"
        response = client.post(
            sent_away.location, data={"email": "HR@example.com ", "password": PASSWORD}
        )

        assert response.location == "/app/holidays?year=2027"
        assert client.get(response.location).status_code == 200

    @pytest.mark.parametrize(
        "target", ["", "https://evil.example/", "//evil.example", "/app/../urn", "/ballot/1"]
    )
    def test_leads_nowhere_else(self, client: FlaskClient, make: MakeAccount, target: str) -> None:
        make("hr")

        assert sign_in(client, "hr@example.com", target=target).location == "/app/"
        assert client.get("/app/sign-in", query_string={"next": target}).location == "/app/"

    def test_says_the_same_whatever_is_wrong(
        self, client: FlaskClient, make: MakeAccount, stored: Account_, app: Flask
    ) -> None:
        make("hr")
        disabled = make("owner")
        with app.app_context(), transaction():
            account = queries.account(disabled)
            assert account is not None
            service.disable(account, now=clock.now())
        pages = [
            sign_in(client, "hr@example.com", "wrong"),
            sign_in(client, "nobody@example.com", "wrong"),
            sign_in(client, "owner@example.com", PASSWORD),
        ]

        texts = {re.sub(r'value="[^"]*"', "", page.text) for page in pages}
        assert len(texts) == 1
        assert "do not match" in texts.pop()
        assert [page.status_code for page in pages] == [400] * 3
        assert "wrong" not in pages[0].text

    @pytest.mark.parametrize("email", ["hr@example.com", "nobody@example.com", "owner@example.com"])
    def test_computes_one_hash_for_everybody(
        self, client: FlaskClient, make: MakeAccount, monkeypatch: pytest.MonkeyPatch, email: str
    ) -> None:
        """Time would tell who has an account."""
        make("hr")
        computed = []
        verify = passwords._HASHER.verify

        class Counting:
            def verify(self, *given: str) -> bool:
                computed.append(given)
                return verify(*given)

            hash = passwords._HASHER.hash

        monkeypatch.setattr(passwords, "_HASHER", Counting())

        sign_in(client, email, "wrong")

        assert len(computed) == 1

    def test_needs_both_entries(self, client: FlaskClient) -> None:
        page = client.post("/app/sign-in", data={"email": "", "password": ""})

        assert page.status_code == 400
        assert page.text.count('aria-invalid="true"') == 2

    def test_keeps_the_language_and_drops_the_rest_of_the_old_session(
        self, client: FlaskClient, make: MakeAccount
    ) -> None:
        make("hr")
        with client.session_transaction(path="/app/") as before:
            before["lang"] = "ko"
            before["planted"] = "x"

        sign_in(client, "hr@example.com")

        with client.session_transaction(path="/app/") as after:
            assert after["lang"] == "en"  # as the form was asked for
            assert "planted" not in after

    def test_sends_a_cookie_for_app_only(self, client: FlaskClient, make: MakeAccount) -> None:
        make("hr")

        cookie = sign_in(client, "hr@example.com").headers["Set-Cookie"]

        assert "Path=/app" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "remember" not in cookie
        assert client.get("/").headers.get("Set-Cookie") is None


class TestLockout:
    def fail(self, client: FlaskClient, times: int, email: str = "hr@example.com") -> None:
        for _ in range(times):
            assert sign_in(client, email, "wrong").status_code == 400

    def test_the_right_password_clears_failures(
        self, client: FlaskClient, make: MakeAccount, stored: Account_
    ) -> None:
        account = make("hr")
        self.fail(client, ATTEMPTS - 1)
        assert stored(account).failed_sign_ins == ATTEMPTS - 1

        assert sign_in(client, "hr@example.com").status_code == 302

        assert (stored(account).failed_sign_ins, stored(account).locked_until) == (0, None)

    def test_one_failure_too_many_locks_even_the_right_password_out(
        self, client: FlaskClient, make: MakeAccount, stored: Account_
    ) -> None:
        account = make("hr")
        make("executive")
        self.fail(client, ATTEMPTS)

        assert sign_in(client, "hr@example.com").status_code == 400
        locked_until = stored(account).locked_until
        assert locked_until is not None
        assert timedelta(minutes=14) < locked_until - clock.now() <= timedelta(minutes=15)
        assert sign_in(client, "executive@example.com").status_code == 302

    def test_a_lock_opens_by_itself_and_gives_as_many_attempts_again(
        self, app: Flask, client: FlaskClient, make: MakeAccount, stored: Account_
    ) -> None:
        account = make("hr")
        self.fail(client, ATTEMPTS)
        with app.app_context(), transaction():
            locked = queries.account(account)
            assert locked is not None
            locked.locked_until = clock.now() - timedelta(seconds=1)

        self.fail(client, 1)

        assert (stored(account).failed_sign_ins, stored(account).locked_until) == (1, None)
        assert sign_in(client, "hr@example.com").status_code == 302

    def test_an_address_is_slowed_down_too(self, database_url: str, key_dir: object) -> None:
        config = TestConfig(database_url=database_url, key_dir=str(key_dir))
        config.RATELIMIT_ENABLED = True
        client = create_app(config).test_client()

        codes = [client.post("/app/sign-in", data={"email": ""}).status_code for _ in range(61)]

        assert codes[:60] == [400] * 60
        assert codes[60] == 429
        assert client.get("/app/sign-in").status_code == 200


class TestSignOut:
    def test_ends_the_session(self, client: FlaskClient, make: MakeAccount) -> None:
        make("hr")
        sign_in(client, "hr@example.com")

        page = client.post("/app/sign-out", follow_redirects=True)

        assert page.request.path == "/app/sign-in"
        assert client.get("/app/account").status_code == 302


class TestAccount:
    def change(self, client: FlaskClient, present: str, new: str, again: str | None = None) -> str:
        data = {"present": present, "new": new, "again": again or new}
        return client.post("/app/account", data=data, follow_redirects=True).text

    def test_a_changed_password_ends_other_sessions(self, app: Flask, make: MakeAccount) -> None:
        make("hr")
        here, elsewhere = app.test_client(), app.test_client()
        sign_in(here, "hr@example.com")
        sign_in(elsewhere, "hr@example.com")

        assert "Your password is changed." in self.change(here, PASSWORD, "another long password")

        assert here.get("/app/account").status_code == 200
        assert elsewhere.get("/app/account").status_code == 302
        assert sign_in(elsewhere, "hr@example.com", PASSWORD).status_code == 400
        assert sign_in(elsewhere, "hr@example.com", "another long password").status_code == 302

    @pytest.mark.parametrize(
        ("present", "new", "again", "words"),
        [
            ("wrong", "another long password", None, "The present password is wrong."),
            (PASSWORD, "short", None, "at least 12 characters"),
            (PASSWORD, "hr@example.com!", None, "e-mail address"),
            (
                PASSWORD,
                "another long password",
                "another long passwort",
                "The two passwords differ.",
            ),
        ],
    )
    def test_is_not_changed_to_or_by_the_wrong_one(
        self,
        client: FlaskClient,
        make: MakeAccount,
        stored: Account_,
        present: str,
        new: str,
        again: str | None,
        words: str,
    ) -> None:
        account = make("hr")
        sign_in(client, "hr@example.com")
        before = stored(account)

        assert words in self.change(client, present, new, again)

        after = stored(account)
        assert (after.password_hash, after.epoch) == (before.password_hash, before.epoch)

    def test_the_language_is_that_of_the_pages(
        self, client: FlaskClient, make: MakeAccount, stored: Account_
    ) -> None:
        account = make("hr")
        sign_in(client, "hr@example.com")

        page = client.post("/app/account/language", data={"language": "ko"}, follow_redirects=True)

        assert stored(account).language == "ko"
        assert 'lang="ko"' in page.text
        assert client.post("/app/account/language", data={"language": "fr"}).status_code == 400


class TestAccounts:
    def create(self, client: FlaskClient, **changes: str) -> tuple[int, str]:
        data = {"name": "New", "email": "New@example.com", "role": "hr", "language": "ko"}
        page = client.post("/app/accounts", data=data | changes)
        return page.status_code, page.text

    def test_a_new_one_is_made_with_a_password_that_is_shown_once(
        self, app: Flask, sign_in: SignIn
    ) -> None:
        client = sign_in("administrator")

        status, text = self.create(client)

        password = re.search(r'<code id="password"[^>]*>([^<]+)</code>', text)
        assert status == 200
        assert password
        assert password[1] not in client.get("/app/accounts").text
        new = app.test_client()
        form = {"email": "new@example.com", "password": password[1]}
        assert new.post("/app/sign-in", data=form).status_code == 302
        assert new.get("/app/holidays").location.startswith("/app/password?")

    def test_the_password_is_not_kept_by_the_browser(self, sign_in: SignIn) -> None:
        data = {"name": "New", "email": "new@example.com", "role": "hr", "language": "ko"}

        page = sign_in("administrator").post("/app/accounts", data=data)

        assert page.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        ("changes", "status", "words"),
        [
            ({"email": "administrator-signed-in@EXAMPLE.com"}, 409, "account with this e-mail"),
            ({"email": "kim"}, 400, "not an e-mail address"),
            ({"employee_number": "404"}, 400, "no employee with the number 404"),
            ({"name": " "}, 400, "New account"),
            ({"role": "emperor"}, 400, "New account"),
            ({"language": "fr"}, 400, "New account"),
        ],
    )
    def test_a_wrong_one_is_refused_and_what_was_typed_stays(
        self, sign_in: SignIn, changes: dict[str, str], status: int, words: str
    ) -> None:
        got, text = self.create(sign_in("administrator"), **changes)

        assert got == status
        assert words in text
        assert "need" in text
        assert next(iter(changes.values())) in text or "role" in changes or "language" in changes

    def test_one_that_somebody_else_makes_at_the_same_moment_is_refused_with_words(
        self, sign_in: SignIn, make: MakeAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both have seen that the address is free; the database lets only one have it."""
        make("hr", "new@example.com")
        monkeypatch.setattr(queries, "account_by_email", lambda email: None)

        status, text = self.create(sign_in("administrator"))

        assert status == 409
        assert "Somebody else has changed the same at the same moment." in text
        assert "new@example.com" not in text

    def test_another_role_counts_from_the_next_page_on(
        self, app: Flask, sign_in: SignIn, make: MakeAccount
    ) -> None:
        administrator, account, client = sign_in("administrator"), make("hr"), app.test_client()
        client.post("/app/sign-in", data={"email": "hr@example.com", "password": PASSWORD})
        assert client.get("/app/holidays").status_code == 200

        administrator.post(f"/app/accounts/{account}/role", data={"role": "executive"})

        assert client.get("/app/holidays").status_code == 403
        assert client.get("/app/account").status_code == 200
        unknown = administrator.post(f"/app/accounts/{account}/role", data={"role": "emperor"})
        assert unknown.status_code == 400

    def test_a_shut_one_is_out_at_once_and_may_come_back(
        self, app: Flask, sign_in: SignIn, make: MakeAccount, stored: Account_
    ) -> None:
        administrator, account, client = sign_in("administrator"), make("hr"), app.test_client()
        login = {"email": "hr@example.com", "password": PASSWORD}
        client.post("/app/sign-in", data=login)

        administrator.post(f"/app/accounts/{account}/disable")
        assert client.get("/app/holidays").status_code == 302
        assert client.post("/app/sign-in", data=login).status_code == 400
        administrator.post(f"/app/accounts/{account}/enable")

        assert stored(account).disabled_at is None
        assert client.get("/app/holidays").status_code == 302
        assert client.post("/app/sign-in", data=login).status_code == 302

    def test_a_new_password_ends_sessions_and_locks(
        self, app: Flask, sign_in: SignIn, make: MakeAccount, stored: Account_
    ) -> None:
        administrator, account, client = sign_in("administrator"), make("hr"), app.test_client()
        client.post("/app/sign-in", data={"email": "hr@example.com", "password": PASSWORD})
        for _ in range(ATTEMPTS):
            app.test_client().post(
                "/app/sign-in", data={"email": "hr@example.com", "password": "wrong"}
            )

        page = administrator.post(f"/app/accounts/{account}/password")

        password = re.search(r'<code id="password"[^>]*>([^<]+)</code>', page.text)
        assert password
        assert client.get("/app/holidays").status_code == 302
        login = {"email": "hr@example.com", "password": password[1]}
        assert client.post("/app/sign-in", data=login).status_code == 302

    @pytest.mark.parametrize(("path", "data"), [("disable", {}), ("role", {"role": "hr"})])
    def test_the_last_administrator_stays(
        self, sign_in: SignIn, stored: Account_, path: str, data: dict[str, str]
    ) -> None:
        client = sign_in("administrator")
        page = client.get("/app/accounts").text
        account = int(re.findall(r"/app/accounts/(\d+)/role", page)[0])

        refused = client.post(f"/app/accounts/{account}/{path}", data=data)

        assert refused.status_code == 409
        assert "last administrator" in refused.text
        assert stored(account).role is Role.ADMINISTRATOR
        assert stored(account).disabled_at is None

    def test_the_last_but_one_may_go(
        self, sign_in: SignIn, make: MakeAccount, stored: Account_
    ) -> None:
        other = make("administrator")

        sign_in("administrator").post(f"/app/accounts/{other}/disable")

        assert stored(other).disabled_at is not None

    def test_there_is_nothing_to_do_with_one_that_is_not_there(self, sign_in: SignIn) -> None:
        client = sign_in("administrator")

        for path in ("disable", "enable", "password"):
            assert client.post(f"/app/accounts/999/{path}").status_code == 404
        assert client.post("/app/accounts/999/role", data={"role": "hr"}).status_code == 404


class TestAPasswordThatWasGiven:
    """Somebody else knows it: it opens the page that replaces it, and no other."""

    @pytest.fixture
    def given(self, app: Flask, make: MakeAccount) -> str:
        account_id = make("hr")
        with app.app_context(), transaction():
            account = queries.account(account_id)
            assert account is not None
            return service.reset_password(account, now=clock.now())

    def choose(self, client: FlaskClient, new: str, again: str | None = None) -> TestResponse:
        data = {"new": new, "again": again or new}
        return client.post("/app/password?next=/app/holidays?year%3D2027", data=data)

    def test_leads_from_every_page_to_the_one_that_replaces_it(
        self, app: Flask, client: FlaskClient, given: str
    ) -> None:
        sign_in(client, "hr@example.com", given)
        closed = [
            rule
            for rule in app.url_map.iter_rules()
            if ENDPOINTS[rule.endpoint] is not None and rule.endpoint != "auth.choose_password"
        ]

        assert len(closed) > 50
        for rule in closed:
            address = re.sub("<[^>]+>", "1", rule.rule)
            if "GET" in (rule.methods or ()):
                assert "/app/password?next=/app/" in client.get(address).location
            else:
                assert client.post(address).status_code == 403
        with app.app_context():
            assert [each.email for each in queries.accounts()] == ["hr@example.com"]

    def test_is_replaced_on_the_way_to_the_page_that_was_asked_for(
        self, app: Flask, client: FlaskClient, given: str
    ) -> None:
        asked = sign_in(client, "hr@example.com", given, target="/app/holidays?year=2027")
        page = client.get(asked.location, follow_redirects=True)
        assert page.request.path == "/app/password"
        assert "Choose your password" in page.text

        chosen = self.choose(client, "another long password")

        assert chosen.location == "/app/holidays?year=2027"
        assert client.get(chosen.location).status_code == 200
        assert sign_in(app.test_client(), "hr@example.com", given).status_code == 400
        again = app.test_client()
        assert sign_in(again, "hr@example.com", "another long password").status_code == 302
        assert again.get("/app/holidays").status_code == 200

    @pytest.mark.parametrize(
        ("new", "again", "words"),
        [
            ("", None, "This field is required"),
            ("short", None, "at least 12 characters"),
            ("another long password", "another long passwort", "The two passwords differ."),
            ("given", None, "another one than the password you were given"),
        ],
    )
    def test_is_not_replaced_by_itself_or_by_an_unfit_one(
        self, client: FlaskClient, given: str, new: str, again: str | None, words: str
    ) -> None:
        sign_in(client, "hr@example.com", given)

        refused = self.choose(client, given if new == "given" else new, again)

        assert refused.status_code == 400
        assert words in refused.text
        assert "/app/password" in client.get("/app/holidays").location

    def test_lets_its_owner_leave(self, client: FlaskClient, given: str) -> None:
        sign_in(client, "hr@example.com", given)

        assert client.post("/app/sign-out").location == "/app/sign-in"
        assert "/app/sign-in" in client.get("/app/holidays").location

    def test_ends_other_sessions_when_it_is_replaced(self, app: Flask, given: str) -> None:
        here, elsewhere = app.test_client(), app.test_client()
        for client in (here, elsewhere):
            sign_in(client, "hr@example.com", given)

        self.choose(here, "another long password")

        assert "/app/sign-in" in elsewhere.get("/app/password").location

    def test_changes_no_password_that_somebody_chose(
        self, client: FlaskClient, make: MakeAccount, stored: Account_
    ) -> None:
        """Else a session left open would do to take the account over."""
        account = make("hr")
        sign_in(client, "hr@example.com")
        before = stored(account)

        assert self.choose(client, "another long password").status_code == 302

        assert stored(account).password_hash == before.password_hash

    def test_is_seen_by_administrators_until_then(
        self, app: Flask, sign_in: SignIn, given: str
    ) -> None:
        administrator = sign_in("administrator")
        words = "Own password not chosen yet"
        assert words in administrator.get("/app/accounts").text
        owner = app.test_client()
        owner.post("/app/sign-in", data={"email": "hr@example.com", "password": given})

        self.choose(owner, "another long password")

        assert words not in administrator.get("/app/accounts").text


class TestWhoHasLeft:
    def test_is_marked_as_long_as_the_account_is_open(self, app: Flask, sign_in: SignIn) -> None:
        administrator = sign_in("administrator")
        today = clock.today("Asia/Seoul")
        with app.app_context(), transaction():
            unit = Department(code="C", name_ko="C", name_en="C")
            db.session.add(unit)
            db.session.flush()
            for number, days in (("1", -1), ("2", 0)):
                last_day = today + timedelta(days=days)
                db.session.add(
                    Employee(
                        number=number, name=number, department_id=unit.id, active_until=last_day
                    )
                )
            db.session.flush()
            gone, _there = (
                service.create_account(
                    email=f"{number}@example.com",
                    name=number,
                    role=Role.HR,
                    employee_number=number,
                    password=PASSWORD,
                    now=clock.now(),
                )[0]
                for number in ("1", "2")
            )
            gone_id = gone.id

        assert administrator.get("/app/accounts").text.count("Has left the company") == 1

        administrator.post(f"/app/accounts/{gone_id}/disable")

        assert "Has left the company" not in administrator.get("/app/accounts").text


class TestDepartmentHeads:
    @pytest.fixture
    def company(self, app: Flask) -> dict[str, int]:
        with app.app_context():
            with transaction():
                root = Department(code="C", name_ko="C", name_en="C")
                db.session.add(root)
                db.session.flush()
                ids = {"C": root.id}
                for code, parent in (("B", "C"), ("T", "B"), ("S", "C")):
                    unit = Department(code=code, name_ko=code, name_en=code, parent_id=ids[parent])
                    db.session.add(unit)
                    db.session.flush()
                    ids[code] = unit.id
                for number, code, is_head in (("1", "B", True), ("2", "B", False)):
                    db.session.add(
                        Employee(
                            number=number, name=number, department_id=ids[code], is_head=is_head
                        )
                    )
            return ids

    def scope(self, app: Flask, account_id: int) -> frozenset[int] | None:
        with app.app_context():
            account = queries.account(account_id)
            assert account is not None
            return queries.scope(account)

    def test_see_their_own_subtree_and_nothing_else(
        self, app: Flask, make: MakeAccount, company: dict[str, int]
    ) -> None:
        head = make("employee", employee_number="1")

        assert self.scope(app, head) == {company["B"], company["T"]}

    def test_hold_the_permission_by_it(
        self, app: Flask, make: MakeAccount, company: dict[str, int]
    ) -> None:
        accounts = [
            make("employee", employee_number="1"),
            make("employee", "two@example.com", employee_number="2"),
            make("employee", "three@example.com"),
        ]

        with app.app_context():
            held = [
                Permission.VIEW_RESULTS in queries.permissions(queries.account(each))
                for each in accounts
            ]
        assert held == [True, False, False]

    def test_others_see_nothing_or_everything(
        self, app: Flask, make: MakeAccount, company: dict[str, int]
    ) -> None:
        assert self.scope(app, make("employee", employee_number="2")) == frozenset()
        assert self.scope(app, make("administrator", employee_number="2")) == frozenset()
        assert self.scope(app, make("works_council")) == frozenset()
        assert self.scope(app, make("hr")) is None
        assert self.scope(app, make("executive", employee_number="1")) is None
