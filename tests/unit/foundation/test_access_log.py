"""Which paths leave no line in a log."""

import pytest

from employee_pulse.foundation.access_log import leaves_no_trace


class TestLeavesNoTrace:
    @pytest.mark.parametrize(
        "path",
        [
            *("/ballot/7", "/ballot", "/register/7/sign", "/urn/7/cast", "//urn/7/cast"),
            *("/results/abc/receipts", "//results/abc/receipts.txt"),
        ],
    )
    def test_of_those_who_answer(self, path: str) -> None:
        assert leaves_no_trace(path)

    @pytest.mark.parametrize(
        "path", ["/", "/app/", "/ballots", "/app/urn/", "/results/abc", "/results/a/b", ""]
    )
    def test_of_nothing_else(self, path: str) -> None:
        assert not leaves_no_trace(path)
