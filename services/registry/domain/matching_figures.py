"""What weights make of the pairs that people decided, in numbers: before, after, and how many pairs move.

Each pair is judged by weights that were estimated without it (cross-validation), so that a proposal does not praise
itself. The pairs are those that came before a person, no others: what weights in force never showed is in no figure.

Not here: the estimate (matching_estimate), the proposal and who adopts it (matching_learning).
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_estimate as estimating
from services.registry.domain import matching_weights as weighing
from services.registry.domain.matching_comparing import Levels
from services.registry.domain.matching_weights import Judgement, Likelihood, Weights

FOLDS = 5
LOOKED_ALIKE = 100
"""Of the pairs that people parted, one to so many random ones is estimated with: they were alike to begin with."""
STRENGTH = 25.0
"""Weights in force draw an estimate as so many pairs would. Pairs that differ in much are seldom shown: of levels that
speak against one child decisions tell too little, and what was known before must hold (docs/matching-weights.md)."""
MISSED, MARGIN = 0.005, 2.0
"""Share of the pairs decided same that may fall below `possible`, and the bits by which it stands lower."""
ROUNDED = 0.05
"""Scores are told to a tenth of a bit; half of it below, none of those counted is left out."""
OTHER_SCRIPT = "other-script"


@dataclass(frozen=True)
class Decided:
    """A pair that a person decided: the levels it was found with, what judging it needs besides, and the decision.

    `scripts`: the script of both records, or both scripts where they share none (Cyrl-Latn); empty where not known.
    """

    levels: Levels
    same: bool
    scripts: str = ""
    other_script: bool = False
    carriers: Mapping[frozenset[str], int] = field(default_factory=dict)


def levels_of(reasons: Iterable[str]) -> dict[str, str]:
    """The levels that a pair's reasons name; what else they say is left out."""
    found = (reason.partition("-") for reason in reasons)
    return {fact: level for fact, _, level in found if level in comparing.LEVELS.get(fact, ())}


