"""What agreement is worth: weights after Fellegi and Sunter, and what a pair's sum says.

A level's weight is log2(m / u): how much likelier it is between two records of one child (m) than between two children
(u). The sum, less what the size of the register takes (the more children, the more chance), is the odds that it is one
child. The numbers are estimated, never guessed: docs/matching-quality.md says by what and from which pairs. Source:
I. P. Fellegi, A. B. Sunter, A Theory for Record Linkage, JASA 64 (1969).

Not here: the estimate (matching_learning), how a level is reached (matching_comparing).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from services.registry.domain import matching_comparing as comparing
from services.registry.domain.matching_comparing import Levels

SMALLEST_REGISTER = 10_000
"""A smaller register is judged as one of this size: chance does not vanish in it."""
CROWD = 20
"""Names that so many children carry are those of a crowd."""
AGREEING = frozenset({comparing.SAME, comparing.SPELLING, comparing.CONSONANTS})
NAMES = (comparing.GIVEN, comparing.FAMILY, comparing.FATHER)


class Likelihood(StrEnum):
    """What the sum says; it decides nothing: a person does."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True)
class Weights:
    """The weights of a deployment: of each level of each fact, in bits; and from which odds (in bits) a pair is shown.

    `expected`: how many records of a child that is being registered are there already, on average.
    """

    number: int
    worth: Mapping[str, Mapping[str, float]]
    likely: float
    possible: float
    expected: float


@dataclass(frozen=True)
class Judgement:
    """What a comparison says: the odds in bits, what they are called, and the levels that they come of."""

    score: float
    likelihood: Likelihood
    levels: Levels
    reasons: tuple[str, ...]


def total(weights: Weights, levels: Levels) -> float:
    """The sum of the weights of the levels reached."""
    return sum(weights.worth[fact].get(level, 0.0) for fact, level in levels.items())


def judge(
    weights: Weights, levels: Levels, *, children: int, carriers: Mapping[frozenset[str], int], other_script: bool
) -> Judgement:
    """What the levels say in a register of so many children.

    `carriers`: how many children carry the two names that agreed, by the two parts: common names say less.
    """
    size = max(children, SMALLEST_REGISTER)
    bits = total(weights, levels)
    less = _common(weights, levels, size, carriers)
    score = bits + less - log2(size / weights.expected)
    called = _called(weights, levels, score, barred=_never_likely(levels) or _crowd(levels, carriers))
    return Judgement(round(score, 1), called, levels, _reasons(levels, other_script, common=less < -1))


def _common(weights: Weights, levels: Levels, size: int, carriers: Mapping[frozenset[str], int]) -> float:
    """What is taken off for names that many carry: two names that agree are worth no more than their rarity."""
    agreed = [name for name in NAMES if levels.get(name) in AGREEING]
    stated = sum(weights.worth[name][levels[name]] for name in agreed)
    rarity = [
        log2(size / max(count - 1, 1)) + sum(weights.worth[name][levels[name]] for name in agreed if name not in two)
        for two, count in carriers.items()
        if two <= set(agreed)
    ]
    return min(0.0, max(rarity) - stated) if rarity else 0.0


def _called(weights: Weights, levels: Levels, score: float, *, barred: bool) -> Likelihood:
    if score < weights.possible:
        return Likelihood.UNLIKELY
    return Likelihood.LIKELY if score >= weights.likely and not barred else Likelihood.POSSIBLE


def _crowd(levels: Levels, carriers: Mapping[frozenset[str], int]) -> bool:
    """Whether all that agrees is two names that many carry, and a first of January: each of the many fits as well."""
    agreed = {name for name in NAMES if levels.get(name) in {*AGREEING, comparing.CONSONANTS}}
    told = {name for name in NAMES if levels.get(name) not in {None, comparing.DIFFERENT}}
    many = all(count >= CROWD for two, count in carriers.items() if two <= agreed)
    return levels.get(comparing.BIRTH) == comparing.NEW_YEAR and bool(agreed) and len(told) <= 2 and many


def _never_likely(levels: Levels) -> bool:
    """Whether something bars certainty, whatever the sum: a name alone decides nothing; twins share all but a name.

    Where a birth is not told, all three names and the very area stand for it. One part of a name, where no other can be
    compared (a foundling tells no more), decides nothing beside a birth that is not told to the day.
    """
    birth = levels.get(comparing.BIRTH)
    told = birth not in (None, comparing.DIFFERENT) or comparing.KIN in levels
    whole = levels.get(comparing.AREA) == comparing.SAME and all(levels.get(name) in AGREEING for name in NAMES)
    parts = sum(name in levels for name in NAMES)
    vague = birth not in (comparing.DAY, comparing.TYPING) and comparing.KIN not in levels
    alone = parts < 2 and vague and levels.get(comparing.MOTHER) not in AGREEING
    other = levels.get(comparing.GIVEN) in (None, comparing.DIFFERENT)
    return other or alone or not (told or (birth is None and whole))


def _reasons(levels: Levels, other_script: bool, *, common: bool) -> tuple[str, ...]:
    """The levels as codes (given-same), in the order of the facts; what else is worth saying."""
    said = [f"{fact}-{levels[fact]}" for fact in comparing.FACTS if fact in levels]
    return (*said, *(["other-script"] if other_script else []), *(["common-names"] if common else []))


DEFAULT = Weights(
    number=0,
    worth={
        "given": {
            "same": 5.6, "spelling": 3.19, "consonants": 5.52, "similar": 1.48, "part": -0.19, "initial": 3.06,
            "different": -7.0,
        },
        "family": {
            "same": 6.23, "spelling": 2.9, "consonants": 5.2, "similar": 1.16, "part": 1.72, "initial": -1.73,
            "different": -7.0,
        },
        "father": {
            "same": 5.18, "spelling": 2.66, "consonants": 4.51, "similar": 1.67, "part": 0.31, "initial": 3.12,
            "different": -7.0,
        },
        "order": {"swapped": -0.61},
        "birth": {
            "day": 12.17, "new_year": 7.15, "typing": 3.18, "month": 9.07, "year": 3.73, "close": -1.33,
            "different": -7.0,
        },
        "sex": {"same": 0.98, "different": -5.57},
        "area": {"same": 4.41, "region": -1.14, "different": -3.31},
        "birth_area": {"same": 1.73, "different": -6.22},
        "mother": {
            "same": 5.27, "spelling": 4.25, "consonants": 5.12, "similar": -0.92, "part": 2.0, "initial": 1.0,
            "different": -7.0,
        },
        "kin": {"parent": 10.26, "sibling": 8.0},
    },
    likely=-4.0,
    possible=-8.0,
    expected=0.1,
)  # fmt: skip
"""What every deployment begins with: made by `python -m benchmarks.matching_weights` from invented records of eleven
languages. `likely` and `possible` were read from its curve of precision, in whole bits (docs/matching-quality.md).
`expected` is not estimated: the thresholds stand to it."""
