"""An attacker who knows linear algebra, who answered, and nothing of how figures were chosen.

A figure is a sum over people of something each of them answered. Everything the attacker can work
out exactly is a combination of such sums. One that depends on the answers of a few people only
gives these away. People that stand in the same sums cannot be told apart and form a class. All of
it is integer arithmetic modulo a large prime, so nothing is lost to rounding.
"""

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PRIME = 2_147_483_629
Matrix = npt.NDArray[np.int64]
Weights = tuple[int, ...]


@dataclass(frozen=True)
class Figure:
    """Sums over sets of people that are published as one number.

    Each part says what an answer counts: `weights` of all possible answers but the last one, less
    that of the last one. What everybody is known to have answered at least once is a constant.
    """

    parts: tuple[tuple[Weights, frozenset[Hashable]], ...]


def figure(counts: Sequence[int], people: Iterable[Hashable]) -> Figure:
    """The sum over people of what the answer of each counts."""
    *others, last = counts
    return Figure(((tuple(count - last for count in others), frozenset(people)),))


def given_away(figures: Iterable[Figure], minimum: int) -> frozenset[Hashable] | None:
    """1 to minimum - 1 people about whom alone something can be computed; None if there are none.

    A combination that concerns nobody but some classes exists exactly if leaving these classes
    out lowers the rank. Those of `minimum` and more people are eliminated first; what is left
    concerns small classes only, and is nothing where everything is as it should be.
    """
    distinct = sorted(set(figures), key=repr)
    classes = _classes(distinct)
    big = [people for people in classes.values() if len(people) >= minimum]
    small = [people for people in classes.values() if len(people) < minimum]
    if not small:
        return None
    width = len(distinct[0].parts[0][0])
    matrix = _matrix(distinct, [next(iter(people)) for people in big + small], width)
    left = _echelon(matrix, until=len(big) * width)
    blocks = [left[:, at : at + width] for at in range(0, left.shape[1], width)]
    touched = [number for number, block in enumerate(blocks) if block.any()]
    rank = _rank(left)
    for chosen in _few(touched, [len(people) for people in small], minimum):
        rest = [blocks[number] for number in touched if number not in chosen]
        if rank and (not rest or _rank(np.hstack(rest)) < rank):
            return frozenset().union(*(small[number] for number in chosen))
    return None


def _classes(figures: Sequence[Figure]) -> dict[frozenset[int], list[Hashable]]:
    sets = {people for figure in figures for _, people in figure.parts}
    seen: dict[Hashable, list[int]] = defaultdict(list)
    for number, people in enumerate(sorted(sets, key=repr)):
        for person in people:
            seen[person].append(number)
    classes: dict[frozenset[int], list[Hashable]] = defaultdict(list)
    for person, numbers in seen.items():
        classes[frozenset(numbers)].append(person)
    return classes


def _matrix(figures: Sequence[Figure], each: Sequence[Hashable], width: int) -> Matrix:
    """A row for each figure; for each class as many columns as answers have weights."""
    matrix = np.zeros((len(figures), len(each), width), np.int64)
    for row, one in enumerate(figures):
        for weights, people in one.parts:
            matrix[row, [person in people for person in each]] += weights
    return matrix.reshape(len(figures), -1) % PRIME


def _few(touched: Sequence[int], sizes: Sequence[int], minimum: int) -> Iterator[tuple[int, ...]]:
    for width in range(1, min(minimum, len(touched) + 1)):
        for chosen in itertools.combinations(touched, width):
            if sum(sizes[number] for number in chosen) < minimum:
                yield chosen


def _echelon(matrix: Matrix, *, until: int) -> Matrix:
    """What combinations that vanish in the columns before `until` say in the others."""
    matrix = matrix.copy()
    row = 0
    for column in range(until):
        below = np.flatnonzero(matrix[row:, column])
        if not below.size:
            continue
        matrix[[row, row + below[0]]] = matrix[[row + below[0], row]]
        pivot = matrix[row] * pow(int(matrix[row, column]), -1, PRIME) % PRIME
        others = row + 1 + np.flatnonzero(matrix[row + 1 :, column])
        matrix[others] = (matrix[others] - np.outer(matrix[others, column], pivot) % PRIME) % PRIME
        row += 1
        if row == len(matrix):
            break
    return matrix[row:, until:]


def _rank(matrix: Matrix) -> int:
    return len(matrix) - len(_echelon(matrix, until=matrix.shape[1]))
