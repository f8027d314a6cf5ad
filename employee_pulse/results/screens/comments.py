"""Comments of a department, where enough people answered to read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from employee_pulse.results import queries, wording
from employee_pulse.results.models import Comment
from employee_pulse.results.screens.choice import Choice
from employee_pulse.results.screens.overview import subtree

LIMIT = 200


@dataclass(frozen=True)
class CommentGroup:
    """Comments on one question; each with the department whose comments it is among."""

    question: str
    comments: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Comments:
    groups: Sequence[CommentGroup]
    found: int
    total: int
    words: str
    minimum: int
    limit: int = LIMIT


def build(choice: Choice, *, words: str) -> Comments:
    departments = subtree(choice)
    found = queries.comments(choice.wave.id, departments, words=words.split(), limit=LIMIT)
    names = {node.department_id: wording.place_name(node) for node in choice.nodes}
    by_question: dict[str, list[Comment]] = {}
    for comment in found:
        by_question.setdefault(comment.question_code, []).append(comment)
    return Comments(
        groups=[
            CommentGroup(
                choice.texts.get(code, code),
                [(comment.text, names[comment.department_id]) for comment in comments],
            )
            for code, comments in sorted(by_question.items())
        ],
        found=len(found),
        total=queries.count_comments(choice.wave.id, departments),
        words=words,
        minimum=choice.wave.min_comments,
    )