def fitted(decided: Iterable[Decided], random: Sequence[Levels], before: Weights, children: int) -> Weights:
    """The weights that decided pairs give, with random pairs of the register for what two children agree in.

    Pairs that a person parted were shown because they agreed in much: they say little of two children at large, and
    are taken in with at most one to LOOKED_ALIKE random ones. The thresholds follow the weights (`_thresholds`).
    """
    given = list(decided)
    parted = [each.levels for each in given if not each.same][: len(random) // LOOKED_ALIKE]
    same = [(each.levels, True) for each in given if each.same]
    labelled = [*same, *((levels, False) for levels in (*random, *parted))]
    weights = estimating.estimate(labelled, before, strength=STRENGTH)
    return _thresholds(weights, given, children, before)


def _thresholds(weights: Weights, decided: Sequence[Decided], children: int, before: Weights) -> Weights:
    """The weights with thresholds of their own: other weights make other sums.

    likely: the lowest from which on those called so are right as often, but for chance, as those that the weights
    `before` call so.
    possible: what finds nearly all that were decided same, less MARGIN, for pairs further down were shown to nobody.
    Where there is nothing to go by, the thresholds stay.
    """
    aim = _as_right(figures(decided, called(before, decided, children)))
    judged = [(each, _judged(replace(weights, likely=-math.inf), each, children)) for each in decided]
    free = [(found.score, each.same) for each, found in judged if found.likelihood is Likelihood.LIKELY]
    right = sorted(found.score for each, found in judged if each.same)
    if aim is None or not right:
        return weights
    possible = right[int(len(right) * MISSED)] - MARGIN
    likely = estimating.threshold(free, precision=aim).threshold - ROUNDED
    return replace(weights, likely=max(likely if math.isfinite(likely) else before.likely, possible), possible=possible)


def _as_right(found: Mapping[str, float]) -> float | None:
    """The precision of figures, less half the standard error that chance makes; None where nothing is likely."""
    if "precision" not in found:
        return None
    share, likely = found["precision"], found["likely_same"] + found["likely_different"]
    return share - math.sqrt(share * (1 - share) / likely) / 2


def _judged(weights: Weights, pair: Decided, children: int) -> Judgement:
    return weighing.judge(
        weights, pair.levels, children=children, carriers=pair.carriers, other_script=pair.other_script
    )


def called(weights: Weights, pairs: Iterable[Decided], children: int) -> list[Likelihood]:
    """What weights call each pair, in a register of so many children."""
    return [_judged(weights, each, children).likelihood for each in pairs]


def held_out(
    decided: Sequence[Decided], children: int, fit: Callable[[list[Decided]], Weights], folds: int = FOLDS
) -> list[Likelihood]:
    """What each pair is called by weights that were fitted to the pairs of the other folds.

    Both decisions are spread over the folds in the order given.
    """
    seen: Counter[bool] = Counter()
    fold = []
    for each in decided:
        fold.append(seen[each.same] % folds)
        seen[each.same] += 1
    found = [Likelihood.UNLIKELY] * len(decided)
    for now in sorted(set(fold)):
        weights = fit([each for each, place in zip(decided, fold, strict=True) if place != now])
        places = [number for number, place in enumerate(fold) if place == now]
        for number, said in zip(places, called(weights, [decided[place] for place in places], children), strict=True):
            found[number] = said
    return found


def figures(decided: Sequence[Decided], said: Sequence[Likelihood]) -> dict[str, float]:
    """Counts of what decided pairs are called, with precision and recall where there is something to divide by.

    precision: of those called likely, the share decided same. recall: of those decided same, the share called likely.
    shown: of those decided same, the share called likely or possible.
    """
    counts = Counter((likelihood, each.same) for each, likelihood in zip(decided, said, strict=True))
    found: dict[str, float] = {}
    for likelihood in Likelihood:
        found[f"{likelihood}_same"] = counts[likelihood, True]
        found[f"{likelihood}_different"] = counts[likelihood, False]
    likely, right = counts[Likelihood.LIKELY, True] + counts[Likelihood.LIKELY, False], counts[Likelihood.LIKELY, True]
    same = sum(counts[likelihood, True] for likelihood in Likelihood)
    if likely:
        found["precision"] = round(right / likely, 4)
    if same:
        found["recall"] = round(right / same, 4)
        found["shown"] = round((right + counts[Likelihood.POSSIBLE, True]) / same, 4)
    return found


def by_scripts(decided: Sequence[Decided], said: Sequence[Likelihood]) -> dict[str, dict[str, float]]:
    """The figures of the pairs of each script, and of each two scripts."""
    found: dict[str, list[int]] = {}
    for place, each in enumerate(decided):
        if each.scripts:
            found.setdefault(each.scripts, []).append(place)
    return {
        scripts: figures([decided[place] for place in places], [said[place] for place in places])
        for scripts, places in sorted(found.items())
    }


def moved(before: Sequence[Likelihood], after: Sequence[Likelihood]) -> dict[str, int]:
    """How many pairs would be called otherwise, by what they are called before and after (likely_possible)."""
    moves = Counter((was, now) for was, now in zip(before, after, strict=True) if was is not now)
    return {f"{was}_{now}": moves[was, now] for was in Likelihood for now in Likelihood if moves[was, now]}


def by_facts(
    decided: Sequence[Decided], random: Sequence[Levels], before: Sequence[Likelihood], after: Sequence[Likelihood]
) -> dict[str, dict[str, int]]:
    """Of each level of each fact: in how many decided and random pairs it is, and how many of those move.

    A level that no decided pair has is there with its zeros: nothing was learnt of it.
    """
    same = Counter(pair for each in decided if each.same for pair in each.levels.items())
    parted = Counter(pair for each in decided if not each.same for pair in each.levels.items())
    at_random = Counter(pair for levels in random for pair in levels.items())
    moves: Counter[tuple[str, str]] = Counter()
    for each, was, now in zip(decided, before, after, strict=True):
        if was is not now:
            moves.update(each.levels.items())
    return {
        f"{fact}-{level}": {
            "same": same[fact, level],
            "different": parted[fact, level],
            "random": at_random[fact, level],
            "moved": moves[fact, level],
        }
        for fact, levels in comparing.LEVELS.items()
        for level in levels
    }


def compared(
    decided: Sequence[Decided], said: Sequence[Likelihood], was: Sequence[Likelihood], random: Sequence[Levels]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures before (`was`) and after (`said`), over all, by script, and what moves."""
    before = {"figures": figures(decided, was), "scripts": by_scripts(decided, was)}
    after = {
        "figures": figures(decided, said),
        "scripts": by_scripts(decided, said),
        "moved": moved(was, said),
        "facts": by_facts(decided, random, was, said),
    }
    return before, after
