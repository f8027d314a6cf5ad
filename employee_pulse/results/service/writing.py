"""Write what was decided about a wave into the tables of results."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert

from employee_pulse.foundation.db import Base, db
from employee_pulse.org import queries as org
from employee_pulse.results import queries
from employee_pulse.results.models import (
    EVERYONE,
    Comment,
    CompanyMoments,
    Moments,
    PublishedScore,
    Receipt,
    ResultNode,
)
from employee_pulse.results.rules.freezing import FrozenNode, FrozenScore
from employee_pulse.results.rules.moments import Kept
from employee_pulse.results.rules.tree import Branch
from employee_pulse.results.service.opening import Counted


def write_results(counted: Counted) -> None:
    wave_id = counted.wave_id
    write_nodes(wave_id, counted.branches, counted.frozen.nodes, issued=counted.issued)
    write_scores(wave_id, counted.frozen.scores)
    _write_moments(wave_id, counted.kept)
    _insert(
        Comment,
        [
            {
                "id": secrets.token_hex(16),
                "wave_id": wave_id,
                "department_id": department,
                "question_code": code,
                "text": text,
            }
            for department, code, text in counted.comments
        ],
    )
    _insert(Receipt, [{"wave_id": wave_id, "receipt": one} for one in counted.receipts])


def write_nodes(
    wave_id: int,
    branches: Sequence[Branch],
    nodes: Sequence[FrozenNode],
    *,
    issued: Mapping[int, int] | None = None,
) -> None:
    names = _names(wave_id)
    rows = [
        {
            "wave_id": wave_id,
            "department_id": branch.id,
            "parent_id": branch.parent_id,
            "position": position,
            "depth": branch.depth,
            **names[branch.id],
            "invited": node.invited,
            "ballots": node.ballots,
            "issued": (issued or {}).get(branch.id),
            "participation": node.participation,
            "reason": node.reason,
        }
        for position, (branch, node) in enumerate(zip(branches, nodes, strict=True))
    ]
    _insert(ResultNode, rows)


def write_scores(wave_id: int, scores: Sequence[FrozenScore]) -> None:
    _insert(PublishedScore, [_score_row(wave_id, score) for score in scores])


def _write_moments(wave_id: int, kept: Kept) -> None:
    rows = [
        {
            "wave_id": wave_id,
            "department_id": one.department_id,
            "measure": one.measure,
            "n": one.sums.n,
            "total": one.sums.total,
            "square": one.sums.square,
            "items": [[code, *sums] for code, sums in sorted(one.sums.items.items())],
        }
        for one in kept.moments
    ]
    _insert(Moments, rows)
    if cross := kept.cross:
        company = {"n": cross.n, "sums": cross.sums, "products": cross.products}
        _insert(CompanyMoments, [{"wave_id": wave_id, "measures": list(cross.measures), **company}])


def _score_row(wave_id: int, score: FrozenScore) -> dict[str, Any]:
    band = score.band
    return {
        "wave_id": wave_id,
        "department_id": score.department_id,
        "measure": score.measure,
        "n": score.n,
        "favorable": score.favorable,
        "favorable_sd": score.favorable_sd,
        "mean": score.mean,
        "sd": score.sd,
        "score": score.score,
        "band": None if band is None else {f: [b.low, b.high] for f, b in band.items()},
        "histogram": None if score.histogram is None else list(score.histogram),
        "reason": score.reason,
    }


def _names(wave_id: int) -> dict[int, dict[str, str]]:
    names = {
        each.id: {"code": each.code, "name_ko": each.name_ko, "name_en": each.name_en}
        for each in org.departments(with_closed=True)
    }
    program = queries.program_of(wave_id)
    names[EVERYONE] = {"code": "", "name_ko": program.name_ko, "name_en": program.name_en}
    return names


def _insert(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table), rows)
