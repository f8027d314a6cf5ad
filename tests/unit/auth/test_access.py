"""The table of permissions: every role is in it, and nobody holds more than is written here."""

from employee_pulse.auth.access import DEPARTMENT_HEAD, ENDPOINTS, ROLES, Permission, Role, allows


class TestRoles:
    def test_every_role_may_use_the_application(self) -> None:
        assert set(ROLES) == set(Role)
        assert all(Permission.USE_APP in held for held in ROLES.values())

    def test_only_administrators_manage_accounts(self) -> None:
        assert [r for r in Role if Permission.MANAGE_ACCOUNTS in ROLES[r]] == [Role.ADMINISTRATOR]

    def test_results_are_for_hr_and_executives(self) -> None:
        assert {r for r in Role if Permission.VIEW_RESULTS in ROLES[r]} == {Role.HR, Role.EXECUTIVE}

    def test_only_hr_changes_the_organization_and_programs(self) -> None:
        for permission in (Permission.MANAGE_ORGANIZATION, Permission.MANAGE_PROGRAMS):
            assert [r for r in Role if permission in ROLES[r]] == [Role.HR]

    def test_heads_gain_results_and_nothing_else(self) -> None:
        assert frozenset({Permission.VIEW_RESULTS}) == DEPARTMENT_HEAD

    def test_every_permission_is_held_by_somebody(self) -> None:
        assert frozenset().union(*ROLES.values()) == frozenset(Permission)


class TestAllows:
    def test_lets_nobody_in_where_the_table_is_silent(self) -> None:
        assert not allows("org.forgotten", frozenset(Permission))

    def test_lets_everybody_in_where_it_says_so(self) -> None:
        assert allows("auth.sign_in", frozenset())

    def test_asks_for_the_permission(self) -> None:
        assert allows("auth.accounts", frozenset({Permission.MANAGE_ACCOUNTS}))
        assert not allows("auth.accounts", frozenset(Permission) - {Permission.MANAGE_ACCOUNTS})

    def test_every_page_below_app_asks_for_something_but_the_doors(self) -> None:
        public = {endpoint for endpoint, needed in ENDPOINTS.items() if needed is None}

        assert not {e for e in public if e.startswith(("org.", "results.heatmap", "surveys."))}
        assert {"auth.sign_in", "auth.sign_out"} <= public
