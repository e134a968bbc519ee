"""What each level is worth, and from which odds a pair is shown, estimated from pairs whose truth is known.

Fellegi and Sunter: of a fact that both records tell, m is how often a level comes up between two records of one child,
u how often between two children; the weight is log2(m / u). A count stands half higher than it is (Jeffreys), so that
what was never seen is rare, not impossible. Of two samples the log of such a ratio has about the variance 1/a + 1/b (a
and b the counts of the level); the weights in force draw an estimate towards themselves as if they came of STRENGTH
pairs on each side: few decisions move them little, a level never seen stays as it was.

The pairs of two children are drawn from the whole register. Those that a person looked at and parted were alike to
begin with, and would make each agreement seem worth less than it is.

Not here: where the pairs come from, whether there are enough, who adopts what comes of them (matching_learning).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf, log2

from services.registry.domain import matching_comparing as comparing
from services.registry.domain.matching_comparing import Levels
from services.registry.domain.matching_weights import Weights

HALF = 0.5
"""Added to each count."""
STRENGTH = 5.0
LONELY = frozenset({comparing.ORDER, comparing.KIN})
"""Facts that are told only where they agree: their share is of all pairs."""


@dataclass(frozen=True)
class Figures:
    """What a threshold does to pairs whose truth is known: of those shown how many are one child, of those how many."""

    threshold: float
    precision: float
    recall: float


def estimate(labelled: Iterable[tuple[Levels, bool]], before: Weights, *, strength: float = STRENGTH) -> Weights:
    """The weights that pairs give whose truth is known (whether they are one child), drawn to those `before`.

    Pairs of two children are a sample of the register's. With `strength` 0 what was before is not heeded. The number
    and the thresholds stay those before.
    """
    pairs: Counter[bool] = Counter()
    counts: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    for levels, same in labelled:
        pairs[same] += 1
        counts[same].update(levels.items())
    worth = {
        fact: _fact(fact, counts, pairs, before.worth.get(fact, {}), strength) for fact in comparing.LEVELS
    }  # fmt: skip
    return replace(before, worth=worth)


def _fact(
    fact: str,
    counts: Mapping[bool, Counter[tuple[str, str]]],
    pairs: Mapping[bool, int],
    before: Mapping[str, float],
    strength: float,
) -> dict[str, float]:
    levels = comparing.LEVELS[fact]
    told = {same: sum(counts[same][fact, level] for level in levels) for same in (True, False)}
    whole = pairs if fact in LONELY else told
    places = len(levels) + (fact in LONELY)
    found = {}
    for level in levels:
        ones, others = counts[True][fact, level] + HALF, counts[False][fact, level] + HALF
        m, u = ones / (whole[True] + HALF * places), others / (whole[False] + HALF * places)
        seen = 1 / (1 / ones + 1 / others) if counts[True][fact, level] or counts[False][fact, level] else 0.0
        held = strength / 2 if level in before else 0.0
        if seen + held == 0:
            continue
        found[level] = round((seen * log2(m / u) + held * before.get(level, 0.0)) / (seen + held), 2)
    return found


def threshold(scored: Iterable[tuple[float, bool]], *, precision: float) -> Figures:
    """The lowest score from which on the pairs shown are one child in the share asked for, and what it finds.

    Of pairs none of which reaches it: a threshold that shows nothing (infinite).
    """
    ordered = sorted(scored, reverse=True)
    whole = sum(same for _, same in ordered)
    best, shown, right = Figures(inf, 1.0, 0.0), 0, 0
    for place, (score, same) in enumerate(ordered):
        shown, right = shown + 1, right + same
        if place + 1 < len(ordered) and ordered[place + 1][0] == score:
            continue
        if right and right / shown >= precision:
            best = Figures(score, right / shown, right / whole)
    return best


def figures(scored: Iterable[tuple[float, bool]], at: float) -> Figures:
    """What a threshold does; a precision of 1 where nothing is shown, a recall of 1 where nothing is to be found."""
    right = wrong = missed = 0
    for score, same in scored:
        shown = score >= at
        right, wrong, missed = right + (shown and same), wrong + (shown and not same), missed + (same and not shown)
    return Figures(
        at,
        right / (right + wrong) if right + wrong else 1.0,
        right / (right + missed) if right + missed else 1.0,
    )
