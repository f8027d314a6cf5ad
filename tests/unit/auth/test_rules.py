"""Passwords that will do, and where a sign-in may lead."""

import pytest

from employee_pulse.auth.rules import ROLE_LABELS, Role, is_safe_target, password_problem


class TestPasswordProblem:
    @pytest.mark.parametrize(
        "password", ["correct horse battery", "한결같은마음으로일해요열두", "a" * 190 + "bcdef"]
    )
    def test_accepts_long_ones(self, password: str) -> None:
        assert password_problem(password, email="kim@example.com") is None

    @pytest.mark.parametrize(
        ("password", "words"),
        [
            ("", "at least"),
            ("abcdefghijk", "at least"),
            ("a" * 196 + "bcdef", "at most"),
            ("abababababab", "more different"),
            ("my name is KIM.mj", "e-mail address"),
        ],
    )
    def test_says_what_is_wrong(self, password: str, words: str) -> None:
        problem = password_problem(password, email="kim.mj@example.com")

        assert problem is not None
        assert words in problem.msgid


class TestIsSafeTarget:
    @pytest.mark.parametrize(
        "target", ["/app", "/app/", "/app/results/3?group=4&next=%2F", "/app/holidays#main"]
    )
    def test_accepts_pages_of_the_house(self, target: str) -> None:
        assert is_safe_target(target)

    @pytest.mark.parametrize(
        "target",
        [
            "",
            "/",
            "/application",
            "/ballot/3",
            "app/",
            "https://evil.example/app/",
            "//evil.example/app/",
            "///evil.example/app/",
            "/app//evil.example",
            "/\\evil.example/app/",
            "/app/\\..\\..",
            "/app/../ballot/3",
            "/app/./x",
            "/app/..",
            "/app/%2e%2e/ballot",
            "/app/x\r\nSet-Cookie: a=b",
            "javascript:alert(1)//app/",
            " /app/",
        ],
    )
    def test_refuses_everything_else(self, target: str) -> None:
        assert not is_safe_target(target)


def test_every_role_has_a_name() -> None:
    assert set(ROLE_LABELS) == set(Role)
