"""Findings in words and tables that people who are no engineers can read."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from unicodedata import east_asian_width

from flask_babel import gettext as _

from employee_pulse.foundation.phrases import N_
from employee_pulse.linkage.rules.attacks import Attack
from employee_pulse.linkage.rules.verdicts import (
    POSTGRESQL,
    SQLITE,
    Case,
    Finding,
    Verdict,
    chance_bound,
    failures,
)
from employee_pulse.linkage.run import Size

_DATABASES: Mapping[str, str] = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}
_CASES: Mapping[Case, str] = {
    Case.PLAIN: N_("Control: plain rows with times"),
    Case.RANDOM_KEYS: N_("Control: random keys, no times"),
    Case.OPEN: N_("Wave open"),
    Case.PUBLISHED: N_("Wave published"),
    Case.OPEN_WITH_KEY: N_("Wave open, key file stolen"),
}
_ATTACKS: Mapping[Attack, str] = {
    Attack.ROWS: N_("Order of rows"),
    Attack.MOMENTS: N_("Stored times"),
    Attack.TRANSACTIONS: N_("Transaction numbers"),
    Attack.FILES: N_("Place in the files"),
    Attack.LOG_AHEAD: N_("Write-ahead log"),
    Attack.BACKUP: N_("Two backups compared"),
    Attack.CONTENTS: N_("Search in all bytes"),
    Attack.LOGS: N_("Log files"),
    Attack.MAILS: N_("Mails sent"),
    Attack.SIZES: N_("Lengths of ballots"),
    Attack.KEYS: N_("Ballots opened with any key"),
}
_EXPLAINED: Mapping[Attack, str] = {
    Attack.ROWS: N_("Who stands in which row, against which answers do, as the tables are stored."),
    Attack.MOMENTS: N_("Every column that holds a time."),
    Attack.TRANSACTIONS: N_("The number that PostgreSQL gives every change."),
    Attack.FILES: N_("Where things lie on the pages, free and outdated space included."),
    Attack.LOG_AHEAD: N_("The log in which a database writes every change first (-wal, pg_wal)."),
    Attack.BACKUP: N_(
        "Who, and which ballots, are new since a backup from the middle of the wave."
    ),
    Attack.CONTENTS: N_(
        "Invitation tokens, addresses, ballot numbers, answers and comments, looked for in"
        " database, logs, backups and mails."
    ),
    Attack.LOGS: N_("Everything that the web server and the commands wrote."),
    Attack.MAILS: N_("Who was reminded, and so answered late."),
    Attack.SIZES: N_("Who wrote much, by the length of the sealed ballot."),
    Attack.KEYS: N_("Every key in the database and in the key folder, tried on every ballot."),
}


def whole_report(size: Size, findings: Sequence[Finding]) -> str:
    """Markdown that is readable as it is."""
    return "\n\n".join((_heading(size), verdict(findings), _tables(findings), _explanation()))


def _heading(size: Size) -> str:
    """What was done, and what counts as chance."""
    groups = size.seeds * size.groups
    return "\n\n".join(
        (
            "# " + _("Can somebody find out who answered what?"),
            _(
                "On each database %(waves)s waves were held: %(groups)s groups of %(people)s,"
                " %(ballots)s people in all, who answered over the network, %(pace)s. Then"
                " somebody who holds the database with its files and logs, all copies of it, the"
                " application's secret and every key that still exists tried to name the answers"
                " of each person.",
                waves=size.seeds,
                groups=size.groups,
                people=size.people,
                ballots=size.ballots,
                pace=_pace(size),
            ),
            _(
                "The tables say for how many of the %(ballots)s people that succeeded. Whoever"
                " guesses at random within the group hits %(groups)s on average; up to %(bound)s"
                " is chance.",
                ballots=size.ballots,
                groups=groups,
                bound=chance_bound(groups),
            ),
            _(
                "The controls are the same attacks on survey tools as they are commonly built, with"
                " the same answers: they show that the attacks work."
            ),
        )
    )


def _pace(size: Size) -> str:
    if size.at_once == 1:
        return str(_("one right after the other, which is the easiest to link"))
    return str(_("%(people)s at a time", people=size.at_once))


def _tables(findings: Sequence[Finding]) -> str:
    """One for each database."""
    parts = []
    for database, found in groupby(findings, key=lambda finding: finding.database):
        by_place = {(finding.attack, finding.case): finding for finding in found}
        rows = [["", *(_(label) for label in _CASES.values())]]
        for attack, label in _ATTACKS.items():
            cells = [by_place.get((attack, case)) for case in _CASES]
            if any(cells):
                rows.append([_(label), *map(_cell, cells)])
        parts.append(f"## {_DATABASES[database]}\n\n{_aligned(rows)}")
    return "\n\n".join(parts)


def verdict(findings: Sequence[Finding]) -> str:
    """One sentence, and one more for everything that is wrong."""
    wrong = failures(findings)
    if not wrong:
        return str(
            _(
                "No attack on Employee Pulse did better than chance, neither while a wave was open"
                " nor after it was published; every control was linked."
            )
        )
    return "\n".join(_complaint(finding) for finding in wrong)


def _explanation() -> str:
    """What every line of the tables means, and what the last column does."""
    lines = [f"- {_(_ATTACKS[attack])}: {_(words)}" for attack, words in _EXPLAINED.items()]
    return "\n\n".join(
        (
            "## " + _("What was tried"),
            "\n".join(lines),
            _(
                "The last column promises nothing: whoever holds the database and the key file"
                " together while a wave is open can link many ballots. The key file lies outside"
                " the database and its backups, and is destroyed when the results are published."
            ),
        )
    )


def _complaint(finding: Finding) -> str:
    words = {
        "database": _DATABASES[finding.database],
        "case": _(_CASES[finding.case]),
        "attack": _(_ATTACKS[finding.attack]),
        "hits": finding.hits,
        "people": finding.people,
        "bound": finding.bound,
    }
    if finding.verdict is Verdict.LINKED:
        return str(
            _(
                "LINKED: %(attack)s, %(database)s, %(case)s: %(hits)s of %(people)s;"
                " up to %(bound)s would be chance.",
                **words,
            )
        )
    return str(
        _(
            "The attack does not work: %(attack)s, %(database)s, %(case)s: %(hits)s of %(people)s.",
            **words,
        )
    )


def _cell(finding: Finding | None) -> str:
    if finding is None:
        return "–"
    said = {
        Verdict.WORKS: f"{finding.share:.0%}",
        Verdict.BROKEN: f"{finding.share:.0%} !",
        Verdict.CHANCE: _("%(hits)s, chance", hits=finding.hits),
        Verdict.LINKED: _("%(hits)s, LINKED", hits=finding.hits),
        Verdict.TOLD: f"{finding.hits}",
    }
    if finding.attack is Attack.KEYS and finding.verdict is Verdict.CHANCE:
        return str(_("none"))
    return str(said[finding.verdict])


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| "
        + " | ".join(
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        )
        + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _width(text: str) -> int:
    """Columns of a terminal; Korean letters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
