"""What a reader of the code may rely on everywhere."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "employee_pulse"


def calls(name: str) -> list[str]:
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == name
            ):
                found.append(path.relative_to(PACKAGE).as_posix())
    return found


def test_only_the_transaction_commits() -> None:
    assert set(calls("commit")) == {"foundation/db.py"}


def test_no_legacy_queries() -> None:
    assert calls("query") == []


def test_transactions_are_opened_by_doors_only() -> None:
    inside = ("service.py", "queries.py", "models.py", "rules.py", "forms.py")
    found = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.name in inside and "with transaction()" in path.read_text(encoding="utf-8")
    ]

    assert found == []
