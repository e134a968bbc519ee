"""Drawing by weight, from one seeded generator per register: the same seed gives the same register to the byte.

Only the sequence of Python's Mersenne twister is used. What is drawn is not here.
"""

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


def generator(deployment: str, seed: int) -> random.Random:
    """The generator of one register; two deployments with one seed do not draw the same."""
    return random.Random(f"{deployment}:{seed}")  # noqa: S311 - invented data must be repeatable, not secret


class Lot(Generic[T]):
    """Values to draw one of, each by its weight."""

    def __init__(self, rng: random.Random, values: Sequence[T], weights: Sequence[float]) -> None:
        self._rng = rng
        self._values = values
        self._weights = list(itertools.accumulate(weights))

    def draw(self) -> T:
        """One value; it stays in the lot."""
        return self._rng.choices(self._values, cum_weights=self._weights)[0]


def by_weight(rng: random.Random, weights: Mapping[T, float]) -> Lot[T]:
    """A lot of the mapping's keys."""
    return Lot(rng, tuple(weights), tuple(weights.values()))


def group_sizes(rng: random.Random, total: int, weights: Sequence[float]) -> list[int]:
    """Sizes of groups that add up to `total`; weights are of the sizes 1, 2, 3 and so on."""
    sizes = Lot(rng, range(1, len(weights) + 1), weights)
    drawn: list[int] = []
    left = total
    while left:
        drawn.append(min(sizes.draw(), left))
        left -= drawn[-1]
    return drawn


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers adding up to `total`, near to the weights (largest remainder), at least 1 for a weight over 0."""
    needed = [1 if weight > 0 else 0 for weight in weights]
    spare = total - sum(needed)
    exact = [spare * weight / sum(weights) for weight in weights]
    given = [least + int(part) for least, part in zip(needed, exact, strict=True)]
    by_remainder = sorted(range(len(exact)), key=lambda place: (int(exact[place]) - exact[place], place))
    for place in by_remainder[: total - sum(given)]:
        given[place] += 1
    return given
